import Foundation

/// hostapd's RADIUS server, an EAP implementation of its own.
final class HostapdServer {
    static let path = "/usr/sbin/hostapd"
    static let isInstalled = Surroundings.isInstalled(path)

    let port: Int
    let process: ChildProcess
    private let directory: URL

    /// - Parameters:
    ///   - users: lines of its `eap_user_file`.
    ///   - fragmentSize: octets of an EAP packet.
    init(_ certificates: Certificates, users: [String], fragmentSize: Int) throws {
        let number = try Surroundings.freePorts(1)[0]
        port = number
        let directory = try Surroundings.temporaryDirectory("hostapd")
        self.directory = directory
        func write(_ name: String, _ text: String) throws -> String {
            let file = directory.appending(path: name)
            try text.write(to: file, atomically: true, encoding: .utf8)
            return file.path
        }
        let configuration = try """
        driver=none
        interface=lo
        logger_stdout=-1
        logger_stdout_level=1
        eap_server=1
        eap_user_file=\(write("users", users.joined(separator: "\n") + "\n"))
        ca_cert=\(certificates.path("ca.pem"))
        server_cert=\(certificates.path("server.pem"))
        private_key=\(certificates.path("server.key"))
        radius_server_clients=\(write("clients", "127.0.0.1 \(Site.secretText)\n"))
        radius_server_auth_port=\(number)
        pwd_group=19
        fragment_size=\(fragmentSize)
        tls_session_lifetime=3600
        tls_flags=[ENABLE-TLSv1.3]

        """
        process = try ChildProcess(Self.path, [write("configuration", configuration)], directory: directory)
        try process.expect("AP-ENABLED")
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func stop() throws {
        process.send(SIGTERM)
        _ = try process.wait()
    }
}
