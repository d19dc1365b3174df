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

        /// Lines that explain a failure.
        var summary: String { String(output.split(separator: "\n").suffix(25).joined(separator: "\n")) }
    }

    /// Runs one authentication, and `reauthentications` more with the supplicant's session kept.
    /// - Parameters:
    ///   - network: lines of wpa_supplicant's network block: `eap=PEAP`, `identity="alice"` …
    ///   - attributes: more attributes of the request as `eapol_test -N` takes them: `12:d:256`.
    static func run(
        _ network: [String], port: Int, reauthentications: Int = 0, hasKeys: Bool = true, attributes: [String] = [],
        station: String = "02:00:00:00:00:01", secret: String = Site.secretText, seconds: Int = 15
    ) throws -> Result {
        let directory = try Surroundings.temporaryDirectory("eapol")
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: "network")
        try "network={\nkey_mgmt=IEEE8021X\n\(network.joined(separator: "\n"))\n}\n".write(to: file, atomically: true, encoding: .utf8)
        var arguments = ["-c", file.path, "-a", "127.0.0.1", "-p", "\(port)", "-s", secret, "-t", "\(seconds)", "-M", station]
        if reauthentications > 0 { arguments += ["-r", "\(reauthentications)"] }
        if !hasKeys { arguments.append("-n") }
        for attribute in attributes { arguments += ["-N", attribute] }
        let (exit, output) = try ChildProcess.run(path, arguments, seconds: Double(seconds + 10))
        return Result(succeeded: exit == .code(0), output: output)
    }
}
