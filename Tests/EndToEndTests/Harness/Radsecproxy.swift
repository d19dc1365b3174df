/// radsecproxy between two RADIUS peers.
enum Radsecproxy {
    static let path = "/usr/sbin/radsecproxy"
    static let isInstalled = Surroundings.isInstalled(path)

    /// Starts it.
    /// - Parameters:
    ///   - listen: `ListenUDP 127.0.0.1:1812` and the like.
    ///   - blocks: `client …` and `server home …`, all of whose requests go to `home` and, for accounting, to `account`.
    static func start(listen: [String], _ blocks: [String]) throws -> ConfiguredPeer {
        let certificates = try LinkCertificates.shared.get()
        let text = """
            LogLevel 2
            \(listen.joined(separator: "\n"))
            LoopPrevention off
            tls default {
                CACertificateFile \(certificates.authority)
                CertificateFile \(certificates.home.certificate)
                CertificateKeyFile \(certificates.home.key)
            }
            \(blocks.joined(separator: "\n"))
            realm * {
                server home
                accountingServer account
            }

            """
        return try ConfiguredPeer(path, ["-f", "-d", "2", "-c", "@DIR@/conf"], files: ["conf": text], ready: "listening")
    }

    /// A block of the configuration.
    static func block(_ kind: String, _ name: String, _ lines: [String]) -> String {
        "\(kind) \(name) {\n" + lines.map { "    \($0)\n" }.joined() + "}"
    }
}
