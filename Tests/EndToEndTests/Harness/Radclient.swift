import Foundation

/// FreeRADIUS's `radclient`.
enum Radclient {
    static let path = "/usr/bin/radclient"
    static let isInstalled = Surroundings.isInstalled(path)

    struct Reply {
        /// `Access-Accept` …; nil when none came.
        var code: String?
        /// `Session-Timeout = 600` …, in the order of the packet.
        var attributes: [String]
        /// Everything that radclient said.
        var output: String
    }

    /// Sends one packet.
    /// - Parameters:
    ///   - packet: attributes as radclient reads them, one a line.
    ///   - kind: `auth`, `acct` or `status`.
    ///   - attempts: 1 for a test of silence.
    static func send(
        _ packet: [String], to port: Int, _ kind: String, host: String = "127.0.0.1", secret: String = Site.secretText, attempts: Int = 3,
        timeout: Double = 3
    ) throws -> Reply {
        let file = try Surroundings.temporaryDirectory("radclient").appending(path: "packet")
        defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
        try (packet.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
        let target = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let (_, output) = try ChildProcess.run(
            path, ["-x", "-r", "\(attempts)", "-t", "\(timeout)", "-f", file.path, target, kind, secret])
        var reply = Reply(code: nil, attributes: [], output: output)
        for line in output.split(separator: "\n") {
            if line.hasPrefix("Received "), let code = line.split(separator: " ").dropFirst().first { reply.code = String(code) }
            if reply.code != nil, line.hasPrefix("\t") { reply.attributes.append(String(line.dropFirst())) }
        }
        return reply
    }
}
