import Glibc
import NIOConcurrencyHelpers
import RADIUSWire
import Testing

@testable import RADIUSTransport

@Suite struct StreamListenerTests {
    private static func verified(_ reply: [UInt8], to request: [UInt8], secret: SharedSecret = testSecret) throws -> Packet {
        let (request, reply) = (try Packet(validating: request), try Packet(validating: reply))
        #expect(reply.identifier == request.identifier)
        #expect(reply.verifyResponseAuthenticator(secret, requestAuthenticator: request.authenticator))
        return reply
    }

    @Test func allRequestsOfAConnectionAreAnsweredOnIt() throws {
        let server = try TestStreamServer()
        let stream = try TestStream(to: server.endpoint)
        let access = try TestPacket.access(1)
        #expect(try Self.verified(stream.exchange(access), to: access).code == .accessAccept)
        let accounting = try TestPacket.accounting(1)
        #expect(try Self.verified(stream.exchange(accounting), to: accounting).code == .accountingResponse)
        let status = try TestPacket.status(2)
        #expect(try Self.verified(stream.exchange(status), to: status).code == .accessAccept)
        #expect(server.counts.statusRequests == 1)
        #expect(server.links().opened == 1)
    }

    /// 200 requests in one write, cut at odd places, come back in any order, each once.
    @Test func manyRequestsAtOnce() throws {
        let server = try TestStreamServer()
        let stream = try TestStream(to: server.endpoint)
        let requests = try (0..<200).map { try TestPacket.access(UInt8($0)) }
        let octets = Array(requests.joined())
        for start in stride(from: 0, to: octets.count, by: 777) { try stream.send(Array(octets[start..<min(start + 777, octets.count)])) }
        var seen: Set<UInt8> = []
        for _ in requests {
            let reply = try #require(try stream.receive())
            _ = try Self.verified(reply, to: requests[Int(reply[1])])
            #expect(seen.insert(reply[1]).inserted)
        }
    }

    @Test func aSlowRequestDoesNotHoldUpOthers() throws {
        let held = NIOLockedValueBox<[ReplyHandle]>([])
        let server = try TestStreamServer { request in
            guard request.packet.identifier == 1 else { return .reply(ReplyPacket(code: .accessAccept)) }
            held.withLockedValue { $0.append(request.responder) }
            return .deferred
        }
        let stream = try TestStream(to: server.endpoint)
        try stream.send(try TestPacket.access(1))
        #expect(try stream.exchange(try TestPacket.access(2))[1] == 2)
        held.withLockedValue { $0.removeFirst() }.complete(.reply(ReplyPacket(code: .accessReject, delay: .zero)))
        #expect(try stream.receive()?.prefix(2) == [3, 1])
    }

    @Test func aRepeatedIdentifierIsWorkedOnOnce() throws {
        let held = NIOLockedValueBox<[ReplyHandle]>([])
        let server = try TestStreamServer { request in
            held.withLockedValue { $0.append(request.responder) }
            return .deferred
        }
        let stream = try TestStream(to: server.endpoint)
        let request = try TestPacket.access(5)
        try stream.send(request + request)
        // The one that is worked on may be counted later than the other is dropped.
        try TestStreamServer.eventually { server.counts.drops[.duplicateInProgress] == 1 && held.withLockedValue { $0.count } == 1 }
        // Another request with the Identifier means that the first is no longer waited for.
        let newer = try TestPacket.access(5)
        try stream.send(newer)
        try TestStreamServer.eventually { held.withLockedValue { $0.count } == 2 }
        for handle in held.withLockedValue({ handles in
            defer { handles = [] }; return handles
        }) {
            handle.complete(.reply(ReplyPacket(code: .accessAccept)))
        }
        _ = try Self.verified(try #require(try stream.receive()), to: newer)
        try TestStreamServer.eventually { server.counts.drops[.lateReply] == 1 }
    }

    @Test func rejectsWaitTheirTime() throws {
        let server = try TestStreamServer { _ in
            .reply(ReplyPacket(code: .accessReject))
        } configure: {
            $0.rejectDelay = .milliseconds(200)
        }
        let stream = try TestStream(to: server.endpoint)
        let start = TransportClock.system.monotonic()
        #expect(try stream.exchange(try TestPacket.access(1)).first == 3)
        #expect(TransportClock.system.monotonic() - start >= 200_000_000)
    }

    // MARK: Hostile peers

    @Test func strangersAreNotListenedTo() throws {
        let server = try TestStreamServer(clients: [.test("192.0.2.0/24")])
        #expect(try TestStream(to: server.endpoint).isClosedByServer())
        try TestStreamServer.eventually { server.links().closures[.unknownClient] == 1 }
    }

    @Test(arguments: [
        [1, 0, 0, 19], [1, 0, 0xff, 0xff], Array("GET / HTTP/1.1\r\n\r\n".utf8),
        [1, 0, 0, 22] + [UInt8](repeating: 1, count: 16) + [1, 9], [1, 0, 0, 22] + [UInt8](repeating: 1, count: 16) + [0, 2],
    ])
    func garbageClosesTheConnection(_ octets: [UInt8]) throws {
        let server = try TestStreamServer()
        let stream = try TestStream(to: server.endpoint)
        try stream.send(octets)
        #expect(stream.isClosedByServer())
        try TestStreamServer.eventually { server.links().closures[.malformed] == 1 }
    }

    @Test func forgedPacketsCloseTheConnection() throws {
        let server = try TestStreamServer()
        var forged = try TestPacket.accounting(1)
        forged[10] ^= 1
        let first = try TestStream(to: server.endpoint)
        try first.send(forged)
        #expect(first.isClosedByServer())
        var access = try TestPacket.access(1)
        access[30] ^= 1
        let second = try TestStream(to: server.endpoint)
        try second.send(access)
        #expect(second.isClosedByServer())
        try TestStreamServer.eventually { server.links().closures[.notAuthentic] == 2 }
    }

    @Test func unknownCodesAreSkipped() throws {
        let server = try TestStreamServer()
        let stream = try TestStream(to: server.endpoint)
        try stream.send([250, 0, 0, 20] + [UInt8](repeating: 0, count: 16))
        #expect(try stream.exchange(try TestPacket.access(1)).first == 2)
        #expect(server.counts.drops[.unexpectedCode] == 1)
    }

    @Test func aPacketThatNeverEndsIsGivenUp() throws {
        let server = try TestStreamServer()
        let stream = try TestStream(to: server.endpoint)
        _ = try stream.exchange(try TestPacket.access(1))
        try stream.send([1, 2, 0, 100, 9])
        usleep(100_000)
        server.clock.monotonicOffset.withLockedValue { $0 += 31_000_000_000 }
        #expect(stream.isClosedByServer())
        try TestStreamServer.eventually { server.links().closures[.packetTimeout] == 1 }
    }

    @Test func idleConnectionsEnd() throws {
        let server = try TestStreamServer()
        let stream = try TestStream(to: server.endpoint)
        _ = try stream.exchange(try TestPacket.access(1))
        server.clock.monotonicOffset.withLockedValue { $0 += 901_000_000_000 }
        #expect(stream.isClosedByServer())
        try TestStreamServer.eventually { server.links().closures[.idle] == 1 && server.links().current == 0 }
    }

    @Test func aClientHasAsManyLinksAsItMay() throws {
        var client = NASClient.test()
        client.linkLimits.maximumLinks = 2
        let server = try TestStreamServer(clients: [client])
        let first = try TestStream(to: server.endpoint)
        let second = try TestStream(to: server.endpoint)
        _ = try first.exchange(try TestPacket.access(1))
        _ = try second.exchange(try TestPacket.access(1))
        #expect(try TestStream(to: server.endpoint).isClosedByServer())
        try TestStreamServer.eventually { server.links().closures[.tooManyLinks] == 1 }
        _ = try second.exchange(try TestPacket.access(2))
    }

    /// Requests that nobody answers must not fill the memory: the peer is made to wait, and a full queue sheds.
    @Test func aFloodIsBounded() throws {
        let held = NIOLockedValueBox<[ReplyHandle]>([])
        let server = try TestStreamServer { request in
            held.withLockedValue { $0.append(request.responder) }
            return .deferred
        } configure: {
            $0.maximumRequestsPerLink = 8
        }
        let stream = try TestStream(to: server.endpoint)
        for identifier in 0..<200 { try stream.send(try TestPacket.access(UInt8(identifier))) }
        try TestStreamServer.eventually { held.withLockedValue { $0.count } == 8 }
        usleep(50_000)
        #expect(held.withLockedValue { $0.count } == 8)
        var answered = 0
        while answered < 200 {
            for handle in held.withLockedValue({ handles in
                defer { handles = [] }; return handles
            }) {
                handle.complete(.reply(ReplyPacket(code: .accessAccept)))
                _ = try #require(try stream.receive())
                answered += 1
            }
        }
    }

    @Test func aHeaderOfTheLoadBalancerNamesTheClient() throws {
        let server = try TestStreamServer(
            clients: [.test("192.0.2.1")], configure: { $0.proxyProtocolFrom = [IPPrefix("127.0.0.0/8")].compactMap(\.self) })
        let stream = try TestStream(to: server.endpoint)
        let request = try TestPacket.access(1)
        let reply = try stream.exchange(Array("PROXY TCP4 192.0.2.1 198.51.100.7 4711 1812\r\n".utf8) + request)
        _ = try Self.verified(reply, to: request)
        let stranger = try TestStream(to: server.endpoint)
        try stranger.send(Array("PROXY TCP4 192.0.2.2 198.51.100.7 4711 1812\r\n".utf8) + request)
        #expect(stranger.isClosedByServer())
    }

    @Test func stoppingFinishesWhatIsUnderWay() throws {
        let held = NIOLockedValueBox<[ReplyHandle]>([])
        let server = try TestStreamServer { request in
            held.withLockedValue { $0.append(request.responder) }
            return .deferred
        } configure: {
            $0.drainTime = .seconds(5)
        }
        let stream = try TestStream(to: server.endpoint)
        try stream.send(try TestPacket.access(1))
        try TestStreamServer.eventually { held.withLockedValue { $0.count } == 1 }
        let thread = NamedThread("answer") {
            usleep(100_000)
            held.withLockedValue { $0.removeFirst() }.complete(.reply(ReplyPacket(code: .accessAccept)))
        }
        server.listener.stop()
        thread.join()
        #expect(try stream.receive()?.first == 2)
        #expect(stream.isClosedByServer())
    }
}
