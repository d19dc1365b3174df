import Glibc
import NIOConcurrencyHelpers

/// Since when each packet thread of some sockets has been deciding its batch.
final class ListenerActivity: Sendable {
    /// One for each thread, on the listener's clock; 0 for a thread that waits for datagrams.
    private let since: [NIOLockedValueBox<UInt64>]

    init(threads: Int) {
        since = (0..<threads).map { _ in NIOLockedValueBox(0) }
    }

    func begin(_ thread: Int, at now: UInt64) { since[thread].withLockedValue { $0 = now } }

    func end(_ thread: Int) { since[thread].withLockedValue { $0 = 0 } }

    /// Whether every thread has been at the same batch since before `time`.
    func isStuck(since time: UInt64) -> Bool {
        since.allSatisfy { $0.withLockedValue { $0 > 0 && $0 < time } }
    }
}

/// Serves sockets while all of their packet threads are held up, as by a database that does not answer: Status-Server has its answer, and what
/// would be too old when they come back is let go at once.
final class StandIn {
    /// How often it looks, microseconds.
    private static let interval: UInt32 = 50_000

    private let context: ListenerContext
    private let activity: ListenerActivity
    private let loop: PacketLoop

    init(_ context: ListenerContext, _ activity: ListenerActivity, sockets: [UDPSocket], counters: RADIUSCounters.Block) {
        self.context = context
        self.activity = activity
        loop = PacketLoop(context, sockets: sockets, counters: counters, worker: AbsentWorker(), place: nil)
    }

    /// Until the listener stops.
    func run() {
        let patience = context.configuration.maximumQueueAge.nanoseconds
        while !context.isStopping.withLockedValue({ $0 }) {
            let now = context.clock.monotonic()
            let isNeeded = now > patience && activity.isStuck(since: now - patience)
            // It looks again after each batch.
            if !isNeeded || loop.serveOnce() == 0 { usleep(Self.interval) }
        }
    }
}

/// Decides nothing.
private final class AbsentWorker: PacketWorker {
    func process(_ requests: [ReceivedRequest]) -> [Disposition] {
        requests.map { _ in .silence(.databaseUnavailable) }
    }
}
