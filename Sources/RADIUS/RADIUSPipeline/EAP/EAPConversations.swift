import EAP
import NIOConcurrencyHelpers

/// The conversations that wait for their peer's next packet, by State: sharded, bounded in number and time.
///
/// A State is valid once. A station that begins anew replaces its unfinished conversation, so that nobody's phone fills the table.
public final class EAPConversations: Sendable {
    /// Totals since start.
    public struct Counts: Sendable, Equatable {
        public var started: UInt64 = 0
        public var accepted: UInt64 = 0
        public var rejected: UInt64 = 0
        /// The peer fell silent.
        public var abandoned: UInt64 = 0
        /// Not begun because the table was full.
        public var refused: UInt64 = 0
    }

    private struct Entry {
        var exchange: EAPExchange
        var deadline: Double
    }

    private struct Shard {
        var entries: [[UInt8]: Entry] = [:]
        var stations: [String: [UInt8]] = [:]
        /// States by deadline, oldest first; some are long taken.
        var order: [(state: [UInt8], deadline: Double)] = []
        var first = 0

        mutating func remove(_ state: [UInt8]) -> Entry? {
            guard let entry = entries.removeValue(forKey: state) else { return nil }
            if let station = entry.exchange.station, stations[station] == state { stations[station] = nil }
            return entry
        }

        /// - Returns: how many were given up.
        mutating func expire(now: Double) -> Int {
            var expired = 0
            while first < order.count, order[first].deadline <= now {
                if let entry = entries[order[first].state], entry.deadline <= now {
                    _ = remove(order[first].state)
                    expired += 1
                }
                first += 1
            }
            if first > 1024, first > order.count / 2 {
                order.removeFirst(first)
                first = 0
            }
            return expired
        }
    }

    private static let shardCount = 16
    private let shards: [NIOLockedValueBox<Shard>]
    private let totals = NIOLockedValueBox(Counts())
    private let lifetime: Double
    private let capacity: Int

    /// - Parameters:
    ///   - lifetimeSeconds: how long a peer may take for its next packet.
    ///   - capacity: conversations that wait at most.
    init(lifetimeSeconds: Int, capacity: Int) {
        lifetime = Double(lifetimeSeconds)
        self.capacity = max(1, capacity / Self.shardCount)
        shards = (0..<Self.shardCount).map { _ in NIOLockedValueBox(Shard()) }
    }

    /// Keeps a conversation until its peer's next packet.
    /// - Parameters:
    ///   - state: nil makes a new State; given, the old one stays valid, for a packet that was not the peer's answer.
    ///   - isNew: a new conversation is refused when the table is full; one under way is not.
    ///   - now: seconds since 1970 UTC.
    /// - Returns: 16 unpredictable octets for State; nil when the table is full.
    func keep(_ exchange: EAPExchange, state: [UInt8]? = nil, isNew: Bool, now: Double) -> [UInt8]? {
        var generator = SystemRandomNumberGenerator()
        var state = state ?? (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        // A station's conversations share a shard, where a new one finds the old.
        if let station = exchange.station { state[0] = (state[0] & 0xf0) | Self.shard(of: station) }
        let (isKept, expired) = shards[Int(state[0] & 0x0f)].withLockedValue { shard -> (Bool, Int) in
            let expired = shard.expire(now: now)
            if let station = exchange.station, let old = shard.stations[station], old != state { _ = shard.remove(old) }
            guard !isNew || shard.entries.count < capacity else { return (false, expired) }
            shard.entries[state] = Entry(exchange: exchange, deadline: now + lifetime)
            if let station = exchange.station { shard.stations[station] = state }
            shard.order.append((state, now + lifetime))
            return (true, expired)
        }
        totals.withLockedValue {
            $0.abandoned += UInt64(expired)
            if isNew { if isKept { $0.started += 1 } else { $0.refused += 1 } }
        }
        return isKept ? state : nil
    }

    /// Takes the conversation that gave this State to this NAS; nil when there is none (any more).
    func take(_ state: [UInt8], clientName: String, now: Double) -> EAPExchange? {
        guard state.count == 16 else { return nil }
        return shards[Int(state[0] & 0x0f)].withLockedValue { shard in
            guard let entry = shard.entries[state], entry.exchange.clientName == clientName, entry.deadline > now else { return nil }
            return shard.remove(state)?.exchange
        }
    }

    func count(accepted: Bool) {
        totals.withLockedValue { if accepted { $0.accepted += 1 } else { $0.rejected += 1 } }
    }

    public var counts: Counts { totals.withLockedValue { $0 } }

    /// Conversations that wait now.
    public var waiting: Int { shards.reduce(0) { $0 + $1.withLockedValue { $0.entries.count } } }

    private static func shard(of station: String) -> UInt8 {
        station.utf8.reduce(0 as UInt8) { ($0 &* 31) &+ $1 } & 0x0f
    }
}
