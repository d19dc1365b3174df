import EAP

/// A part of ``EAPConversations``, with the queues that tell which of its entries are old.
struct EAPConversationShard {
    private struct Entry {
        let clientName: String
        /// Nil while a packet is being worked on.
        var exchange: EAPExchange?
        var deadline: Double
    }

    /// More than anybody reads.
    private static let largestBacklog = 1000

    /// Those given up that nobody has asked about yet.
    var abandoned: [EAPExchange] = []
    private var entries: [[UInt8]: Entry] = [:]
    private var stations: [String: [UInt8]] = [:]
    /// States by deadline, oldest first; some are long gone.
    private var byDeadline = StateQueue()
    /// Those whose peers have not answered a method's request yet, oldest first; some are long gone.
    private var unanswered = StateQueue()

    var count: Int { entries.count }

    mutating func append(_ exchange: EAPExchange, state: [UInt8], deadline: Double) {
        entries[state] = Entry(clientName: exchange.clientName, exchange: exchange, deadline: deadline)
        if let station = exchange.station { stations[station] = state }
        byDeadline.append(state)
        if !exchange.conversation.isUnderWay { unanswered.append(state) }
    }

    mutating func take(_ state: [UInt8], clientName: String, now: Double) -> EAPConversations.Taken {
        guard let entry = entries[state], entry.clientName == clientName, entry.deadline > now else { return .unknown }
        guard let exchange = entry.exchange else { return .busy }
        entries[state]?.exchange = nil
        return .exchange(exchange)
    }

    /// Makes room for a station's newer conversation.
    mutating func replace(_ newer: EAPExchange) {
        guard let station = newer.station, let state = stations[station], let old = remove(state) else { return }
        // Beginning anew is no failure, unless it is the answer to one.
        if old.pendingFailure != nil { abandon(old) }
    }

    @discardableResult
    mutating func remove(_ state: [UInt8]) -> EAPExchange? {
        let exchange = entries.removeValue(forKey: state)?.exchange
        if let station = exchange?.station, stations[station] == state { stations[station] = nil }
        return exchange
    }

    /// Gives up what has waited for too long.
    /// - Returns: how many that were.
    mutating func expire(now: Double) -> Int {
        var expired = 0
        while let state = byDeadline.first {
            if let entry = entries[state] {
                guard entry.deadline <= now else { break }
                if let exchange = remove(state) {
                    abandon(exchange)
                    expired += 1
                }
            }
            byDeadline.removeFirst()
        }
        while let state = unanswered.first, entries[state] == nil { unanswered.removeFirst() }
        return expired
    }

    /// Gives up one conversation for another.
    mutating func evict() {
        while let state = unanswered.first {
            unanswered.removeFirst()
            if remove(state) != nil { return }
        }
        while let state = byDeadline.first {
            byDeadline.removeFirst()
            if remove(state) != nil { return }
        }
    }

    private mutating func abandon(_ exchange: EAPExchange) {
        if abandoned.count < Self.largestBacklog { abandoned.append(exchange) }
    }
}

/// States in the order they came.
private struct StateQueue {
    private var states: [[UInt8]] = []
    private var start = 0

    var first: [UInt8]? { start < states.count ? states[start] : nil }

    mutating func append(_ state: [UInt8]) { states.append(state) }

    mutating func removeFirst() {
        start += 1
        if start > 1024, start > states.count / 2 {
            states.removeFirst(start)
            start = 0
        }
    }
}
