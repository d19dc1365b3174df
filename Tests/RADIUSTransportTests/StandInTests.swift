import Dispatch
import NIOConcurrencyHelpers
import RADIUSWire
import Testing

@testable import RADIUSTransport

@Suite struct StandInTests {
    @Test func `while all packet threads are held up, Status-Server is answered and requests are let go`() throws {
        let (isHeld, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let server = try TestListener {
            request in
            if request.packet.identifier == 1 {
                isHeld.signal()
                release.wait()
            }
            return .reply(ReplyPacket(code: .accessAccept))
        }
        let held = try server.client()
        try held.send(TestPacket.access(1))
        isHeld.wait()
        // Longer than a datagram may wait.
        server.clock.monotonicOffset.withLockedValue { $0 += 3_000_000_000 }
        let client = try server.client()
        let reply = try Packet(validating: client.exchange(TestPacket.status(2)))
        #expect(reply.code == .accessAccept)
        try client.send(TestPacket.access(3))
        #expect(try Packet(validating: client.exchange(TestPacket.status(4))).identifier == 4)
        // It has a socket of its own and may be answered first.
        try TestStreamServer.eventually { server.counts.drops[.databaseUnavailable] == 1 }
        #expect(server.handler.seen.withLockedValue { $0.map(\.identifier) } == [1])

        release.signal()
        #expect(try Packet(validating: held.receive()).identifier == 1)
        #expect(try Packet(validating: client.exchange(TestPacket.access(3))).code == .accessAccept)
        #expect(server.handler.seen.withLockedValue { $0.map(\.identifier) } == [1, 3])
    }

    @Test func `a thread that waits for datagrams, or began its batch a moment ago, is not stuck`() {
        let activity = ListenerActivity(threads: 2)
        #expect(!activity.isStuck(since: 100))
        activity.begin(0, at: 50)
        #expect(!activity.isStuck(since: 100))
        activity.begin(1, at: 100)
        #expect(!activity.isStuck(since: 100))
        #expect(activity.isStuck(since: 101))
        activity.end(0)
        #expect(!activity.isStuck(since: 101))
    }
}
