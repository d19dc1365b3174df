import Foundation
import Testing

@testable import TLSEngine

/// A CA with a server and a client, made once.
enum Fixture {
    static let now = Int64(Date().timeIntervalSince1970)
    static let serverName = "radius.example.org"

    struct Identity: Sendable {
        var chain: String
        var key: String
        var certificate: Certificate
    }

    static let authority = makeAuthority("Example CA")
    static let otherAuthority = makeAuthority("Other CA")
    static let server = issue(.server, serverName) { $0.alternativeNames.dnsNames = [serverName] }
    static let client = issue(.client, "alice") {
        $0.alternativeNames.emailAddresses = ["alice@example.org"]
        $0.alternativeNames.userPrincipalNames = ["alice@ad.example.org"]
    }
    static let authorityText = authority.map(\.certificate.pem) ?? ""

    private static func makeAuthority(_ name: String) -> CertificateAuthority? {
        try? .create(commonName: name, organizationName: "Example", notBefore: now - 400 * 86400, days: 3650)
    }

    static func issue(
        _ purpose: CertificateRequest.Purpose, _ name: String, by authority: CertificateAuthority? = authority, from: Int64 = now - 3600,
        days: Int = 30, key: PrivateKey.Kind? = nil, _ change: (inout CertificateRequest) -> Void = { _ in }
    ) -> Identity? {
        var request = CertificateRequest(purpose, commonName: name, notBefore: from, days: days)
        change(&request)
        guard let made = try? authority?.issue(request, key: key) else { return nil }
        return Identity(chain: made.certificate.pem, key: made.privateKey.pem, certificate: made.certificate)
    }

    /// Mutual certificates.
    static func server(_ transport: TLSConfiguration.Transport = .stream) -> TLSConfiguration {
        var configuration = TLSConfiguration(role: .server, transport: transport)
        configuration.certificateChain = server?.chain ?? ""
        configuration.privateKey = server?.key ?? ""
        configuration.trustedCertificates = authorityText
        configuration.verification = .required
        return configuration
    }

    static func client(_ transport: TLSConfiguration.Transport = .stream, _ identity: Identity? = client) -> TLSConfiguration {
        var configuration = TLSConfiguration(role: .client, transport: transport)
        configuration.certificateChain = identity?.chain ?? ""
        configuration.privateKey = identity?.key ?? ""
        configuration.trustedCertificates = authorityText
        configuration.verification = .required
        configuration.serverName = serverName
        return configuration
    }
}

/// Two sessions and the wire between them.
final class Pair {
    let client: TLSSession
    let server: TLSSession
    private(set) var clientProgress = TLSSession.Progress.handshaking
    private(set) var serverProgress = TLSSession.Progress.handshaking
    /// Everything that went to each side, for replays.
    private(set) var toServer: [[UInt8]] = []
    private(set) var toClient: [[UInt8]] = []

    init(_ client: TLSSession, _ server: TLSSession) {
        self.client = client
        self.server = server
    }

    convenience init(_ client: TLSConfiguration, _ server: TLSConfiguration) throws {
        self.init(try TLSSession(TLSContext(client)), try TLSSession(TLSContext(server)))
    }

    /// Carries everything until both are silent.
    @discardableResult
    func run() -> Pair {
        clientProgress = client.receive([])
        while carry(from: client, to: server, &serverProgress, &toServer) || carry(from: server, to: client, &clientProgress, &toClient) {}
        return self
    }

    private func carry(
        from source: TLSSession, to target: TLSSession, _ progress: inout TLSSession.Progress, _ record: inout [[UInt8]]
    ) -> Bool {
        let pieces =
            source.context.configuration.transport == .datagram
            ? source.takeDatagrams() : [source.takeOutput()].filter { !$0.isEmpty }
        for piece in pieces {
            record.append(piece)
            progress = target.receive(piece)
        }
        return !pieces.isEmpty
    }

    var isEstablished: Bool { client.isEstablished && server.isEstablished }
}

extension TLSSession.Progress {
    var failure: TLSFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }

    var isClosed: Bool {
        if case .closed = self { true } else { false }
    }
}

/// Runs a program of the system.
/// - Returns: its exit code and what it wrote, standard error included.
@discardableResult
func runProgram(_ arguments: [String], input: String = "", in directory: URL? = nil) throws -> (code: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = directory
    let output = Pipe()
    let feed = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = feed
    try process.run()
    try feed.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try feed.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
}

/// A directory that is removed with its last reference.
final class ScratchDirectory {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, _ name: String) throws { try write(Array(text.utf8), name) }

    func write(_ bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: url.appendingPathComponent(name)) }

    func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url.appendingPathComponent(name))) }

    func openssl(_ arguments: String...) throws -> (code: Int32, text: String) { try runProgram(["openssl"] + arguments, in: url) }
}
