import NIOConcurrencyHelpers
public import RADIUSWire

/// Totals of one role since start.
public struct ListenerCounts: Sendable, Equatable {
    /// Datagrams read.
    public var received: UInt64 = 0
    /// Requests handed to the packet handler: valid, from a known client, not duplicates.
    public var requests: UInt64 = 0
    /// Status-Server packets answered by the listener itself.
    public var statusRequests: UInt64 = 0
    /// Replies sent, without resent ones.
    public var replies: [PacketCode: UInt64] = [:]
    /// Kept replies sent again to a retransmission.
    public var duplicatesResent: UInt64 = 0
    /// Requests and replies that came to nothing.
    public var drops: [DropReason: UInt64] = [:]
    /// Replies that had to leave before their delay because too many were held.
    public var delaysCutShort: UInt64 = 0
    /// Replies the kernel refused to send.
    public var sendFailures: UInt64 = 0

    public init() {}

    mutating func drop(_ reason: DropReason, _ count: UInt64 = 1) { drops[reason, default: 0] += count }

    mutating func reply(_ code: PacketCode) { replies[code, default: 0] += 1 }

    mutating func add(_ other: ListenerCounts) {
        received += other.received
        requests += other.requests
        statusRequests += other.statusRequests
        duplicatesResent += other.duplicatesResent
        delaysCutShort += other.delaysCutShort
        sendFailures += other.sendFailures
        replies.merge(other.replies, uniquingKeysWith: +)
        drops.merge(other.drops, uniquingKeysWith: +)
    }

    /// Zeroes everything and keeps the storage.
    mutating func reset() {
        received = 0
        requests = 0
        statusRequests = 0
        duplicatesResent = 0
        delaysCutShort = 0
        sendFailures = 0
        replies.removeAll(keepingCapacity: true)
        drops.removeAll(keepingCapacity: true)
    }
}

/// What all listeners of the process counted.
///
/// Each packet thread adds once per batch to a block of its own, so that counting costs no contended lock.
public final class RADIUSCounters: Sendable {
    /// One writer's share.
    final class Block: Sendable {
        private let counts = NIOLockedValueBox(ListenerCounts())

        func add(_ delta: ListenerCounts) { counts.withLockedValue { $0.add(delta) } }

        func update(_ change: (inout ListenerCounts) -> Void) { counts.withLockedValue { change(&$0) } }

        var current: ListenerCounts { counts.withLockedValue { $0 } }
    }

    private let blocks = NIOLockedValueBox<[ListenerRole: [Block]]>([:])

    public init() {}

    /// Sums all blocks. Roles without a listener are absent.
    public func snapshot() -> [ListenerRole: ListenerCounts] {
        blocks.withLockedValue { $0 }.mapValues { blocks in
            blocks.reduce(into: ListenerCounts()) { $0.add($1.current) }
        }
    }

    func makeBlock(for role: ListenerRole) -> Block {
        let block = Block()
        blocks.withLockedValue { $0[role, default: []].append(block) }
        return block
    }
}
