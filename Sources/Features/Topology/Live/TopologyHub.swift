import Logging
import NIOConcurrencyHelpers
import WebRouting

/// Tells the watchers of topologies what they are now.
///
/// A message is the whole graph, so that only the newest one counts: it is made once for all watchers, one at most waits for each of
/// them, and what happens while one is made comes with the next. Changes of other processes come the same way, told by the database; as a
/// message belongs to a number of changes, nothing is told twice.
///
/// Whoever takes long holds the message that he has begun. While that is much memory the next states wait, for some time at most. They
/// also wait while more was sent than ``sendRate`` allows, so that thousands of watchers leave the processors to the updates.
final class TopologyHub: Sendable {
    /// A topology as it is now.
    enum Present: Sendable {
        /// As the watchers know it.
        case same
        /// ``NetworkTopology/changes`` and the message.
        case changed(Int64, SharedMessage)
        case gone
    }

    private struct Channel {
        var watchers: [Int: AsyncStream<SharedMessage>.Continuation] = [:]
        /// What watchers know.
        var changes: Int64
        var isAtWork = false
        /// Something happened since the last message was begun.
        var isStale = false
    }

    private struct Watch {
        var channels: [String: Channel] = [:]
        var lastNumber = 0
    }

    private let watch = NIOLockedValueBox(Watch())
    private let pause: Duration
    private let retry: Duration
    private let memory: Int
    private let sendRate: Double
    private let longestPause: Duration
    let underWay = MessagesUnderWay()
    private let logger: Logger
    private let present: @Sendable (String, Int64) async throws -> Present

    /// - Parameters:
    ///   - pause: least time between two messages about a topology.
    ///   - retry: time after a failure until it is tried again.
    ///   - memory: octets of messages under way beyond which the next one waits.
    ///   - sendRate: octets a second, to all watchers of a topology together, beyond which the next message waits.
    ///   - longestPause: how long it waits for either at most.
    ///   - present: what a topology is now, for those who know these ``NetworkTopology/changes``.
    init(
        pause: Duration = .milliseconds(100), retry: Duration = .seconds(1), memory: Int = 64 << 20, sendRate: Double = 250e6,
        longestPause: Duration = .seconds(5), logger: Logger,
        present: @escaping @Sendable (String, Int64) async throws -> Present
    ) {
        self.pause = pause
        self.retry = retry
        self.memory = memory
        self.sendRate = sendRate
        self.longestPause = longestPause
        self.logger = logger
        self.present = present
    }

    /// Begins to watch.
    /// - Parameter changes: what the watcher knows already.
    /// - Returns: a number for ``leave(_:_:)``, and messages, which end when the topology is gone.
    func join(_ id: String, knowing changes: Int64) -> (number: Int, messages: AsyncStream<SharedMessage>) {
        let (stream, continuation) = AsyncStream<SharedMessage>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = watch.withLockedValue { watch in
            watch.lastNumber += 1
            watch.channels[id, default: Channel(changes: changes)].watchers[watch.lastNumber] = continuation
            return watch.lastNumber
        }
        return (number, stream)
    }

    func leave(_ id: String, _ number: Int) {
        watch.withLockedValue { watch in
            watch.channels[id]?.watchers[number] = nil
            // The work under way notices that nobody is left.
            if watch.channels[id]?.watchers.isEmpty == true { watch.channels[id] = nil }
        }
    }

    /// Topologies that somebody watches, with the changes that watchers know.
    var watched: [String: Int64] { watch.withLockedValue { $0.channels.mapValues(\.changes) } }

    /// How many watch a topology.
    func watchers(of id: String) -> Int { watch.withLockedValue { $0.channels[id]?.watchers.count ?? 0 } }

    /// Something about a topology may be different.
    func changed(_ id: String) {
        let begins = watch.withLockedValue { watch in
            guard watch.channels[id] != nil else { return false }
            watch.channels[id]?.isStale = true
            if watch.channels[id]?.isAtWork == true { return false }
            watch.channels[id]?.isAtWork = true
            return true
        }
        if begins { Task { await work(id) } }
    }

    /// Until there is nothing new, or nobody watches.
    private func work(_ id: String) async {
        while true {
            let known = watch.withLockedValue { watch -> Int64? in
                guard let channel = watch.channels[id], channel.isStale else {
                    watch.channels[id]?.isAtWork = false
                    return nil
                }
                watch.channels[id]?.isStale = false
                return channel.changes
            }
            guard let known else { return }
            do {
                // Not the message itself: who holds it keeps its memory.
                var sent: SentOctets?
                switch try await present(id, known) {
                case .same: break
                case .changed(let changes, let message):
                    tell(id, changes, message)
                    sent = message.sent
                case .gone: end(id)
                }
                try? await pause(after: sent)
            } catch {
                logger.notice("topology: watchers wait for the database", metadata: ["topology": "\(id)", "error": "\(error)"])
                watch.withLockedValue { $0.channels[id]?.isStale = true }
                try? await Task.sleep(for: retry)
            }
        }
    }

    /// Until the next message may follow; cut short where the program ends.
    private func pause(after sent: SentOctets?) async throws {
        let begin = ContinuousClock.now
        var passed: Duration
        repeat {
            try await Task.sleep(for: pause)
            passed = ContinuousClock.now - begin
        } while passed < longestPause
            && (underWay.octets > memory || Double(sent?.count ?? 0) > sendRate * (passed / .seconds(1)))
    }

    private func tell(_ id: String, _ changes: Int64, _ message: SharedMessage) {
        let watchers = watch.withLockedValue { watch -> [AsyncStream<SharedMessage>.Continuation] in
            guard let channel = watch.channels[id], changes > channel.changes else { return [] }
            watch.channels[id]?.changes = changes
            return Array(channel.watchers.values)
        }
        underWay.note(message)
        for watcher in watchers { watcher.yield(message) }
    }

    private func end(_ id: String) {
        let channel = watch.withLockedValue { $0.channels.removeValue(forKey: id) }
        for watcher in (channel?.watchers ?? [:]).values { watcher.finish() }
    }
}
