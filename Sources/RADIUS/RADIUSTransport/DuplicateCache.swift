import RADIUSWire

/// What identifies an exchange while it lasts (RFC 5080 §2.2.2).
struct ExchangeKey: Hashable {
    var source: SocketEndpoint
    var destination: SocketEndpoint
    var identifier: UInt8
    var code: UInt8

    func hash(into hasher: inout Hasher) {
        hasher.combine(source.address.high ^ destination.address.low)
        hasher.combine(source.address.low)
        hasher.combine(UInt32(source.port) << 16 | UInt32(identifier) << 8 | UInt32(code))
    }
}

/// The requests in progress and the replies kept for retransmissions, bounded in number and time.
///
/// A value without clock or lock: the caller passes monotonic nanoseconds that never go back. Requests in progress and replies
/// form two lists in order of age, so that expiry looks at the oldest only.
struct DuplicateCache {
    /// Names one request in the cache; stale once the request has ended or was replaced.
    struct Ticket: Hashable {
        fileprivate(set) var slot: Int32
        fileprivate(set) var generation: UInt32
    }

    enum Verdict: Equatable {
        /// Not seen before, or another request than the one before with this key: work on it.
        case new(Ticket)
        case inProgress
        /// Send these octets again.
        case answered([UInt8])
        /// No room, since all of it is taken by requests in progress.
        case full
    }

    private enum State {
        case free
        case inProgress
        /// Decided, but the reply waits for its delay.
        case held([UInt8])
        case answered([UInt8])
    }

    private struct Slot {
        var key: ExchangeKey
        var authenticator: Authenticator
        var length: Int
        var generation: UInt32 = 0
        var state = State.free
        /// When the request began or was answered.
        var since: UInt64 = 0
        var older: Int32 = -1
        var newer: Int32 = -1
    }

    /// Slots chained from the oldest to the newest; -1 ends the chain.
    private struct AgeList {
        var oldest: Int32 = -1
        var newest: Int32 = -1

        mutating func append(_ slot: Int32, in slots: inout [Slot]) {
            slots[Int(slot)].older = newest
            slots[Int(slot)].newer = -1
            if newest >= 0 { slots[Int(newest)].newer = slot } else { oldest = slot }
            newest = slot
        }

        mutating func unlink(_ slot: Int32, in slots: inout [Slot]) {
            let (older, newer) = (slots[Int(slot)].older, slots[Int(slot)].newer)
            if older >= 0 { slots[Int(older)].newer = newer } else { oldest = newer }
            if newer >= 0 { slots[Int(newer)].older = older } else { newest = older }
        }
    }

    private let capacity: Int
    private let lifetime: UInt64
    private let deadline: UInt64
    private var slots: [Slot] = []
    private var vacant: [Int32] = []
    private var index: [ExchangeKey: Int32] = [:]
    private var pending = AgeList()
    private var replies = AgeList()
    private(set) var inProgressCount = 0
    /// Requests given up at their deadline since the last ``takeExpired()``.
    private var expired: UInt64 = 0

    /// - Parameters:
    ///   - capacity: requests and replies together, 1 or more.
    ///   - lifetime: nanoseconds to keep a reply.
    ///   - deadline: nanoseconds after which a request in progress is given up.
    init(capacity: Int, lifetime: UInt64, deadline: UInt64) {
        self.capacity = max(1, capacity)
        self.lifetime = lifetime
        self.deadline = deadline
    }

    var count: Int { index.count }

    /// Enters a request, or tells what became of the one it repeats.
    mutating func begin(_ key: ExchangeKey, authenticator: Authenticator, length: Int, now: UInt64) -> Verdict {
        expire(now: now)
        if let slot = index[key] {
            let position = Int(slot)
            if slots[position].authenticator == authenticator, slots[position].length == length {
                let age = now &- slots[position].since
                switch slots[position].state {
                case .answered(let reply) where age < lifetime: return .answered(reply)
                case .inProgress where age < deadline, .held: return .inProgress
                case .inProgress: expired += 1
                default: break
                }
            }
            // Identifiers come round again and again: the key stays where it is.
            leave(slot)
            return .new(enter(slot, authenticator: authenticator, length: length, now: now))
        } else if index.count >= capacity {
            guard replies.oldest >= 0 else { return .full }
            remove(replies.oldest)
        }
        return .new(insert(key, authenticator: authenticator, length: length, now: now))
    }

    /// Keeps the reply to a request in progress. False where the ticket is stale: the reply must not be sent.
    mutating func answer(_ ticket: Ticket, with reply: [UInt8], now: UInt64) -> Bool {
        guard isInProgress(ticket) else { return false }
        finish(ticket.slot, with: reply, now: now)
        return true
    }

    /// Keeps a reply that is to be sent later, by ``release(_:now:)``. False where the ticket is stale.
    mutating func hold(_ ticket: Ticket, reply: [UInt8]) -> Bool {
        guard isInProgress(ticket) else { return false }
        slots[Int(ticket.slot)].state = .held(reply)
        inProgressCount -= 1
        return true
    }

    /// The reply held for a request, to be sent now. Nil where the ticket is stale.
    mutating func release(_ ticket: Ticket, now: UInt64) -> [UInt8]? {
        guard isCurrent(ticket), case .held(let reply) = slots[Int(ticket.slot)].state else { return nil }
        finish(ticket.slot, with: reply, now: now)
        return reply
    }

    /// Forgets a request in progress, so that a retransmission is new. False where it is no longer in progress.
    mutating func abandon(_ ticket: Ticket) -> Bool {
        guard isInProgress(ticket) else { return false }
        remove(ticket.slot)
        return true
    }

    /// How many requests were given up since the last call.
    mutating func takeExpired() -> UInt64 {
        defer { expired = 0 }
        return expired
    }

    private func isCurrent(_ ticket: Ticket) -> Bool { slots[Int(ticket.slot)].generation == ticket.generation }

    private func isInProgress(_ ticket: Ticket) -> Bool {
        if isCurrent(ticket), case .inProgress = slots[Int(ticket.slot)].state { true } else { false }
    }

    /// Drops what is too old, at most a few entries, so that no packet pays for a whole burst before it.
    private mutating func expire(now: UInt64) {
        for _ in 0..<4 {
            let oldest = replies.oldest
            guard oldest >= 0, now &- slots[Int(oldest)].since >= lifetime else { break }
            remove(oldest)
        }
        for _ in 0..<4 {
            let oldest = pending.oldest
            guard oldest >= 0, now &- slots[Int(oldest)].since >= deadline else { break }
            if case .inProgress = slots[Int(oldest)].state { expired += 1 }
            remove(oldest)
        }
    }

    private mutating func insert(_ key: ExchangeKey, authenticator: Authenticator, length: Int, now: UInt64) -> Ticket {
        let slot: Int32
        if let free = vacant.popLast() {
            slot = free
        } else {
            slot = Int32(slots.count)
            slots.append(Slot(key: key, authenticator: authenticator, length: length))
        }
        slots[Int(slot)].key = key
        index[key] = slot
        return enter(slot, authenticator: authenticator, length: length, now: now)
    }

    /// Begins a request in a slot that has its key.
    private mutating func enter(_ slot: Int32, authenticator: Authenticator, length: Int, now: UInt64) -> Ticket {
        let position = Int(slot)
        slots[position].authenticator = authenticator
        slots[position].length = length
        slots[position].state = .inProgress
        slots[position].since = now
        inProgressCount += 1
        pending.append(slot, in: &slots)
        return Ticket(slot: slot, generation: slots[position].generation)
    }

    private mutating func finish(_ slot: Int32, with reply: [UInt8], now: UInt64) {
        if case .inProgress = slots[Int(slot)].state { inProgressCount -= 1 }
        pending.unlink(slot, in: &slots)
        slots[Int(slot)].state = .answered(reply)
        slots[Int(slot)].since = now
        replies.append(slot, in: &slots)
        if lifetime == 0 { remove(slot) }
    }

    private mutating func remove(_ slot: Int32) {
        leave(slot)
        index[slots[Int(slot)].key] = nil
        vacant.append(slot)
    }

    /// Ends what is in a slot.
    private mutating func leave(_ slot: Int32) {
        let position = Int(slot)
        if case .answered = slots[position].state { replies.unlink(slot, in: &slots) } else { pending.unlink(slot, in: &slots) }
        if case .inProgress = slots[position].state { inProgressCount -= 1 }
        slots[position].state = .free
        slots[position].generation &+= 1
    }
}
