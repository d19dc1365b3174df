import Foundation
import TLSEngine

/// A CA, a server and clients below it, and a stranger's CA, made afresh by the `openssl` command; nil where it is missing.
struct TestCertificates: Sendable {
    static let shared = try? TestCertificates()

    let directory: URL

    func path(_ name: String) -> String { directory.appending(path: name).path }
    func text(_ name: String) -> String { (try? String(contentsOfFile: path(name), encoding: .utf8)) ?? "" }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "eap-certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for authority in ["ca", "stranger"] {
            try make(authority, "/CN=\(authority)", ["basicConstraints=critical,CA:TRUE"], isAuthority: true)
        }
        // RSA, as most deployments have it: its flights need several fragments.
        try make("server", "/CN=radius.example.org", ["subjectAltName=DNS:radius.example.org", "extendedKeyUsage=serverAuth"], isRSA: true)
        let upn = "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:bob@ad.example.org"
        try make(
            "bob", "/CN=bob", ["subjectAltName=email:bob@example.org,DNS:bob-pc.example.org,\(upn)", "extendedKeyUsage=clientAuth"])
    }

    private func make(_ name: String, _ subject: String, _ extensions: [String], isAuthority: Bool = false, isRSA: Bool = false) throws {
        var arguments = [
            "req", "-x509", "-nodes", "-days", "30", "-subj", subject, "-keyout", path("\(name).key"), "-out", path("\(name).pem"),
        ]
        arguments += isRSA ? ["-newkey", "rsa:2048"] : ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        if !isAuthority { arguments += ["-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-addext", "basicConstraints=critical,CA:FALSE"] }
        for text in extensions { arguments += ["-addext", text] }
        guard try Command.run("openssl", arguments).status == 0 else { throw CocoaError(.executableLoad) }
    }

    /// The server's side of TLS.
    func server(_ change: (inout TLSConfiguration) -> Void = { _ in }) throws -> TLSContext {
        var configuration = TLSConfiguration(role: .server)
        configuration.certificateChain = text("server.pem")
        configuration.privateKey = text("server.key")
        configuration.trustedCertificates = text("ca.pem")
        configuration.verification = .required
        change(&configuration)
        return try TLSContext(configuration)
    }

    /// A peer's side of TLS.
    func client(_ name: String? = nil, _ change: (inout TLSConfiguration) -> Void = { _ in }) throws -> TLSContext {
        var configuration = TLSConfiguration(role: .client)
        configuration.trustedCertificates = text("ca.pem")
        configuration.verification = .required
        configuration.checksServerName = false
        if let name {
            configuration.certificateChain = text("\(name).pem")
            configuration.privateKey = text("\(name).key")
        }
        change(&configuration)
        return try TLSContext(configuration)
    }
}

/// Runs programs of the system.
enum Command {
    /// The program's path; nil when it is not installed.
    static func find(_ name: String) -> String? {
        ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/bin", "/sbin"].map { "\($0)/\(name)" }.first(
            where: FileManager.default.isExecutableFile)
    }

    static func run(_ name: String, _ arguments: [String], in directory: URL? = nil) throws -> (status: Int32, output: String) {
        guard let path = find(name) else { throw CocoaError(.fileNoSuchFile) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        if let directory { process.currentDirectoryURL = directory }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
