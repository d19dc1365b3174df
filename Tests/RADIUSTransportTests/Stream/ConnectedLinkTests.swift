import Foundation
import Logging
import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSWire
import TLSEngine
import Testing

@testable import RADIUSTransport

/// What a completion was called with, for a test to wait for.
final class Answers: Sendable {
    private let results = NIOLockedValueBox<[Result<OutgoingReply, OutgoingError>]>([])

    func take(_ result: Result<OutgoingReply, OutgoingError>) { results.withLockedValue { $0.append(result) } }

    func wait(for count: Int) throws -> [Result<OutgoingReply, OutgoingError>] {
        try TestStreamServer.eventually { results.withLockedValue { $0.count } >= count }
        return results.withLockedValue { $0 }
    }
}

/// An environment of connected links that ends with the test.
final class TestConnections {
    let clock = TestClock()
    let counters = LinkCounters()
    let handshakes = WorkPool(threads: 2, capacity: 1024, name: "tls-client")
    let environment: ConnectionEnvironment

    init() throws {
        environment = ConnectionEnvironment(
            handshakes: handshakes, dictionary: try TestDictionary.get(), counters: counters,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, clock: clock.clock)
    }

    deinit { handshakes.stop() }

    static func access(_ name: String) -> OutgoingRequest {
        OutgoingRequest(code: .accessRequest) { vector, secret in
            [1, UInt8(name.utf8.count + 2)] + Array(name.utf8)
        }
    }
}

@Suite struct ConnectedLinkTests {
    @Test func theSourceAddressIsTheOneAskedFor() throws {
        let server = try TestStreamServer(clients: [.test("127.0.0.9")])
        let connections = try TestConnections()
        var configuration = ConnectedLink.Configuration(peer: try server.endpoint, transport: .tcp, secret: testSecret)
        configuration.source = IPAddress("127.0.0.9")
        let link = ConnectedLink(configuration, context: nil, environment: connections.environment)
        defer { link.stop() }
        let answers = Answers()
        let exchange = link.send(TestConnections.access("bob"), completion: { answers.take($0) })
        _ = try answers.wait(for: 1)[0].get()
        withExtendedLifetime(exchange) {}
    }

    @Test func requestsOverTCP() throws {
        let server = try TestStreamServer()
        let connections = try TestConnections()
        let link = ConnectedLink(
            .init(peer: try server.endpoint, transport: .tcp, secret: testSecret), context: nil, environment: connections.environment)
        defer { link.stop() }
        let answers = Answers()
        let exchanges = (0..<100).map { link.send(TestConnections.access("user\($0)"), completion: { answers.take($0) }) }
        let replies = try answers.wait(for: 100)
        #expect(replies.allSatisfy { (try? $0.get().packet.code) == .accessAccept })
        #expect(exchanges.count == 100 && server.links().opened == 1)
        #expect(!link.isDatagram && link.isUp)
    }

    /// More requests than a connection has identifiers, all unanswered: another connection is opened, and beyond the last one they fail.
    @Test func moreThan256AtOnce() throws {
        let held = NIOLockedValueBox<[ReplyHandle]>([])
        let server = try TestStreamServer { request in
            held.withLockedValue { $0.append(request.responder) }
            return .deferred
        } configure: {
            $0.maximumRequestsPerLink = 1000
        }
        let connections = try TestConnections()
        var configuration = ConnectedLink.Configuration(peer: try server.endpoint, transport: .tcp, secret: testSecret)
        configuration.maximumConnections = 2
        let link = ConnectedLink(configuration, context: nil, environment: connections.environment)
        defer { link.stop() }
        let answers = Answers()
        let exchanges = (0..<600).map { link.send(TestConnections.access("user\($0)"), completion: { answers.take($0) }) }
        let failed = try answers.wait(for: 600 - 512)
        #expect(failed.allSatisfy { if case .failure(.tooManyOutstanding) = $0 { true } else { false } })
        try TestStreamServer.eventually { held.withLockedValue { $0.count } == 512 }
        for handle in held.withLockedValue({ handles in
            defer { handles = [] }; return handles
        }) {
            handle.complete(.reply(ReplyPacket(code: .accessAccept)))
        }
        #expect(try answers.wait(for: 600).filter { (try? $0.get()) != nil }.count == 512)
        #expect(exchanges.count == 600 && server.links().opened == 2)
    }

    @Test func aPeerThatIsAwayFailsRequestsAndIsTriedAgain() throws {
        let server = try TestStreamServer()
        let endpoint = try server.endpoint
        server.listener.stop()
        let connections = try TestConnections()
        let link = ConnectedLink(
            .init(peer: endpoint, transport: .tcp, secret: testSecret), context: nil, environment: connections.environment)
        defer { link.stop() }
        let answers = Answers()
        let first = link.send(TestConnections.access("bob"), completion: { answers.take($0) })
        guard case .failure(.linkDown) = try answers.wait(for: 1)[0] else { Issue.record("sent nevertheless"); return }
        let again = try TestStreamServer {
            TestStreamServer.accept($0)
        } configure: {
            $0.addresses = [endpoint]
        }
        try TestStreamServer.eventually { link.isUp }
        let second = link.send(TestConnections.access("bob"), completion: { answers.take($0) })
        #expect((try? answers.wait(for: 2)[1].get().packet.code) == .accessAccept)
        withExtendedLifetime((first, second, again)) {}
    }

    @Test func whatIsUnderWayFailsWithItsConnection() throws {
        let held = NIOLockedValueBox<[ReplyHandle]>([])
        let server = try TestStreamServer { request in
            held.withLockedValue { $0.append(request.responder) }
            return .deferred
        }
        let connections = try TestConnections()
        let link = ConnectedLink(
            .init(peer: try server.endpoint, transport: .tcp, secret: testSecret), context: nil, environment: connections.environment)
        defer { link.stop() }
        let answers = Answers()
        let exchange = link.send(TestConnections.access("bob"), completion: { answers.take($0) })
        try TestStreamServer.eventually { held.withLockedValue { $0.count } == 1 }
        server.listener.stop()
        guard case .failure(.linkDown) = try answers.wait(for: 1)[0] else { Issue.record("answered"); return }
        withExtendedLifetime(exchange) {}
    }

    @Test func aCancelledRequestIsForgotten() throws {
        let held = NIOLockedValueBox<[ReplyHandle]>([])
        let server = try TestStreamServer { request in
            guard request.packet.text(1) == "slow" else { return .reply(ReplyPacket(code: .accessAccept)) }
            held.withLockedValue { $0.append(request.responder) }
            return .deferred
        }
        let connections = try TestConnections()
        let link = ConnectedLink(
            .init(peer: try server.endpoint, transport: .tcp, secret: testSecret), context: nil, environment: connections.environment)
        defer { link.stop() }
        let answers = Answers()
        let slow = link.send(TestConnections.access("slow"), completion: { answers.take($0) })
        try TestStreamServer.eventually { held.withLockedValue { $0.count } == 1 }
        slow.cancel()
        held.withLockedValue { $0.removeFirst() }.complete(.reply(ReplyPacket(code: .accessAccept)))
        // The late reply does no harm: all identifiers still work on the same connection.
        let exchanges = (0..<300).map { _ in
            let exchange = link.send(TestConnections.access("bob"), completion: { answers.take($0) })
            usleep(200)
            return exchange
        }
        #expect(try answers.wait(for: 300).count == 300)
        #expect(exchanges.count == 300 && server.links().opened == 1)
    }

    /// A server that reads and never answers: Status-Server finds it out.
    @Test func theWatchdogEndsADeadConnection() throws {
        let server = try TestStreamServer { _ in
            .deferred
        } configure: {
            $0.statusServer = false
        }
        let connections = try TestConnections()
        let link = ConnectedLink(
            .init(peer: try server.endpoint, transport: .tcp, secret: testSecret), context: nil, environment: connections.environment)
        defer { link.stop() }
        try TestStreamServer.eventually { link.isUp }
        connections.clock.monotonicOffset.withLockedValue { $0 += 33_000_000_000 }
        try TestStreamServer.eventually { server.counts.drops[.unexpectedCode] == 1 }
        connections.clock.monotonicOffset.withLockedValue { $0 += 33_000_000_000 }
        try TestStreamServer.eventually { connections.counters.snapshot()[.tcp]?.closures[.watchdog] == 1 }
    }

    @Test func theWatchdogKeepsALivingConnection() throws {
        let server = try TestStreamServer()
        let connections = try TestConnections()
        let link = ConnectedLink(
            .init(peer: try server.endpoint, transport: .tcp, secret: testSecret), context: nil, environment: connections.environment)
        defer { link.stop() }
        try TestStreamServer.eventually { link.isUp }
        for count in 1...3 {
            connections.clock.monotonicOffset.withLockedValue { $0 += 33_000_000_000 }
            try TestStreamServer.eventually { server.counts.statusRequests == UInt64(count) }
            // Its reply follows that to Status-Server, which must have come before the clock goes on.
            let answers = Answers()
            let exchange = link.send(TestConnections.access("bob"), completion: { answers.take($0) })
            _ = try answers.wait(for: 1)[0].get()
            withExtendedLifetime(exchange) {}
        }
        #expect(server.links().opened == 1)
    }

    @Test func repliesOfAnotherSecretEndTheConnection() throws {
        var nas = NASClient.test()
        nas.secret = SharedSecret(Array("other".utf8))
        nas.requireMessageAuthenticator = .no
        let server = try TestStreamServer(.tcp, clients: [nas])
        let connections = try TestConnections()
        let link = ConnectedLink(
            .init(peer: try server.endpoint, transport: .tcp, secret: testSecret), context: nil, environment: connections.environment)
        defer { link.stop() }
        let answers = Answers()
        let exchange = link.send(TestConnections.access("bob"), completion: { answers.take($0) })
        guard case .failure(.linkDown) = try answers.wait(for: 1)[0] else { Issue.record("answered"); return }
        withExtendedLifetime(exchange) {}
    }

    // MARK: TLS

    private static func tls(
        _ transport: TLSConfiguration.Transport = .stream, serverName: String? = nil, versions: RADIUSVersions = .v1_0
    ) throws -> TLSContext {
        let authority = try TestAuthority.shared.get()
        var configuration = TLSConfiguration.test(
            .client, try authority.issue("client", names: ["DNS:client.example.org"]), transport: transport, trusting: authority)
        configuration.checksServerName = serverName != nil
        configuration.serverName = serverName
        configuration.applicationProtocols = versions.applicationProtocols
        return try TLSContext(configuration)
    }

    private static func server(
        _ versions: RADIUSVersions = .v1_0,
        decide: @escaping @Sendable (ReceivedRequest) -> Disposition = TestStreamServer.accept
    ) throws -> TestStreamServer {
        let authority = try TestAuthority.shared.get()
        var configuration = TLSConfiguration.test(
            .server, try authority.issue("server", names: ["DNS:radius.example.org"]), trusting: authority)
        configuration.applicationProtocols = versions.applicationProtocols
        return try TestStreamServer(
            .tls, clients: [.certified("client", .dns("client.example.org"))], context: try TLSContext(configuration), decide: decide,
            configure: { $0.versions = versions })
    }

    @Test(arguments: ["radius.example.org", "another.example.org"])
    func theServerMustBeWhoItShouldBe(_ name: String) throws {
        let server = try Self.server()
        let connections = try TestConnections()
        let link = ConnectedLink(
            .init(peer: try server.endpoint, transport: .tls, secret: nil), context: try Self.tls(serverName: name),
            environment: connections.environment)
        defer { link.stop() }
        let answers = Answers()
        let exchange = link.send(TestConnections.access("bob"), completion: { answers.take($0) })
        let isAnswered = (try? answers.wait(for: 1)[0].get().packet.code) == .accessAccept
        #expect(isAnswered == (name == "radius.example.org"))
        withExtendedLifetime(exchange) {}
    }

    /// Hidden values arrive in clear on both ends whatever the version, and RADIUS/1.1 is used where both offer it.
    @Test(arguments: [
        (RADIUSVersions.v1_0, RADIUSVersions.v1_0, false), (.both, .v1_0, false), (.v1_0, .both, false), (.both, .both, true),
        (.v1_1, .both, true), (.both, .v1_1, true),
    ])
    func versionsAreNegotiated(_ ours: RADIUSVersions, _ theirs: RADIUSVersions, _ is11: Bool) throws {
        let dictionary = try TestDictionary.get()
        let server = try Self.server(theirs) { request in
            let attributes = request.packet.decode(dictionary, secret: request.client.secret)
            let password = attributes.first { $0.definition.name == "User-Password" }
            var reply = AttributeEncoder(secret: request.client.secret, vector: request.packet.authenticator, dictionary: dictionary)
            guard password?.value == .text("hello"), let tunnel = dictionary.attribute(named: "Tunnel-Password"),
                let key = dictionary.attribute(named: "MS-MPPE-Send-Key")
            else { return .reply(ReplyPacket(code: .accessReject, delay: .zero)) }
            try? reply.append(Attribute(tunnel, tag: 3, value: .text("inner")))
            try? reply.append(Attribute(key, value: .bytes([UInt8](0..<32))))
            return .reply(ReplyPacket(code: .accessAccept, attributes: reply.bytes))
        }
        let connections = try TestConnections()
        let configuration = ConnectedLink.Configuration(peer: try server.endpoint, transport: .tls, secret: nil)
        let link = ConnectedLink(configuration, context: try Self.tls(versions: ours), environment: connections.environment)
        defer { link.stop() }
        let answers = Answers()
        let request = OutgoingRequest(code: .accessRequest) { vector, secret throws(WireError) in
            var encoder = AttributeEncoder(secret: secret, vector: vector, dictionary: dictionary)
            if let name = dictionary.attribute(named: "User-Name"), let password = dictionary.attribute(named: "User-Password") {
                try encoder.append(Attribute(name, value: .text("bob")))
                try encoder.append(Attribute(password, value: .text("hello")))
            }
            return encoder.bytes
        }
        let exchange = link.send(request, completion: { answers.take($0) })
        let reply = try answers.wait(for: 1)[0].get()
        #expect(reply.packet.code == .accessAccept)
        let attributes = reply.packet.decode(dictionary, secret: reply.secret, requestAuthenticator: reply.requestAuthenticator)
        #expect(attributes.first { $0.definition.name == "Tunnel-Password" }?.value == .text("inner"))
        #expect(attributes.first { $0.definition.name == "Tunnel-Password" }?.tag == 3)
        #expect(attributes.first { $0.definition.name == "MS-MPPE-Send-Key" }?.value == .bytes([UInt8](0..<32)))
        #expect(connections.counters.snapshot()[.tls]?.opened11 == (is11 ? 1 : 0))
        #expect(server.links(.tls).opened11 == (is11 ? 1 : 0))
        withExtendedLifetime(exchange) {}
    }

    @Test func versionsThatDoNotMeetFail() throws {
        let server = try Self.server(.v1_1)
        let connections = try TestConnections()
        let link = ConnectedLink(
            .init(peer: try server.endpoint, transport: .tls, secret: nil), context: try Self.tls(),
            environment: connections.environment)
        defer { link.stop() }
        let answers = Answers()
        let exchange = link.send(TestConnections.access("bob"), completion: { answers.take($0) })
        guard case .failure(.linkDown(let reason)) = try answers.wait(for: 1)[0] else { Issue.record("answered"); return }
        #expect(reason.contains("application protocol"), "\(reason)")
        withExtendedLifetime(exchange) {}
    }
}
