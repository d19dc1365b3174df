import Glibc
import NIOConcurrencyHelpers

/// What the packet threads of some sockets are at, and what was left for them while they were held up.
final class ListenerActivity: Sendable {
    /// Requests that may wait for a thread.
    private static let capacity = 4096

    /// For each thread, since when it has been deciding its batch, on the listener's clock; 0 for a thread that waits for datagrams.
    private let since: [NIOLockedValueBox<UInt64>]
    private let waiting = NIOLockedValueBox<[ReceivedRequest]>([])

    init(threads: Int) {
        since = (0..<threads).map { _ in NIOLockedValueBox(0) }
    }

    func begin(_ thread: Int, at now: UInt64) { since[thread].withLockedValue { $0 = now } }

    func end(_ thread: Int) { since[thread].withLockedValue { $0 = 0 } }

    /// Whether every thread has been at the same batch since before `time`.
    func isStuck(since time: UInt64) -> Bool {
        since.allSatisfy { $0.withLockedValue { $0 > 0 && $0 < time } }
    }

    /// Keeps a request for the first thread that is free again.
    /// - Returns: false where too many wait.
    func wait(_ request: ReceivedRequest) -> Bool {
        waiting.withLockedValue { waiting in
            guard waiting.count < Self.capacity else { return false }
            waiting.append(request)
            return true
        }
    }

    /// The oldest requests that wait, up to `limit`.
    func takeWaiting(_ limit: Int) -> [ReceivedRequest] {
        waiting.withLockedValue { waiting in
            guard !waiting.isEmpty else { return [] }
            defer { waiting.removeFirst(min(limit, waiting.count)) }
            return Array(waiting.prefix(limit))
        }
    }

    /// Those that came before `time`.
    func takeWaiting(since time: UInt64) -> [ReceivedRequest] {
        waiting.withLockedValue { waiting in
            let count = waiting.firstIndex { $0.receivedAt >= time } ?? waiting.count
            defer { waiting.removeFirst(count) }
            return Array(waiting.prefix(count))
        }
    }
}

/// Serves sockets while all of their packet threads are held up, as by a database that does not answer: who needs no database has an answer,
/// the others wait for the threads as long as they would have waited in the socket.
final class StandIn {
    /// How often it looks, microseconds.
    private static let interval: UInt32 = 50_000

    /// Sockets and their threads.
    private final class Post {
        let sockets: [UDPSocket]
        let activity: ListenerActivity
        /// Made when first needed.
        var loop: PacketLoop?

        init(_ sockets: [UDPSocket], _ activity: ListenerActivity) {
            self.sockets = sockets
            self.activity = activity
        }
    }

    private let context: ListenerContext
    private let posts: [Post]
    private let counters: RADIUSCounters.Block

    init(_ context: ListenerContext, _ posts: [(sockets: [UDPSocket], activity: ListenerActivity)], counters: RADIUSCounters.Block) {
        self.context = context
        self.posts = posts.map { Post($0.sockets, $0.activity) }
        self.counters = counters
    }

    /// Until the listener stops.
    func run() {
        let patience = context.configuration.maximumQueueAge.nanoseconds
        while !context.isStopping.withLockedValue({ $0 }) {
            // It looks again after each batch.
            if posts.reduce(0, { $0 + serve($1, patience: patience) }) == 0 { usleep(Self.interval) }
        }
        for post in posts { letGo(post.activity.takeWaiting(since: .max)) }
    }

    private func serve(_ post: Post, patience: UInt64) -> Int {
        let now = context.clock.monotonic()
        guard now > patience else { return 0 }
        letGo(post.activity.takeWaiting(since: now - patience))
        guard post.activity.isStuck(since: now - patience / 4) else { return 0 }
        let loop = post.loop ?? makeLoop(post)
        post.loop = loop
        return loop.serveOnce()
    }

    private func makeLoop(_ post: Post) -> PacketLoop {
        let worker = StandInWorker(context.handler.makeWorker(for: context.configuration.role, duty: .standIn), post.activity)
        return PacketLoop(context, sockets: post.sockets, counters: counters, worker: worker, place: nil)
    }

    /// A retransmission is taken as a new request.
    private func letGo(_ requests: [ReceivedRequest]) {
        for request in requests { request.responder.complete(.silence(.databaseUnavailable)) }
    }
}

/// Decides what needs no database.
private final class StandInWorker: PacketWorker {
    private let worker: any PacketWorker
    private let activity: ListenerActivity

    init(_ worker: any PacketWorker, _ activity: ListenerActivity) {
        self.worker = worker
        self.activity = activity
    }

    func process(_ requests: [ReceivedRequest]) -> [Disposition] {
        zip(requests, worker.process(requests)).map { request, disposition in
            guard case .silence(.databaseUnavailable) = disposition, activity.wait(request) else { return disposition }
            return .deferred
        }
    }
}
