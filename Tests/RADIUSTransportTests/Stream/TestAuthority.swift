import Foundation
import TLSEngine
import Testing

/// A certificate authority made with the `openssl` program, kept for the whole test run.
final class TestAuthority: Sendable {
    /// Certificate and key in PEM.
    struct Identity: Sendable {
        var certificate: String
        var key: String
        /// Of the two files, for programs.
        var certificatePath: String
        var keyPath: String
    }

    static let shared = Result { try TestAuthority(name: "Test CA") }
    /// Nobody trusts it.
    static let other = Result { try TestAuthority(name: "Other CA") }

    let certificate: String
    let directory: URL

    init(name: String) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "radius-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Self.openssl(
            directory,
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
                "-days", "2", "-subj", "/O=Example/CN=\(name)", "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
                "keyUsage=critical,keyCertSign,cRLSign",
            ])
        certificate = try String(contentsOf: directory.appending(path: "ca.pem"), encoding: .utf8)
        try Data().write(to: directory.appending(path: "index.txt"))
        try Data("01".utf8).write(to: directory.appending(path: "crlnumber"))
        let configuration = """
            [ca]
            default_ca = default
            [default]
            database = index.txt
            crlnumber = crlnumber
            default_md = sha256
            default_crl_days = 2
            """
        try Data(configuration.utf8).write(to: directory.appending(path: "ca.cnf"))
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    var caPath: String { directory.appending(path: "ca.pem").path }

    /// - Parameter names: of Subject Alternative Name, as OpenSSL writes them: `DNS:ap1.example.org`, `IP:127.0.0.1`.
    func issue(_ commonName: String, names: [String] = []) throws -> Identity {
        let name = UUID().uuidString
        try Self.openssl(
            directory,
            [
                "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "\(name).key", "-out",
                "\(name).csr", "-subj", "/O=Example/CN=\(commonName)",
            ])
        var extensions = "extendedKeyUsage=serverAuth,clientAuth\n"
        if !names.isEmpty { extensions += "subjectAltName=\(names.joined(separator: ","))\n" }
        try Data(extensions.utf8).write(to: directory.appending(path: "\(name).ext"))
        try Self.openssl(
            directory,
            [
                "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial",
                "\(UInt32.random(in: 1...UInt32.max))", "-days", "2", "-out",
                "\(name).pem", "-extfile", "\(name).ext",
            ])
        let paths = (directory.appending(path: "\(name).pem"), directory.appending(path: "\(name).key"))
        return Identity(
            certificate: try String(contentsOf: paths.0, encoding: .utf8), key: try String(contentsOf: paths.1, encoding: .utf8),
            certificatePath: paths.0.path, keyPath: paths.1.path)
    }

    /// A revocation list of these certificates.
    func revocationList(of identities: [Identity]) throws -> [UInt8] {
        for identity in identities {
            try Self.openssl(
                directory,
                ["ca", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-revoke", identity.certificatePath])
        }
        try Self.openssl(directory, ["ca", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-gencrl", "-out", "crl.pem"])
        return Array(try Data(contentsOf: directory.appending(path: "crl.pem")))
    }

    private static func openssl(_ directory: URL, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments.first ?? "")")
    }
}

extension TLSConfiguration {
    /// Of a server or client of the shared authority, with peers checked.
    static func test(
        _ role: Role, _ identity: TestAuthority.Identity?, transport: Transport = .stream, trusting authority: TestAuthority
    ) -> TLSConfiguration {
        var configuration = TLSConfiguration(role: role, transport: transport)
        configuration.certificateChain = identity?.certificate ?? ""
        configuration.privateKey = identity?.key ?? ""
        configuration.trustedCertificates = authority.certificate
        configuration.verification = .required
        configuration.checksServerName = false
        return configuration
    }
}
