import NIOConcurrencyHelpers
import RADIUSWire

/// The duplicate cache of a listener, divided by key so that packet threads seldom meet on a lock.
final class DuplicateCacheShards: Sendable {
    struct Ticket: Sendable {
        fileprivate var shard: Int
        fileprivate var ticket: DuplicateCache.Ticket
    }

    enum Verdict {
        case new(Ticket)
        case inProgress
        case answered([UInt8])
        case full
    }

    private let shards: [NIOLockedValueBox<DuplicateCache>]
    private let clock: TransportClock

    init(entries: Int, lifetime: UInt64, deadline: UInt64, shards count: Int = 16, clock: TransportClock) {
        shards = (0..<count).map { _ in
            NIOLockedValueBox(DuplicateCache(capacity: (entries + count - 1) / count, lifetime: lifetime, deadline: deadline))
        }
        self.clock = clock
    }

    /// - Returns: what to do with the request, and how many older ones were given up at their deadline meanwhile.
    func begin(_ key: ExchangeKey, authenticator: Authenticator, length: Int) -> (Verdict, expired: UInt64) {
        let shard = (Int(key.source.port) ^ Int(key.identifier)) % shards.count
        return shards[shard].withLockedValue { cache in
            // Read under the lock: the cache needs times in order.
            let verdict: Verdict =
                switch cache.begin(key, authenticator: authenticator, length: length, now: clock.monotonic()) {
                case .new(let ticket): .new(Ticket(shard: shard, ticket: ticket))
                case .inProgress: .inProgress
                case .answered(let reply): .answered(reply)
                case .full: .full
                }
            return (verdict, cache.takeExpired())
        }
    }

    func answer(_ ticket: Ticket, with reply: [UInt8]) -> Bool {
        shards[ticket.shard].withLockedValue { $0.answer(ticket.ticket, with: reply, now: clock.monotonic()) }
    }

    func hold(_ ticket: Ticket, reply: [UInt8]) -> Bool {
        shards[ticket.shard].withLockedValue { $0.hold(ticket.ticket, reply: reply) }
    }

    func release(_ ticket: Ticket) -> [UInt8]? {
        shards[ticket.shard].withLockedValue { $0.release(ticket.ticket, now: clock.monotonic()) }
    }

    func abandon(_ ticket: Ticket) -> Bool {
        shards[ticket.shard].withLockedValue { $0.abandon(ticket.ticket) }
    }

    /// Requests neither decided nor given up.
    var inProgressCount: Int { shards.reduce(0) { $0 + $1.withLockedValue(\.inProgressCount) } }
}
