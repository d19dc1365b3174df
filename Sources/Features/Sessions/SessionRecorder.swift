import Database
import Digests
public import RADIUSPipeline
public import ServerKernel

/// Writes a batch of accounting records in one commit; what it reports as stored is durable.
///
/// Confined to the packet thread that made it.
public final class SessionRecorder: AccountingStore {
    private let connection: KeptConnection
    private let events: EventBus
    private let calendar: LocalCalendar

    /// - Parameters:
    ///   - connection: the packet thread's own.
    ///   - calendar: cuts kept usage into hours and days.
    public init(_ connection: KeptConnection, events: EventBus, calendar: LocalCalendar = .current) {
        self.connection = connection
        self.events = events
        self.calendar = calendar
    }

    public func record(_ records: [AccountingRecord]) throws(StoreError) -> [AccountingResult] {
        var results = [AccountingResult](repeating: .stored, count: records.count)
        var counted: Set<StoredName> = []
        try write(records.indices, of: records, into: &results, &counted)
        publish(records, results)
        if !counted.isEmpty { events.publish(UsageCounted(userNames: counted)) }
        return results
    }

    /// Halves a batch that the database refuses, down to the records at fault, so that one bad record costs one record.
    /// - Parameter counted: gets the users whose usage is kept.
    private func write(
        _ indices: Range<Int>, of records: [AccountingRecord], into results: inout [AccountingResult], _ counted: inout Set<StoredName>
    ) throws(StoreError) {
        if indices.isEmpty { return }
        do {
            let users = try connection.use { connection throws(DatabaseError) in
                try connection.transaction { () throws(DatabaseError) in
                    try Self.write(records, indices, over: connection, calendar: calendar)
                }
            }
            counted.formUnion(users)
        } catch {
            switch error.kind {
            case .connection, .timeout, .busy: throw .unavailable(error.description)
            case .data, .notNull, .foreignKey, .unique:
                if indices.count == 1 {
                    results[indices.lowerBound] = .rejected(error.description)
                } else {
                    let middle = indices.lowerBound + indices.count / 2
                    try write(indices.lowerBound..<middle, of: records, into: &results, &counted)
                    try write(middle..<indices.upperBound, of: records, into: &results, &counted)
                }
            case .other: throw .failed(error.description)
            }
        }
    }

    /// Writes the records of a range in the caller's transaction.
    /// - Returns: the users whose kept usage changed.
    @discardableResult
    static func write(
        _ records: [AccountingRecord], _ range: Range<Int>, over connection: any DatabaseConnection, calendar: LocalCalendar
    ) throws(DatabaseError) -> Set<StoredName> {
        let ledger = UsageLedger(connection, calendar: calendar)
        // Records are large: only their places are sorted and handed on. (Nor does a slice give what is in it without a copy.)
        let ofSessions = range.filter { records[$0].statusType.isOfSession }
        var changed = Set(ofSessions.lazy.map { records[$0].uniqueID })
        // Rows in the order of their keys: two nodes that write the same sessions then wait for each other instead of deadlocking.
        var waiting = ofSessions.sorted { (records[$0].uniqueID, $0) < (records[$1].uniqueID, $1) }
        let endsSessions = range.contains { records[$0].statusType.endsSessions }
        // Looked up with the last rows, unless more happens to sessions after those.
        var kept: [MeteredSession]?
        // One statement must not hold a key twice: later packets of the same session go into the next round.
        while !waiting.isEmpty {
            var round: [Int] = []
            var later: [Int] = []
            for place in waiting {
                if let last = round.last, records[last].uniqueID == records[place].uniqueID {
                    later.append(place)
                } else {
                    round.append(place)
                }
            }
            var statements = AccountingSQL.statements(for: records, at: round, connection.dialect)
            let last = later.isEmpty && !endsSessions ? statements.popLast() : nil
            var written = 0
            for (statement, places) in statements {
                written += try connection.executeRows(statement, columns: AccountingSQL.columns(records, at: places))
            }
            if let (statement, places) = last {
                let columns = AccountingSQL.columns(records, at: places)
                let (rows, found) = try ledger.write(statement, columns: columns, thenKept: changed.sorted())
                written += rows
                kept = found
            }
            if written < round.count {
                try startAgain(round.map { records[$0] }, over: connection)
                kept = nil
            }
            waiting = later
        }
        // Last, as they end the sessions of this batch too.
        for position in range where records[position].statusType.endsSessions {
            let record = records[position]
            // Times are seconds: what began in the same one, but came later, belongs to the NAS's new life.
            let newer = records[position..<range.upperBound].filter { $0.statusType == .start && $0.eventEpoch == record.eventEpoch }.map(
                \.uniqueID)
            changed.formUnion(try ledger.closing(nasAddress: record.nasIPAddress, epoch: record.eventEpoch))
            try connection.execute(
                AccountingSQL.closeAll,
                [
                    .text(record.nasIPAddress), .integer(record.eventEpoch), .text(record.terminateCause ?? "NAS-Reboot"), .texts(newer),
                ])
        }
        try TunnelEventStore(connection).write(records, range)
        if let kept { return try ledger.count(kept) }
        return try ledger.count(ledger.kept(changed.sorted()))
    }

    /// Handles the Starts that the upsert left out because an ended session holds their id: that one is set aside under an id of its own.
    /// Whatever else was left out is a late packet of a session set aside before.
    private static func startAgain(_ records: [AccountingRecord], over connection: any DatabaseConnection) throws(DatabaseError) {
        for record in records where record.statusType == .start {
            let aside = Hexadecimal.encode(MD5.hash(Array("\(record.uniqueID)/\(record.eventEpoch)".utf8)).bytes)
            let moved = try connection.execute(
                AccountingSQL.setAside, [.text(record.uniqueID), .text(aside), .integer(record.eventEpoch)])
            if moved > 0 { try connection.executeRows(AccountingSQL.upsert, columns: AccountingSQL.columns([record], at: [0])) }
        }
    }

    private func publish(_ records: [AccountingRecord], _ results: [AccountingResult]) {
        let wantsStarts = events.hasSubscribers(for: SessionStarted.self)
        let wantsEnds = events.hasSubscribers(for: SessionEnded.self)
        guard wantsStarts || wantsEnds else { return }
        for place in records.indices where results[place] == .stored {
            switch records[place].statusType {
            case .start where wantsStarts:
                let (id, user, station) = records[place].names
                events.publish(SessionStarted(uniqueID: id, userName: user, callingStationID: station))
            case .stop where wantsEnds:
                let (id, user, station) = records[place].names
                events.publish(SessionEnded(uniqueID: id, userName: user, callingStationID: station))
            default: break
            }
        }
    }
}

extension AcctStatusType {
    /// Whether a record tells of one session, rather than of a NAS or a tunnel.
    fileprivate var isOfSession: Bool {
        switch self {
        case .start, .stop, .interimUpdate: true
        case .accountingOn, .accountingOff, .tunnel, .other: false
        }
    }

    /// Whether it ends all sessions of its NAS.
    fileprivate var endsSessions: Bool {
        switch self {
        case .accountingOn, .accountingOff: true
        case .start, .stop, .interimUpdate, .tunnel, .other: false
        }
    }
}

extension AccountingRecord {
    /// Whose session it tells of, as events say it.
    fileprivate var names: (uniqueID: String, userName: String, callingStationID: String) {
        (uniqueID, userName ?? "", callingStationID ?? "")
    }
}
