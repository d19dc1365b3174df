import Foundation

/// A directory of certificates as `radian certificate` makes them.
final class Certificates: Sendable {
    /// With clients alice and mallory, the latter revoked. No test changes it.
    static let shared = Result<Certificates, any Error> {
        let certificates = try Certificates()
        try certificates.radian("client", "alice")
        try certificates.radian("client", "mallory")
        try certificates.radian("revoke", "mallory")
        return certificates
    }

    private let directory: URL

    /// - Parameter options: of `radian certificate init`.
    init(_ options: String...) throws {
        directory = try Surroundings.temporaryDirectory("certificates")
        try run(["init", "--server-name", "radius.example.org", "--force"] + options)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Runs `radian certificate`.
    func radian(_ arguments: String...) throws { try run(arguments) }

    private func run(_ arguments: [String]) throws {
        let (exit, output) = try ChildProcess.run(Surroundings.radian, ["certificate"] + arguments + ["--directory", directory.path])
        guard exit == .code(0) else { throw TimedOut(description: "radian certificate \(arguments): \(output)") }
    }

    func path(_ name: String) -> String { directory.appending(path: name).path }

    /// The environment by which the program finds them.
    var settings: [String: String] {
        [
            "RADIAN_EAP_CERTIFICATE": path("server.pem"), "RADIAN_EAP_PRIVATE_KEY": path("server.key"), "RADIAN_EAP_CA": path("ca.pem"),
            "RADIAN_EAP_CRL": path("crl.pem"),
        ]
    }

    /// Lines of a network block: the authority of the server.
    var authority: [String] { ["ca_cert=\"\(path("ca.pem"))\""] }

    /// Lines of a network block for EAP-TLS.
    func client(_ name: String) -> [String] {
        [
            "identity=\"\(name)\"", "client_cert=\"\(path("clients/\(name).pem"))\"",
            "private_key=\"\(path("clients/\(name).key"))\"",
        ]
    }
}
