import NIOConcurrencyHelpers

/// What this node did with messages since it began, for metrics.
public final class MessageCounters: Sendable {
    /// What became of an attempt.
    public enum Outcome: String, Sendable, CaseIterable {
        case sent, retried, failed, expired
    }

    /// A channel, a gateway (empty where none was asked) and an outcome.
    public struct Key: Sendable, Hashable {
        public let channel: MessageChannel
        public let gateway: String
        public let outcome: Outcome
    }

    /// Messages, parts and costs of a gateway.
    public struct Cost: Sendable, Equatable {
        public var parts: Int64 = 0
        /// Millionths of the currency.
        public var cost: Int64 = 0
    }

    /// Messages of a channel that are not finished, of all nodes.
    public struct Waiting: Sendable, Equatable {
        public let channel: MessageChannel
        public let count: Int64
        /// When the oldest was made, microseconds since 1970 UTC.
        public let oldest: Int64
    }

    private struct State {
        var counts: [Key: Int64] = [:]
        var costs: [String: Cost] = [:]
        var receipts: [ReceiptState: Int64] = [:]
        var waiting: [Waiting] = []
    }

    private let state = NIOLockedValueBox(State())

    func set(waiting: [Waiting]) {
        state.withLockedValue { $0.waiting = waiting }
    }

    func count(_ channel: MessageChannel, _ gateway: String, _ outcome: Outcome) {
        state.withLockedValue { $0.counts[Key(channel: channel, gateway: gateway, outcome: outcome), default: 0] += 1 }
    }

    func add(_ gateway: String, parts: Int, cost: Int64) {
        state.withLockedValue {
            $0.costs[gateway, default: Cost()].parts += Int64(parts)
            $0.costs[gateway, default: Cost()].cost += cost
        }
    }

    func countReceipt(_ receipt: ReceiptState) {
        state.withLockedValue { $0.receipts[receipt, default: 0] += 1 }
    }

    public var counts: [Key: Int64] { state.withLockedValue { $0.counts } }
    /// By gateway of text messages.
    public var costs: [String: Cost] { state.withLockedValue { $0.costs } }
    /// As of a few seconds ago.
    public var waiting: [Waiting] { state.withLockedValue { $0.waiting } }
    public var receipts: [ReceiptState: Int64] { state.withLockedValue { $0.receipts } }
}
