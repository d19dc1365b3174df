import Dispatch
import NIOConcurrencyHelpers
import RADIUSWire
import Testing

@testable import RADIUSTransport

@Suite struct StandInTests {
    /// A listener whose one thread has been at the request of `held` for longer than a datagram may wait, until `release` is signalled.
    private static func heldListener() throws -> (server: TestListener, held: TestClient, release: DispatchSemaphore) {
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
        server.clock.monotonicOffset.withLockedValue { $0 += 3_000_000_000 }
        return (server, held, release)
    }

    @Test func `while all packet threads are held up, who needs no database is answered, and the others are decided afterwards`() throws {
        let (server, held, release) = try Self.heldListener()
        let client = try server.client()
        let reply = try Packet(validating: client.exchange(TestPacket.status(2)))
        #expect(reply.code == .accessAccept)
        try client.send(TestPacket.access(3))
        #expect(try Packet(validating: client.exchange(TestPacket.access(4, name: "local"))).identifier == 4)
        #expect(server.handler.seen.withLockedValue { $0.map(\.identifier) } == [1, 4])

        release.signal()
        #expect(try Packet(validating: held.receive()).identifier == 1)
        #expect(try Packet(validating: client.receive()).identifier == 3)
        #expect(server.handler.seen.withLockedValue { $0.map(\.identifier) } == [1, 4, 3])
        #expect(server.counts.drops[.databaseUnavailable] == nil)
    }

    @Test func `a request that waited for the packet threads too long is let go, and its repetition is new`() throws {
        let (server, held, release) = try Self.heldListener()
        let client = try server.client()
        try client.send(TestPacket.access(3))
        #expect(try Packet(validating: client.exchange(TestPacket.access(4, name: "local"))).identifier == 4)
        server.clock.monotonicOffset.withLockedValue { $0 += 3_000_000_000 }
        try TestStreamServer.eventually { server.counts.drops[.databaseUnavailable] == 1 }

        release.signal()
        #expect(try Packet(validating: held.receive()).identifier == 1)
        #expect(try Packet(validating: client.exchange(TestPacket.access(3))).code == .accessAccept)
        #expect(server.handler.seen.withLockedValue { $0.map(\.identifier) } == [1, 4, 3])
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
