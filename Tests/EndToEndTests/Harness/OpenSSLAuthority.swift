import Foundation

/// An authority kept by the program `openssl`, for certificates that `radian certificate` would not make: expired ones, chains with
/// intermediates, RSA keys, OCSP addresses.
final class OpenSSLAuthority {
    static let path = "/usr/bin/openssl"
    static let isInstalled = Surroundings.isInstalled(path)

    enum Key {
        case ellipticCurve, rsa

        fileprivate var arguments: [String] {
            switch self {
            case .ellipticCurve: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            case .rsa: ["-newkey", "rsa:2048"]
            }
        }
    }

    /// PEM files: a certificate and its key.
    struct Files {
        var certificate: String
        var key: String
        var text: String { get throws { try String(contentsOfFile: certificate, encoding: .utf8) } }
    }

    let directory: URL
    let root: Files

    /// - Parameter extensions: more of the root certificate.
    init(_ name: String = "Lab CA", key: Key = .ellipticCurve, extensions: [String] = []) throws {
        directory = try Surroundings.temporaryDirectory("authority")
        root = Files(certificate: directory.appending(path: "ca.pem").path, key: directory.appending(path: "ca.key").path)
        try Data().write(to: directory.appending(path: "index.txt"))
        try Data("1000".utf8).write(to: directory.appending(path: "crlnumber"))
        try Self.configuration(extensions).write(to: directory.appending(path: "conf"), atomically: true, encoding: .utf8)
        try openssl(
            ["req", "-x509", "-new", "-nodes", "-config", "conf", "-extensions", "authority", "-days", "30", "-subj", "/CN=\(name)"]
                + ["-keyout", "ca.key", "-out", "ca.pem"] + key.arguments)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Issues a certificate.
    /// - Parameters:
    ///   - issuer: an authority of this one; nil for the root.
    ///   - use: `serverAuth`, `clientAuth`, or `authority` for an intermediate.
    ///   - extensions: lines of OpenSSL's configuration.
    ///   - ended: good in the year 2020 only.
    func issue(
        _ name: String, by issuer: Files? = nil, use: String, key: Key = .ellipticCurve, extensions: [String] = [], ended: Bool = false
    ) throws -> Files {
        let files = Files(
            certificate: directory.appending(path: "\(name).pem").path, key: directory.appending(path: "\(name).key").path)
        try openssl(
            ["req", "-new", "-nodes", "-config", "conf", "-subj", "/CN=\(name)", "-keyout", files.key, "-out", "request"] + key.arguments)
        let usual =
            use == "authority"
            ? ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"]
            : ["basicConstraints=CA:FALSE", "extendedKeyUsage=\(use)", "subjectAltName=DNS:\(name)"]
        try (usual + extensions).joined(separator: "\n").write(
            to: directory.appending(path: "extensions"), atomically: true, encoding: .utf8)
        let dates = ended ? ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"] : []
        try openssl(
            ["ca", "-batch", "-notext", "-config", "conf", "-in", "request", "-out", files.certificate, "-extfile", "extensions"]
                + (issuer.map { ["-cert", $0.certificate, "-keyfile", $0.key] } ?? []) + dates)
        return files
    }

    func revoke(_ certificate: Files) throws { try openssl(["ca", "-config", "conf", "-revoke", certificate.certificate]) }

    /// A revocation list of the root.
    func revocationList() throws -> String {
        try openssl(["ca", "-config", "conf", "-gencrl", "-out", "crl.pem"])
        return directory.appending(path: "crl.pem").path
    }

    /// Starts an OCSP responder that knows what was issued so far.
    func responder(port: Int) throws -> ChildProcess {
        let process = try ChildProcess(
            Self.path,
            ["ocsp", "-index", "index.txt", "-port", "\(port)", "-rsigner", "ca.pem", "-rkey", "ca.key", "-CA", "ca.pem", "-ndays", "1"],
            directory: directory)
        try process.expect("ACCEPT")
        return process
    }

    private func openssl(_ arguments: [String]) throws {
        let (exit, output) = try ChildProcess.run(Self.path, arguments, directory: directory)
        guard exit == .code(0) else { throw TimedOut(description: "openssl \(arguments.joined(separator: " ")): \(output)") }
    }

    private static func configuration(_ extensions: [String]) -> String {
        """
        [ca]
        default_ca = lab
        [lab]
        database = index.txt
        crlnumber = crlnumber
        new_certs_dir = .
        certificate = ca.pem
        private_key = ca.key
        rand_serial = yes
        unique_subject = no
        default_md = sha256
        default_days = 30
        default_crl_days = 30
        policy = any
        [any]
        commonName = supplied
        [req]
        distinguished_name = name
        [name]
        [authority]
        basicConstraints = critical,CA:TRUE
        keyUsage = critical,keyCertSign,cRLSign
        \(extensions.joined(separator: "\n"))

        """
    }
}
