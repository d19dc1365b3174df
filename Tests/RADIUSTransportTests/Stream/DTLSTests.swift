import Foundation
import Logging
import NIOConcurrencyHelpers
import RADIUSWire
import TLSEngine
import Testing

@testable import RADIUSTransport

/// A running DTLS listener on loopback.
final class TestDTLSServer {
    let handler: TestHandler
    let counters = RADIUSCounters()
    let linkCounters = LinkCounters()
    let registry = LinkRegistry()
    let clock = TestClock()
    let workers: RequestWorkers
    let handshakes = WorkPool(threads: 2, capacity: 4096, name: "tls")
    let listener: DatagramTLSListener

    init(
        decide: @escaping @Sendable (ReceivedRequest) -> Disposition = TestStreamServer.accept,
        configure: (inout LinkConfiguration) -> Void = { _ in }
    ) throws {
        let authority = try TestAuthority.shared.get()
        let tls = TLSConfiguration.test(.server, try authority.issue("server"), transport: .datagram, trusting: authority)
        handler = TestHandler(decide)
        workers = RequestWorkers(handler: handler, threads: [:])
        var configuration = LinkConfiguration(addresses: ["127.0.0.1:0"].compactMap { SocketEndpoint($0) }, transport: .dtls)
        configuration.drainTime = .zero
        configure(&configuration)
        listener = DatagramTLSListener(
            configuration, context: try TLSContext(tls),
            environment: LinkEnvironment(
                directory: TestDirectory([.certified("client", .any)]), workers: workers, handshakes: handshakes, counters: counters,
                linkCounters: linkCounters, registry: registry, dictionary: try TestDictionary.get(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }), clock: clock.clock)
        try listener.start()
    }

    deinit {
        listener.stop()
        workers.stop()
        handshakes.stop()
    }

    var endpoint: SocketEndpoint { get throws { try #require(listener.boundEndpoints.first) } }
    var links: LinkCounters.Counts { linkCounters.snapshot()[.dtls] ?? LinkCounters.Counts() }
    var counts: ListenerCounts { counters.snapshot()[.authentication] ?? ListenerCounts() }
}

@Suite struct DTLSTests {
    private static func client() throws -> TLSContext {
        let authority = try TestAuthority.shared.get()
        return try TLSContext(.test(.client, try authority.issue("client"), transport: .datagram, trusting: authority))
    }

    /// A client over a plain socket, to do what a good client does not.
    private final class Peer {
        let client: TestClient
        let session: TLSSession

        init(_ server: TestDTLSServer) throws {
            client = try TestClient(to: server.endpoint)
            session = try TLSSession(DTLSTests.client())
            var progress = session.receive([])
            while true {
                flush()
                switch progress {
                case .established: return
                case .failed(let failure): throw failure
                case .closed: throw TestStream.Ended()
                case .handshaking: break
                }
                progress = session.receive(try client.receive())
            }
        }

        func flush() { session.takeDatagrams().forEach(client.send) }

        func send(_ packet: [UInt8]) throws {
            try session.send(packet)
            flush()
        }

        func receive() throws -> [UInt8] {
            while true {
                if let record = session.takePlaintextRecords().first { return record }
                _ = session.receive(try client.receive())
            }
        }
    }

    private static func access(_ identifier: UInt8, secret: String = "radius/dtls", signed: Bool = true) throws -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return try Packet.request(
            .accessRequest, identifier: identifier, authenticator: .random(using: &generator), attributes: [1, 5, 98, 111, 98],
            secret: SharedSecret(Array(secret.utf8)), messageAuthenticator: signed)
    }

    /// RFC 7360's secret counts, and TLS's from the first packet on that it proves.
    @Test func twoSecretsAreUnderstood() throws {
        let server = try TestDTLSServer()
        for (identifier, secret, signed, expected) in [
            (UInt8(1), "radius/dtls", false, "radius/dtls"), (2, "radsec", true, "radsec"), (3, "radsec", false, "radsec"),
        ] {
            let peer = try Peer(server)
            if secret == "radsec", !signed {
                try peer.send(try Self.access(9, secret: secret))
                _ = try peer.receive()
            }
            let request = try Self.access(identifier, secret: secret, signed: signed)
            try peer.send(request)
            let reply = try Packet(validating: try peer.receive(), requiresMessageAuthenticator: false)
            #expect(
                reply.verifyResponseAuthenticator(
                    SharedSecret(Array(expected.utf8)), requestAuthenticator: try Packet(validating: request).authenticator))
        }
    }

    @Test func requestsOverDTLS() throws {
        let server = try TestDTLSServer()
        let connections = try TestConnections()
        let link = ConnectedLink(
            .init(peer: try server.endpoint, transport: .dtls, secret: nil), context: try Self.client(),
            environment: connections.environment)
        defer { link.stop() }
        let answers = Answers()
        let exchanges = (0..<50).map { link.send(TestConnections.access("user\($0)"), completion: { answers.take($0) }) }
        #expect(try answers.wait(for: 50).allSatisfy { (try? $0.get().packet.code) == .accessAccept })
        #expect(link.isDatagram && exchanges.count == 50 && server.links.opened == 1)
    }

    /// The first flight is lost, and the system says that nobody listens; the next one is heard.
    @Test func aPeerThatComesLate() throws {
        let connections = try TestConnections()
        let socket = try UDPSocket(boundTo: try #require(SocketEndpoint("127.0.0.1:0")), receiveBufferBytes: 0)
        let endpoint = socket.local
        socket.close()
        let link = ConnectedLink(
            .init(peer: endpoint, transport: .dtls, secret: nil), context: try Self.client(),
            environment: connections.environment)
        defer { link.stop() }
        try TestStreamServer.eventually { connections.counters.snapshot()[.dtls]?.accepted == 1 }
        usleep(100_000)
        let server = try TestDTLSServer {
            TestStreamServer.accept($0)
        } configure: {
            $0.addresses = [endpoint]
        }
        try TestStreamServer.eventually { link.isUp }
        withExtendedLifetime(server) {}
    }

    @Test func retransmissionsGetTheSameReply() throws {
        let server = try TestDTLSServer()
        let peer = try Peer(server)
        let request = try Self.access(1)
        try peer.send(request)
        let first = try peer.receive()
        try peer.send(request)
        #expect(try peer.receive() == first)
        #expect(server.handler.seen.withLockedValue { $0.count } == 1)
        #expect(server.counts.duplicatesResent == 1)
        // Another request with the same Identifier is another one.
        try peer.send(try Self.access(1))
        #expect(try peer.receive() != first)
    }

    @Test func anUnknownSourceCostsNothing() throws {
        let server = try TestDTLSServer()
        let session = try TLSSession(Self.client())
        _ = session.receive([])
        let hello = try #require(session.takeDatagrams().first)
        for _ in 0..<200 {
            let spoofed = try TestClient(to: server.endpoint)
            spoofed.send(hello)
            // HelloVerifyRequest, shorter than what it answers.
            let answer = try spoofed.receive()
            #expect(answer[13] == 3 && answer.count < hello.count)
        }
        #expect(server.links.accepted == 0)
    }

    @Test func garbageIsIgnored() throws {
        let server = try TestDTLSServer()
        let stranger = try TestClient(to: server.endpoint)
        for octets in [[], [22], Array("hello".utf8), [22, 254, 253, 0, 0] + [UInt8](repeating: 1, count: 200), try Self.access(1)] {
            stranger.send(octets)
        }
        let peer = try Peer(server)
        for octets in [[23, 254, 253, 0, 1] + [UInt8](repeating: 9, count: 100), try Self.access(1)] { peer.client.send(octets) }
        try peer.send(try Self.access(2))
        #expect(try peer.receive().first == 2)
        #expect(server.links.current == 1)
    }

    @Test(arguments: [[1, 2, 3], [1, 0, 0, 100] + [UInt8](repeating: 0, count: 30)])
    func recordsThatAreNoPacketsEndTheAssociation(_ record: [UInt8]) throws {
        let server = try TestDTLSServer()
        let peer = try Peer(server)
        try peer.send(record)
        try TestStreamServer.eventually { server.links.closures[.malformed] == 1 && server.links.current == 0 }
    }

    @Test func idleAssociationsEnd() throws {
        let server = try TestDTLSServer()
        let peer = try Peer(server)
        try peer.send(try Self.access(1))
        _ = try peer.receive()
        server.clock.monotonicOffset.withLockedValue { $0 += 901_000_000_000 }
        try TestStreamServer.eventually { server.links.closures[.idle] == 1 }
    }

    @Test func theTableOfAssociationsIsBounded() throws {
        let server = try TestDTLSServer {
            TestStreamServer.accept($0)
        } configure: {
            $0.maximumLinks = 3
        }
        let peers = try (0..<3).map { _ in try Peer(server) }
        let fourth = try TestClient(to: server.endpoint)
        let session = try TLSSession(Self.client())
        _ = session.receive([])
        session.takeDatagrams().forEach(fourth.send)
        _ = session.receive(try fourth.receive())
        session.takeDatagrams().forEach(fourth.send)
        try peers[0].send(try Self.access(1))
        _ = try peers[0].receive()
        #expect(server.links.current == 3)
        try TestStreamServer.eventually { server.links.accepted == 4 }
    }
}
