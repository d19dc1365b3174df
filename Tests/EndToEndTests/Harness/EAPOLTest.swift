import Foundation

/// wpa_supplicant's `eapol_test`: a supplicant and a NAS in one program.
enum EAPOLTest {
    static let path = "/usr/bin/eapol_test"
    static let isInstalled = Surroundings.isInstalled(path)

    struct Result {
        var succeeded: Bool
        var output: String
        /// Both ends derived the same keys.
        var keysMatch: Bool { output.contains("MPPE keys OK: ") && !output.contains("MPPE keys OK: 0") && output.contains("mismatch: 0") }

        /// Attributes of the last Access-Accept as eapol_test prints them: name and value; the Vendor-Specific ones as `Vendor-Specific`.
        var accepted: [(name: String, value: String)] {
            guard let start = output.range(of: "code=2 (Access-Accept)", options: .backwards) else { return [] }
            var attributes: [(name: String, value: String)] = []
            for line in output[start.upperBound...].split(separator: "\n", omittingEmptySubsequences: false).dropFirst() {
                if line.hasPrefix("   Attribute "), let open = line.firstIndex(of: "("), let close = line.firstIndex(of: ")") {
                    attributes.append((String(line[line.index(after: open)..<close]), ""))
                } else if line.hasPrefix("      Value: "), !attributes.isEmpty {
                    attributes[attributes.count - 1].value = line.dropFirst(13).trimmingCharacters(in: ["'"])
                } else {
                    break
                }
            }
            return attributes
        }

        /// The value of an attribute of the Access-Accept.
        subscript(name: String) -> String? { accepted.first { $0.name == name }?.value }

        /// How many Access-Challenges there were.
        var rounds: Int { output.components(separatedBy: "code=11 (Access-Challenge)").count - 1 }

        /// Lines that explain a failure.
        var summary: String { String(output.split(separator: "\n").suffix(25).joined(separator: "\n")) }
    }

    /// A run that goes on.
    final class Run {
        fileprivate let process: ChildProcess
        fileprivate let directory: URL
        fileprivate let seconds: Int

        fileprivate init(_ process: ChildProcess, _ directory: URL, _ seconds: Int) {
            (self.process, self.directory, self.seconds) = (process, directory, seconds)
        }

        deinit { try? FileManager.default.removeItem(at: directory) }

        var output: ProcessOutput { process.output }

        func wait() throws -> Result {
            let exit = try process.wait(seconds: Double(seconds + 10))
            return Result(succeeded: exit == .code(0), output: process.output.text)
        }
    }

    /// Starts one authentication, and `reauthentications` more with the supplicant's session kept.
    /// - Parameters:
    ///   - network: lines of wpa_supplicant's network block: `eap=PEAP`, `identity="alice"` …
    ///   - attributes: more attributes of the request as `eapol_test -N` takes them: `12:d:256`.
    ///   - options: more options of the program.
    ///   - global: lines before the network block.
    ///   - seconds: how long the program waits for the end, of all of its authentications together.
    static func start(
        _ network: [String], port: Int, reauthentications: Int = 0, hasKeys: Bool = true, attributes: [String] = [],
        options: [String] = [], global: (URL) -> [String] = { _ in [] }, station: String = "02:00:00:00:00:01",
        secret: String = Site.secretText, seconds: Int = 15
    ) throws -> Run {
        let directory = try Surroundings.temporaryDirectory("eapol")
        let file = directory.appending(path: "network")
        let lines = global(directory) + ["network={", "key_mgmt=IEEE8021X"] + network + ["}", ""]
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        var arguments = ["-c", file.path, "-a", "127.0.0.1", "-p", "\(port)", "-s", secret, "-t", "\(seconds)", "-M", station] + options
        if reauthentications > 0 { arguments += ["-r", "\(reauthentications)"] }
        if !hasKeys { arguments.append("-n") }
        for attribute in attributes { arguments += ["-N", attribute] }
        return Run(try ChildProcess(path, arguments), directory, seconds)
    }

    /// Runs authentications to their end; see ``start(_:port:reauthentications:hasKeys:attributes:options:global:station:secret:seconds:)``.
    static func run(
        _ network: [String], port: Int, reauthentications: Int = 0, hasKeys: Bool = true, attributes: [String] = [],
        options: [String] = [], station: String = "02:00:00:00:00:01", secret: String = Site.secretText, seconds: Int = 15
    ) throws -> Result {
        try start(
            network, port: port, reauthentications: reauthentications, hasKeys: hasKeys, attributes: attributes, options: options,
            station: station, secret: secret, seconds: seconds
        ).wait()
    }

    /// Lines for a method that runs TLS of one version, with an anonymous identity outside.
    /// - Parameter lines: may include `phase1`.
    static func tunnel(_ method: String, _ lines: [String], version: String = "1.2") -> [String] {
        let disable = version == "1.3" ? "tls_disable_tlsv1_3=0" : "tls_disable_tlsv1_3=1"
        let phase1 = lines.first { $0.hasPrefix("phase1=") }.map { String($0.dropFirst(8).dropLast()) + " " } ?? ""
        let identity = lines.contains { $0.hasPrefix("anonymous_identity=") } ? [] : ["anonymous_identity=\"anonymous@example.org\""]
        return ["eap=\(method)", "phase1=\"\(phase1)\(disable)\""] + identity + lines.filter { !$0.hasPrefix("phase1=") }
    }

    /// Lines of who logs in.
    static func user(_ name: String, _ password: String) -> [String] { ["identity=\"\(name)\"", "password=\"\(password)\""] }
}
