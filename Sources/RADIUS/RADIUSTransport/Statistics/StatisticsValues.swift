import RADIUSWire

/// The bits of FreeRADIUS-Statistics-Type.
struct StatisticsKind: OptionSet {
    let rawValue: UInt32
    static let authentication = StatisticsKind(rawValue: 0x01)
    static let accounting = StatisticsKind(rawValue: 0x02)
    static let proxyAuthentication = StatisticsKind(rawValue: 0x04)
    static let proxyAccounting = StatisticsKind(rawValue: 0x08)
    static let server = StatisticsKind(rawValue: 0x10)
    static let client = StatisticsKind(rawValue: 0x20)
    static let listener = StatisticsKind(rawValue: 0x40)
    static let homeServer = StatisticsKind(rawValue: 0x80)
}

/// Counters in the order of their attributes' numbers.
struct StatisticsValues {
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

    init(proxied counts: ProxiedCounts, _ role: ListenerRole) {
        values = [counts.requests]
        if role == .authentication { values += [counts.accepts, counts.rejects, counts.challenges] }
        values += [
            counts.responses, counts.retransmissions, counts.malformed, counts.badAuthenticators, counts.dropped, counts.unknownTypes,
        ]
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
    mutating func append(_ statistics: StatisticsValues, from first: FreeRADIUSAttributes.Number) {
        for (offset, value) in statistics.values.enumerated() { append(first.rawValue + UInt8(offset), value) }
    }
}
