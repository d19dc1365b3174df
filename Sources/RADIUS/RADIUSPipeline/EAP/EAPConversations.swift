import Digests
import EAP
import NIOConcurrencyHelpers

/// The conversations that wait for their peer's next packet, by State: sharded, bounded in number and time.
///
/// A State is valid once. A station that begins anew replaces its unfinished conversation, so that nobody's phone fills the table. A full
/// table gives up a conversation whose peer has not answered, or the one that has waited longest: peers answer within seconds, attackers
/// leave theirs lying.
public final class EAPConversations: Sendable {
    /// Totals since start.
    public struct Counts: Sendable, Equatable {
        public var started: UInt64 = 0
        public var accepted: UInt64 = 0
        public var rejected: UInt64 = 0
        /// The peer fell silent.
        public var abandoned: UInt64 = 0
        /// Given up for newer ones, because the table was full.
        public var refused: UInt64 = 0
    }

    /// What a State stands for.
    enum Taken {
        case exchange(EAPExchange)
        /// Another packet with this State is being worked on.
        case busy
        /// Nothing of this NAS, or nothing any more.
        case unknown
    }

    private static let shardCount = 16
    /// At some 150 octets each.
    private static let stationsOfShard = 4096
    private let shards: [NIOLockedValueBox<EAPConversationShard>]
    private let methods: [NIOLockedValueBox<StationMethods>]
    private let totals = NIOLockedValueBox(Counts())
    private let lifetime: Double
    private let capacity: Int

    /// - Parameters:
    ///   - lifetimeSeconds: how long a peer may take for its next packet.
    ///   - capacity: conversations that wait at most.
    init(lifetimeSeconds: Int, capacity: Int) {
        lifetime = Double(lifetimeSeconds)
        self.capacity = max(1, capacity / Self.shardCount)
        shards = (0..<Self.shardCount).map { _ in NIOLockedValueBox(EAPConversationShard()) }
        methods = (0..<Self.shardCount).map { _ in NIOLockedValueBox(StationMethods(capacity: Self.stationsOfShard)) }
    }

    /// Keeps a conversation until its peer's next packet, under a State of its own. The one it had is a thing of the past.
    /// - Parameter now: seconds since 1970 UTC.
    /// - Returns: 16 unpredictable octets for State.
    func keep(_ exchange: EAPExchange, now: Double) -> [UInt8] {
        var state = randomOctets(16)
        // A station's conversations share a shard, where a new one finds the old.
        if let station = exchange.station { state[0] = (state[0] & 0xf0) | Self.shard(of: station) }
        let isNew = exchange.state.isEmpty
        forget(exchange)
        let (isFull, expired) = shard(of: state).withLockedValue { shard in
            let expired = shard.expire(now: now)
            shard.replace(exchange)
            let isFull = isNew && shard.count >= capacity
            if isFull { shard.evict() }
            shard.append(exchange, state: state, deadline: now + lifetime)
            return (isFull, expired)
        }
        exchange.state = state
        totals.withLockedValue {
            $0.abandoned += UInt64(expired)
            if isNew { $0.started += 1 }
            if isFull { $0.refused += 1 }
        }
        return state
    }

    /// Keeps a conversation under the State it had, for another packet: this one was not the peer's answer, or will be repeated.
    func putBack(_ exchange: EAPExchange, now: Double) {
        guard !exchange.state.isEmpty else { return }
        shard(of: exchange.state).withLockedValue { $0.append(exchange, state: exchange.state, deadline: now + lifetime) }
    }

    /// Takes the conversation that gave this State to this NAS. Its taker keeps it, puts it back or ends it.
    func take(_ state: [UInt8], clientName: String, now: Double) -> Taken {
        guard state.count == 16 else { return .unknown }
        return shard(of: state).withLockedValue { $0.take(state, clientName: clientName, now: now) }
    }

    /// The conversation has come to its end.
    func end(_ exchange: EAPExchange, accepted: Bool) {
        forget(exchange)
        totals.withLockedValue { if accepted { $0.accepted += 1 } else { $0.rejected += 1 } }
    }

    /// The method that a station logged in with last, if that was another than it was offered.
    func wantedMethod(of station: String, now: Double) -> EAPType? {
        methods[Int(Self.shard(of: station))].withLockedValue { $0.method(of: station, now: now) }
    }

    /// A station has declined a method and logged in with this one.
    func learn(_ method: EAPType, of station: String, now: Double) {
        methods[Int(Self.shard(of: station))].withLockedValue { $0.learn(method, of: station, now: now) }
    }

    /// Gives up those whose peers have been silent for too long.
    /// - Returns: all that were given up since the last call and whose peers had taken part.
    func takeAbandoned(now: Double) -> [EAPExchange] {
        var expired = 0
        let abandoned = shards.flatMap { shard in
            shard.withLockedValue { shard in
                expired += shard.expire(now: now)
                defer { shard.abandoned = [] }
                return shard.abandoned
            }
        }
        totals.withLockedValue { $0.abandoned += UInt64(expired) }
        return abandoned.filter { $0.conversation.isUnderWay || $0.pendingFailure != nil }
    }

    public var counts: Counts { totals.withLockedValue { $0 } }

    /// Conversations that wait or are worked on now.
    public var waiting: Int { shards.reduce(0) { $0 + $1.withLockedValue { $0.count } } }

    private func forget(_ exchange: EAPExchange) {
        guard !exchange.state.isEmpty else { return }
        shard(of: exchange.state).withLockedValue { _ = $0.remove(exchange.state) }
    }

    private func shard(of state: [UInt8]) -> NIOLockedValueBox<EAPConversationShard> { shards[Int(state[0] & 0x0f)] }

    private static func shard(of station: String) -> UInt8 {
        station.utf8.reduce(0 as UInt8) { ($0 &* 31) &+ $1 } & 0x0f
    }
}
