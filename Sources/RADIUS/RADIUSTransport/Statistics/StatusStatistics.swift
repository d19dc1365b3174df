import RADIUSWire

/// Answers Status-Server's questions for statistics as FreeRADIUS does, by its vendor-specific attributes (vendor 11344), so that existing
/// monitoring works: FreeRADIUS-Statistics-Type says what is wanted, attributes 128 to 189 are the answer.
struct StatusStatistics: Sendable {
    private let counters: RADIUSCounters
    private let directory: any NASDirectory
    private let askers: [IPPrefix]

    init(counters: RADIUSCounters, directory: any NASDirectory, askers: [IPPrefix]) {
        self.counters = counters
        self.directory = directory
        self.askers = askers
    }

    /// The encoded attributes of the reply to a Status-Server; none where none are asked for or the asker may not know.
    func attributes(for request: Packet, from source: IPAddress) -> [UInt8] {
        let question = FreeRADIUSAttributes(request)
        guard let bits = question.integer(.statisticsType), askers.contains(where: { $0.contains(source) }) else { return [] }
        let kinds = StatisticsKind(rawValue: bits)
        var answer = FreeRADIUSAttributes.Writer()
        let totals = counters.snapshot()
        if kinds.contains(.authentication), let counts = totals[.authentication] {
            answer.append(StatisticsValues(authentication: counts), from: .accessRequests)
        }
        if kinds.contains(.accounting), let counts = totals[.accounting] {
            answer.append(StatisticsValues(accounting: counts), from: .accountingRequests)
        }
        if kinds.contains(.server) {
            answer.append(.startTime, counters.startedAt)
            answer.append(.reloadTime, counters.reloadedAt)
        }
        if kinds.contains(.client) { client(question, kinds, &answer) }
        if kinds.contains(.listener) { answer.append(.error, "No such listener") }
        if kinds.contains(.homeServer) { answer.append(.error, "No such home server") }
        return answer.bytes
    }

    /// Which client is meant, then its counters.
    private func client(_ question: FreeRADIUSAttributes, _ kinds: StatisticsKind, _ answer: inout FreeRADIUSAttributes.Writer) {
        let table = directory.table
        let asked = question.address
        let client: NASClient?
        if let asked {
            client = table.client(for: asked)
        } else {
            client = question.integer(.clientNumber).flatMap { Int($0) < table.count ? table.all[Int($0)] : nil }
        }
        guard let client else { return answer.append(.error, "No such client") }
        if let asked {
            answer.append(asked)
        } else {
            question.integer(.clientNumber).map { answer.append(.clientNumber, Int64($0)) }
            answer.append(client.prefix.address)
            if !client.prefix.isHost { answer.append(.clientNetmask, Int64(client.prefix.length)) }
        }
        if kinds.contains(.authentication) {
            let counts = counters.counts(of: client.key, role: .authentication)
            answer.append(StatisticsValues(authentication: counts), from: .accessRequests)
        }
        if kinds.contains(.accounting) {
            let counts = counters.counts(of: client.key, role: .accounting)
            answer.append(StatisticsValues(accounting: counts), from: .accountingRequests)
        }
    }
}

/// The bits of FreeRADIUS-Statistics-Type.
private struct StatisticsKind: OptionSet {
    let rawValue: UInt32
    static let authentication = StatisticsKind(rawValue: 0x01)
    static let accounting = StatisticsKind(rawValue: 0x02)
    static let server = StatisticsKind(rawValue: 0x10)
    static let client = StatisticsKind(rawValue: 0x20)
    static let listener = StatisticsKind(rawValue: 0x40)
    static let homeServer = StatisticsKind(rawValue: 0x80)
}

/// Counters in the order of their attributes' numbers.
private struct StatisticsValues {
    var values: [UInt64]

    init(authentication counts: ListenerCounts) {
        let replies = { counts.replies[$0] ?? 0 }
        // Listeners count the answers to Status-Server among their replies; FreeRADIUS's statistics are about users.
        let accepts = replies(.accessAccept) - min(replies(.accessAccept), counts.statusRequests)
        values = [
            Self.requests(counts), accepts, replies(.accessReject), replies(.accessChallenge),
            accepts + replies(.accessReject) + replies(.accessChallenge),
        ]
        values += Self.failures(counts)
    }

    init(accounting counts: ListenerCounts) {
        let responses = counts.replies[.accountingResponse] ?? 0
        values = [Self.requests(counts), responses - min(responses, counts.statusRequests)] + Self.failures(counts)
    }

    init(authentication counts: ClientCounts) {
        values = [counts.requests, counts.accepts, counts.rejects, counts.challenges, counts.responses] + Self.failures(counts)
    }

    init(accounting counts: ClientCounts) {
        values = [counts.requests, counts.responses] + Self.failures(counts)
    }

    private static func requests(_ counts: ListenerCounts) -> UInt64 {
        let others = counts.statusRequests + (counts.drops[.invalidClient] ?? 0) + (counts.drops[.unexpectedCode] ?? 0)
        return counts.received - min(counts.received, others)
    }

    /// Duplicates, malformed, from unknown clients, dropped, of unknown types.
    private static func failures(_ counts: ListenerCounts) -> [UInt64] {
        let drops = { counts.drops[$0] ?? 0 }
        let named =
            drops(.duplicateInProgress) + drops(.malformed) + drops(.tooManyAttributes) + drops(.invalidClient)
            + drops(.unexpectedCode)
        return [
            counts.duplicatesResent + drops(.duplicateInProgress), drops(.malformed) + drops(.tooManyAttributes), drops(.invalidClient),
            counts.drops.values.reduce(0, +) - named, drops(.unexpectedCode),
        ]
    }

    private static func failures(_ counts: ClientCounts) -> [UInt64] {
        // There is no attribute for packets with a wrong secret; they are dropped ones.
        [counts.duplicates, counts.malformed, 0, counts.dropped + counts.badAuthenticators, counts.unknownTypes]
    }
}

extension FreeRADIUSAttributes.Writer {
    /// Appends counters under consecutive numbers.
    fileprivate mutating func append(_ statistics: StatisticsValues, from first: FreeRADIUSAttributes.Number) {
        for (offset, value) in statistics.values.enumerated() { append(first.rawValue + UInt8(offset), value) }
    }
}
