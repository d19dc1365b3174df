import Foundation
import Glibc
import NIOConcurrencyHelpers
import RADIUSWire
import TLSEngine
import Testing

@testable import RADIUSTransport

private let radsec = SharedSecret(Array("radsec".utf8))

extension NASClient {
    /// A NAS that is known by its certificate and may come from anywhere.
    static func certified(_ name: String, _ rule: CertificateRule, transports: Set<NASTransport> = [.tls, .dtls]) -> NASClient {
        var client = NASClient(name: name, prefix: IPPrefix(IPAddress(ipv4: 0), length: 0), secret: testSecret)
        client.transports = transports
        client.certificate = rule
        client.linkLimits.maximumLinks = 4096
        return client
    }
}

@Suite struct TLSListenerTests {
    private static func server(
        _ clients: [NASClient], versions: RADIUSVersions = .v1_0, change: (inout TLSConfiguration) -> Void = { _ in }
    ) throws -> TestStreamServer {
        let authority = try TestAuthority.shared.get()
        var configuration = TLSConfiguration.test(.server, try authority.issue("radius.example.org"), trusting: authority)
        configuration.applicationProtocols = versions.applicationProtocols
        change(&configuration)
        return try TestStreamServer(.tls, clients: clients, context: try TLSContext(configuration), configure: { $0.versions = versions })
    }

    private static func client(
        _ identity: TestAuthority.Identity?, change: (inout TLSConfiguration) -> Void = { _ in }
    ) throws -> TLSContext {
        var configuration = TLSConfiguration.test(.client, identity, trusting: try TestAuthority.shared.get())
        change(&configuration)
        return try TLSContext(configuration)
    }

    private static func access(_ identifier: UInt8, signed: Bool = true) throws -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return try Packet.request(
            .accessRequest, identifier: identifier, authenticator: .random(using: &generator), attributes: [1, 5, 98, 111, 98],
            secret: radsec, messageAuthenticator: signed)
    }

    /// The end of a stream hands over all that came before it, whatever step of the handshake is on its way.
    @Test(arguments: [TLSVersion.v1_2, .v1_3])
    func peersThatLeaveRightBehindTheirHandshake(_ version: TLSVersion) throws {
        let server = try Self.server([.certified("ap", .dns("ap1.example.org"))])
        let identity = try TestAuthority.shared.get().issue("ap1", names: ["DNS:ap1.example.org"])
        let context = try Self.client(identity) {
            $0.minimumVersion = version
            $0.maximumVersion = version
        }
        for number in 0..<100 {
            let stream = try TestStream(to: server.endpoint, context)
            try stream.send(Self.access(UInt8(number)))
            shutdown(stream.descriptor, Int32(SHUT_WR))
        }
        let stream = try TestStream(to: server.endpoint, context)
        #expect(try stream.exchange(Self.access(1)).first == PacketCode.accessAccept.rawValue)
        try TestStreamServer.eventually { server.links(.tls).current == 1 }
    }

    @Test(arguments: [TLSVersion.v1_2, .v1_3])
    func requestsInsideTLSUseItsSecret(_ version: TLSVersion) throws {
        let server = try Self.server([.certified("ap", .dns("ap1.example.org"))])
        let identity = try TestAuthority.shared.get().issue("ap1", names: ["DNS:ap1.example.org"])
        let stream = try TestStream(
            to: server.endpoint,
            Self.client(identity) {
                $0.minimumVersion = version
                $0.maximumVersion = version
            })
        // Nobody stands between: Message-Authenticator may be there or not.
        for signed in [true, false] {
            let request = try Self.access(signed ? 1 : 2, signed: signed)
            let reply = try Packet(validating: stream.exchange(request))
            #expect(reply.verifyResponseAuthenticator(radsec, requestAuthenticator: try Packet(validating: request).authenticator))
        }
        #expect(server.links(.tls).opened == 1)
    }

    @Test(arguments: [
        CertificateRule.dns("ap7.site.example.org"), .dns("*.site.example.org"), .ip(IPAddress(ipv4: 0xC000_0207)),
        .uri("urn:example:ap7"), .commonName("ap7"), .any,
    ])
    func theCertificateNamesTheNAS(_ rule: CertificateRule) throws {
        let authority = try TestAuthority.shared.get()
        let identity = try authority.issue("AP7", names: ["DNS:AP7.site.example.org", "IP:192.0.2.7", "URI:urn:example:ap7"])
        let server = try Self.server([.certified("ap7", rule)])
        let stream = try TestStream(to: server.endpoint, Self.client(identity))
        #expect(try stream.exchange(try Self.access(1)).first == 2)
        #expect(server.registry.clients == [.configured("ap7")])
    }

    @Test func theMostSpecificRuleWins() throws {
        let authority = try TestAuthority.shared.get()
        let identity = try authority.issue("ap8", names: ["DNS:ap8.example.org"])
        let fingerprint = try Certificate(pem: identity.certificate).fingerprintSHA256
        let server = try Self.server([
            .certified("any", .any), .certified("dns", .dns("ap8.example.org")),
            .certified("print", try #require(CertificateRule("sha256:\(fingerprint)"))),
        ])
        let stream = try TestStream(to: server.endpoint, Self.client(identity))
        _ = try stream.exchange(try Self.access(1))
        #expect(server.registry.clients == [.configured("print")])
    }

    @Test func aCertificateThatNamesNobodyIsRefused() throws {
        let server = try Self.server([.certified("ap", .dns("ap1.example.org"))])
        let identity = try TestAuthority.shared.get().issue("ap9", names: ["DNS:ap9.example.org"])
        let stream = try TestStream(to: server.endpoint, Self.client(identity))
        #expect(stream.isClosedByServer())
        try TestStreamServer.eventually { server.links(.tls).closures[.unknownClient] == 1 }
    }

    @Test func strangersAndTheNamelessDoNotGetIn() throws {
        let server = try Self.server([.certified("ap", .any)])
        let stranger = try TestAuthority.other.get().issue("ap1")
        for identity in [stranger, nil] {
            // TLS 1.3 clients are done before the server has looked at their certificate.
            if let stream = try? TestStream(to: server.endpoint, Self.client(identity)) { #expect(stream.isClosedByServer()) }
        }
        try TestStreamServer.eventually { server.links(.tls).closures[.handshakeFailed] == 2 }
        #expect(server.links(.tls).opened == 0)
    }

    @Test func aPreSharedKeyNamesTheNAS() throws {
        let key = [UInt8](repeating: 7, count: 32)
        var nas = NASClient(name: "psk", prefix: IPPrefix(IPAddress(ipv4: 0), length: 0), secret: testSecret)
        nas.transports = [.tls]
        nas.preSharedKey = NASPreSharedKey(identity: "ap-psk", key: key)
        let table = NASTable([nas])
        let server = try Self.server([nas]) {
            $0.certificateChain = ""
            $0.privateKey = ""
            $0.verification = .none
            $0.maximumVersion = .v1_2
            $0.ciphers = "PSK"
            $0.preSharedKeys = .server { table.preSharedKey(identity: $0) }
        }
        let stream = try TestStream(
            to: server.endpoint,
            Self.client(nil) {
                $0.verification = .none
                $0.maximumVersion = .v1_2
                $0.ciphers = "PSK"
                $0.preSharedKeys = .client(identity: "ap-psk", key: key)
            })
        #expect(try stream.exchange(try Self.access(1)).first == 2)
        #expect(server.registry.clients == [.configured("psk")])
    }

    @Test func forgedPacketsInsideTLSCloseTheLink() throws {
        let server = try Self.server([.certified("ap", .any)])
        let stream = try TestStream(to: server.endpoint, Self.client(try TestAuthority.shared.get().issue("ap1")))
        // Signed with the NAS's UDP secret instead of TLS's.
        try stream.send(try TestPacket.access(1))
        #expect(stream.isClosedByServer())
        try TestStreamServer.eventually { server.links(.tls).closures[.notAuthentic] == 1 }
    }

    @Test func garbageInsteadOfAHandshake() throws {
        let server = try Self.server([.certified("ap", .any)])
        for octets in [
            Array("GET / HTTP/1.1\r\n\r\n".utf8), try TestPacket.access(1), [22, 3, 1, 0xff, 0xff] + [UInt8](repeating: 0, count: 9000),
        ] {
            let stream = try TestStream(to: server.endpoint)
            try stream.send(octets)
            while stream.read() != nil {}
        }
        try TestStreamServer.eventually { (server.links(.tls).closures[.handshakeFailed] ?? 0) == 3 }
    }

    @Test func aSilentPeerIsGivenUp() throws {
        let server = try Self.server([.certified("ap", .any)])
        let stream = try TestStream(to: server.endpoint)
        try TestStreamServer.eventually {
            // Again and again: a connection is counted before it looks at the clock for the first time.
            server.clock.monotonicOffset.withLockedValue { $0 += 11_000_000_000 }
            return server.links(.tls).closures[.handshakeTimeout] == 1
        }
        #expect(stream.isClosedByServer())
    }

    @Test func aNewContextServesNewLinksAndLeavesOldOnes() throws {
        let authority = try TestAuthority.shared.get()
        let server = try Self.server([.certified("ap", .any)])
        let good = try authority.issue("good")
        let bad = try authority.issue("bad")
        let (first, second) = (
            try TestStream(to: server.endpoint, Self.client(good)), try TestStream(to: server.endpoint, Self.client(bad))
        )
        _ = try first.exchange(try Self.access(1))
        _ = try second.exchange(try Self.access(1))
        var configuration = TLSConfiguration.test(.server, try authority.issue("renewed"), trusting: authority)
        configuration.revocationLists = [try authority.revocationList(of: [bad])]
        let renewed = try TLSContext(configuration)
        server.listener.replace(renewed)
        _ = try second.exchange(try Self.access(2))
        let third = try TestStream(to: server.endpoint, Self.client(good))
        #expect(third.session?.peerCertificate?.commonName == "renewed")
        server.listener.replace(renewed, verifyingAgain: true)
        #expect(second.isClosedByServer())
        _ = try first.exchange(try Self.access(2))
        try TestStreamServer.eventually { server.links(.tls).closures[.certificateRefused] == 1 }
    }

    @Test func thousandsOfIdleLinks() throws {
        let server = try Self.server([.certified("ap", .any)])
        let context = try Self.client(try TestAuthority.shared.get().issue("ap1"))
        let before = Self.residentKilobytes()
        let streams = try (0..<400).map { _ in try TestStream(to: server.endpoint, context) }
        try TestStreamServer.eventually { server.links(.tls).current == streams.count }
        let each = (Self.residentKilobytes() - before) / streams.count
        // Both ends are in this process.
        #expect(each < 200, "\(each) KiB for each link and its client")
        for stream in [streams.first, streams.last].compactMap(\.self) { #expect(try stream.exchange(try Self.access(1)).first == 2) }
    }

    private static func residentKilobytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4
    }
}
