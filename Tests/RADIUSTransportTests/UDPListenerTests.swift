import Foundation
import NIOConcurrencyHelpers
import RADIUSWire
import Testing

@testable import RADIUSTransport

private let hasIPv6 = FileManager.default.contents(atPath: "/proc/net/if_inet6")?.isEmpty == false

@Suite struct UDPListenerTests {
    private static func verified(_ reply: [UInt8], to request: [UInt8]) throws -> Packet {
        let (request, reply) = (try Packet(validating: request), try Packet(validating: reply))
        #expect(reply.identifier == request.identifier)
        #expect(reply.verifyResponseAuthenticator(testSecret, requestAuthenticator: request.authenticator))
        return reply
    }

    @Test func aReplyIsSignedAndCarriesProxyState() throws {
        let server = try TestListener { _ in .reply(ReplyPacket(code: .accessAccept, attributes: [18, 4, 104, 105])) }
        let client = try server.client()
        let request = try TestPacket.access(7, attributes: [33, 3, 9, 33, 3, 8])
        let reply = try Self.verified(client.exchange(request), to: request)
        #expect(reply.code == .accessAccept)
        #expect(reply.bytes[20] == 80)
        #expect(reply.verifyMessageAuthenticator(testSecret, requestAuthenticator: try Packet(validating: request).authenticator))
        #expect(Array(reply.bytes[38...]) == [18, 4, 104, 105, 33, 3, 9, 33, 3, 8])
        #expect(server.counts.replies == [.accessAccept: 1])
        #expect(server.counts.requests == 1)
        #expect(server.counts.received == 1)
    }

    @Test func `after a busy batch the next one gathers`() throws {
        let (arrived, released) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let server = try TestListener(role: .accounting) { request in
            if request.packet.identifier == 0 {
                arrived.signal()
                released.wait()
            }
            return .reply(ReplyPacket(code: .accountingResponse))
        } configure: {
            $0.gatherTime = .milliseconds(500)
        }
        let client = try server.client()
        client.send(try TestPacket.accounting(0))
        arrived.wait()
        for identifier in UInt8(1)...8 { client.send(try TestPacket.accounting(identifier)) }
        released.signal()
        for _ in 0...8 { _ = try client.receive() }
        for identifier in UInt8(9)...11 { client.send(try TestPacket.accounting(identifier)) }
        for _ in 9...11 { _ = try client.receive() }
        #expect(server.handler.batches.withLockedValue { $0 } == [1, 8, 3])
    }

    @Test func aNASThatCannotTakeMessageAuthenticatorGetsNone() throws {
        var client = NASClient.test()
        client.sendMessageAuthenticator = false
        let server = try TestListener(clients: [client])
        let request = try TestPacket.access(7)
        let reply = try Self.verified(server.client().exchange(request), to: request)
        #expect(!reply.hasMessageAuthenticator)
    }

    @Test(arguments: [true, false])
    func accountingIsAnsweredWithoutMessageAuthenticator(_ signed: Bool) throws {
        let server = try TestListener(role: .accounting) { _ in .reply(ReplyPacket(code: .accountingResponse)) }
        let request = try TestPacket.accounting(3, signed: signed)
        let reply = try Self.verified(server.client().exchange(request), to: request)
        #expect(reply.code == .accountingResponse)
        #expect(!reply.hasMessageAuthenticator, "FreeRADIUS would drop it as forged")
    }

    @Test(arguments: [(ListenerRole.authentication, PacketCode.accessAccept), (.accounting, .accountingResponse)])
    func statusServerIsAnsweredWithoutTheHandler(_ role: ListenerRole, _ code: PacketCode) throws {
        let server = try TestListener(role: role)
        let request = try TestPacket.status(9)
        let reply = try Self.verified(server.client().exchange(request), to: request)
        #expect(reply.code == code)
        #expect(reply.bytes[20] == 80)
        #expect(server.handler.seen.withLockedValue { $0.count } == 0)
        #expect(server.counts.statusRequests == 1)
    }

    @Test func aWildcardSocketRepliesFromTheAddressItWasAskedAt() throws {
        let server = try TestListener(addresses: ["0.0.0.0:0"])
        let port = try #require(server.listener.boundEndpoints.first).port
        for address in ["127.0.0.1", "127.0.0.5", "127.9.9.9"] {
            // A connected socket sees replies from its peer only.
            let endpoint = try #require(SocketEndpoint("\(address):\(port)"))
            _ = try TestClient(to: endpoint).exchange(TestPacket.access(1))
            #expect(server.handler.seen.withLockedValue { $0.last?.destination } == endpoint)
        }
    }

    @Test(.enabled(if: hasIPv6)) func oneListenerServesBothVersions() throws {
        let server = try TestListener(
            addresses: ["0.0.0.0:0", "[::]:0"], clients: [.test(), .test("::1")], configure: { $0.threads = 2 })
        let endpoints = server.listener.boundEndpoints
        try #require(endpoints.count == 2)
        let v4 = try TestClient(to: SocketEndpoint(address: IPAddress(ipv4: 0x7F00_0001), port: endpoints[0].port))
        let v6 = try TestClient(to: #require(SocketEndpoint("[::1]:\(endpoints[1].port)")), from: "[::1]:0")
        for identifier in 0..<20 as Range<UInt8> {
            #expect(try v4.exchange(TestPacket.access(identifier))[1] == identifier)
            #expect(try v6.exchange(TestPacket.access(identifier))[1] == identifier)
        }
        #expect(server.handler.seen.withLockedValue { $0.last?.destination.address } == IPAddress("::1"))
        #expect(server.counts.drops.isEmpty)
    }

    @Test func aRetransmissionGetsTheSameOctetsWithoutTheHandler() throws {
        let server = try TestListener()
        let client = try server.client()
        let request = try TestPacket.access(1)
        let first = try client.exchange(request)
        #expect(try client.exchange(request) == first)
        #expect(server.handler.seen.withLockedValue { $0.count } == 1)
        #expect(server.counts.duplicatesResent == 1)
        #expect(server.counts.replies == [.accessAccept: 1])
        // The same identifier with a new authenticator is another request.
        #expect(try client.exchange(TestPacket.access(1)) != first)
        #expect(server.handler.seen.withLockedValue { $0.count } == 2)
    }

    @Test func afterSilenceARetransmissionIsProcessedAnew() throws {
        let isFirst = NIOLockedValueBox(true)
        let server = try TestListener { _ in
            isFirst.withLockedValue { isFirst in
                defer { isFirst = false }
                return isFirst ? .silence(.databaseUnavailable) : .reply(ReplyPacket(code: .accessAccept))
            }
        }
        let client = try server.client()
        let request = try TestPacket.access(1)
        client.send(request)
        _ = try client.exchange(TestPacket.access(2))
        #expect(try client.exchange(request)[1] == 1)
        #expect(server.counts.drops == [.databaseUnavailable: 1])
    }

    @Test func aDeferredRequestIsAnsweredOnceFromAnyThread() throws {
        let pool = WorkPool(threads: 2, capacity: 10)
        let server = try TestListener { request in
            guard request.packet.identifier == 1 else { return .reply(ReplyPacket(code: .accessAccept)) }
            for _ in 0..<2 {
                pool.submit({ request.responder.complete(.reply(ReplyPacket(code: .accessChallenge))) }, onShed: {})
            }
            return .deferred
        }
        let client = try server.client()
        let request = try TestPacket.access(1)
        #expect(try Self.verified(client.exchange(request), to: request).code == .accessChallenge)
        pool.stop()
        #expect(try client.exchange(TestPacket.access(2))[1] == 2)
        #expect(server.counts.replies == [.accessChallenge: 1, .accessAccept: 1])
    }

    @Test func aRejectWaitsWithoutHoldingUpOthers() throws {
        let delay = Duration.milliseconds(300)
        let server = try TestListener(clients: [.test(rejectDelay: delay)]) { request in
            .reply(ReplyPacket(code: request.packet.identifier == 1 ? .accessReject : .accessAccept))
        }
        let client = try server.client()
        let request = try TestPacket.access(1)
        let start = ContinuousClock.now
        client.send(request)
        client.send(request)
        #expect(try client.exchange(TestPacket.access(2))[1] == 2)
        let reject = try client.receive()
        #expect(ContinuousClock.now - start >= delay)
        #expect(try Self.verified(reject, to: request).code == .accessReject)
        #expect(server.counts.drops == [.duplicateInProgress: 1])
        #expect(try client.exchange(request) == reject)
    }

    @Test func delaysKeepTheirOrder() throws {
        // Milliseconds by identifier; a later request with a shorter delay overtakes.
        let server = try TestListener { request in
            .reply(ReplyPacket(code: .accessReject, delay: .milliseconds(Int(request.packet.identifier) * 20)))
        }
        let client = try server.client()
        for identifier in [9, 3, 7, 1, 5] as [UInt8] { client.send(try TestPacket.access(identifier)) }
        #expect(try (0..<5).map { _ in try client.receive()[1] } == [1, 3, 5, 7, 9])
    }

    @Test func aRejectLeavesAtOnceWhenTooManyWait() throws {
        let server = try TestListener { _ in
            .reply(ReplyPacket(code: .accessReject))
        } configure: {
            $0.delayedReplyLimit = 0
            $0.rejectDelay = .seconds(3600)
        }
        #expect(try server.client().exchange(TestPacket.access(1))[1] == 1)
        #expect(server.counts.delaysCutShort == 1)
        #expect(server.counts.replies == [.accessReject: 1])
    }

    @Test func aReplacedRequestIsNotAnsweredAfterItsDelay() throws {
        let server = try TestListener { request in
            .reply(ReplyPacket(code: request.packet.contains(18) ? .accessAccept : .accessReject))
        } configure: {
            $0.rejectDelay = .seconds(3600)
        }
        let client = try server.client()
        client.send(try TestPacket.access(1))
        #expect(try client.exchange(TestPacket.access(1, attributes: [18, 3, 65]))[0] == 2)
        server.listener.stop()
        #expect(server.counts.drops == [.lateReply: 1])
        #expect(server.counts.replies == [.accessAccept: 1])
    }

    @Test func stoppingSendsDelayedRepliesAndWaitsForDeferredOnes() throws {
        let pool = WorkPool(threads: 1, capacity: 10)
        let gate = DispatchSemaphore(value: 0)
        let server = try TestListener { request in
            switch request.packet.identifier {
            case 1: return .reply(ReplyPacket(code: .accessReject))
            case 2:
                pool.submit(
                    {
                        gate.wait()
                        request.responder.complete(.reply(ReplyPacket(code: .accessAccept)))
                    }, onShed: {})
                return .deferred
            default: return .reply(ReplyPacket(code: .accessChallenge))
            }
        } configure: {
            $0.rejectDelay = .seconds(3600)
            $0.drainTime = .seconds(10)
        }
        let client = try server.client()
        for identifier in [1, 2] as [UInt8] { client.send(try TestPacket.access(identifier)) }
        _ = try client.exchange(TestPacket.access(3))
        let stopper = NamedThread("stopper") { [listener = server.listener] in listener.stop() }
        gate.signal()
        #expect(Set([try client.receive()[1], try client.receive()[1]]) == [1, 2])
        stopper.join()
        pool.stop()
        #expect(server.listener.boundEndpoints.isEmpty)
    }

    @Test func whatAClientsFirstPacketShowsIsLearned() throws {
        let server = try TestListener(clients: [.test("127.0.0.1", require: .auto, limit: .auto)])
        let client = try server.client()
        _ = try client.exchange(TestPacket.access(1))
        _ = try client.exchange(TestPacket.access(2, signed: false))
        #expect(
            server.directory.lessons.withLockedValue { $0 } == [
                .init(name: "test", requireMessageAuthenticator: .yes, limitProxyState: .yes),
                .init(name: "test", requireMessageAuthenticator: .no, limitProxyState: .yes),
            ])
        #expect(server.handler.seen.withLockedValue { $0.map(\.blastWarning) } == [nil, .missingMessageAuthenticator])
    }

    @Test func theListenersRequirementHoldsForClientsOnAuto() throws {
        let server = try TestListener(
            clients: [.test("127.0.0.1", require: .auto, limit: .auto)], configure: { $0.requireMessageAuthenticator = .yes })
        let client = try server.client()
        client.send(try TestPacket.access(1, signed: false))
        #expect(try client.exchange(TestPacket.access(2))[1] == 2)
        #expect(server.counts.drops == [.missingMessageAuthenticator: 1])
        #expect(server.directory.lessons.withLockedValue { $0 }.isEmpty)
    }

    @Test func theReceiveTimeIsTheKernels() throws {
        let server = try TestListener()
        let before = Double(TransportClock.system.epoch()) / 1e9
        _ = try server.client().exchange(TestPacket.access(1))
        let after = Double(TransportClock.system.epoch()) / 1e9
        let time = try #require(server.handler.seen.withLockedValue { $0.first?.receivedEpoch })
        #expect(time >= before - 0.001 && time <= after)
    }

    @Test func manyRequestsOverSeveralThreadsAreAllAnswered() throws {
        let server = try TestListener(configure: { $0.threads = 2 })
        for _ in 0..<4 {
            let client = try server.client()
            for round in 0..<4 {
                let identifiers = (0..<64).map { UInt8(round * 64 + $0) }
                for identifier in identifiers { client.send(try TestPacket.access(identifier)) }
                let answered = try identifiers.map { _ in try client.receive()[1] }
                #expect(Set(answered) == Set(identifiers))
            }
        }
        #expect(server.counts.replies == [.accessAccept: 1024])
        #expect(server.counts.received == 1024)
    }

    @Test func aTakenPortIsReportedWithItsAddress() throws {
        let server = try TestListener()
        let taken = try #require(server.listener.boundEndpoints.first)
        let error = #expect(throws: ListenerError.self) { try TestListener(addresses: ["\(taken)"]) }
        #expect(error?.endpoint == taken)
        #expect(error?.description == "cannot listen on \(taken): Address already in use")
    }

    @Test func aHandleWithoutSocketTellsItsReceiverOnce() {
        let answers = NIOLockedValueBox<[PacketCode?]>([])
        let record: @Sendable (Disposition?) -> Void = { disposition in
            if case .reply(let reply)? = disposition {
                answers.withLockedValue { $0.append(reply.code) }
            } else {
                answers.withLockedValue { $0.append(nil) }
            }
        }
        do {
            let handle = ReplyHandle(receiver: record)
            handle.complete(.deferred)
            handle.complete(.reply(ReplyPacket(code: .accessAccept)))
            handle.complete(.reply(ReplyPacket(code: .accessReject)))
        }
        _ = ReplyHandle(receiver: record)
        #expect(answers.withLockedValue { $0 } == [.accessAccept, nil])
    }
}
