import NIOConcurrencyHelpers
public import RADIUSTransport
import RADIUSWire

/// What a pipeline decided since start, and how long that took.
public struct DecisionCounts: Sendable, Equatable {
    /// Upper ends of the histogram's buckets, seconds.
    public static let bucketLimits = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

    /// From receipt to decision, what waiting in the socket took included.
    public struct Latency: Sendable, Equatable {
        /// One for each limit and a last one for all beyond; not cumulative.
        public var buckets = [UInt64](repeating: 0, count: DecisionCounts.bucketLimits.count + 1)
        public var totalNanoseconds: UInt64 = 0
        public var count: UInt64 = 0

        public init() {}

        mutating func add(_ nanoseconds: UInt64) {
            let seconds = Double(nanoseconds) / 1e9
            buckets[DecisionCounts.bucketLimits.firstIndex { seconds <= $0 } ?? buckets.count - 1] += 1
            totalNanoseconds += nanoseconds
            count += 1
        }

        mutating func add(_ other: Latency) {
            for index in buckets.indices { buckets[index] += other.buckets[index] }
            totalNanoseconds += other.totalNanoseconds
            count += other.count
        }
    }

    public var latency: [ListenerRole: Latency] = [:]
    public var rejects: [RejectReason: UInt64] = [:]

    public init() {}

    mutating func add(_ decision: Decision, of code: PacketCode, nanoseconds: UInt64) {
        if let reason = decision.reason { rejects[reason, default: 0] += 1 }
        latency[Self.role(of: code), default: Latency()].add(nanoseconds)
    }

    mutating func add(_ other: DecisionCounts) {
        rejects.merge(other.rejects, uniquingKeysWith: +)
        for (role, latency) in other.latency { self.latency[role, default: Latency()].add(latency) }
    }

    private static func role(of code: PacketCode) -> ListenerRole {
        switch code {
        case .accountingRequest: .accounting
        case .disconnectRequest, .coaRequest: .dynamicAuthorization
        default: .authentication
        }
    }
}

/// Adds up ``DecisionCounts`` of all threads. Packet threads add once for each batch, spread over several locks.
public final class DecisionCounters: Sendable {
    private let shards = (0..<8).map { _ in NIOLockedValueBox(DecisionCounts()) }

    init() {}

    /// - Parameter number: any; spreads the writers.
    func add(_ counts: DecisionCounts, number: UInt64) {
        shards[Int(number % 8)].withLockedValue { $0.add(counts) }
    }

    /// The sum.
    public var current: DecisionCounts {
        shards.reduce(into: DecisionCounts()) { sum, shard in sum.add(shard.withLockedValue { $0 }) }
    }
}
