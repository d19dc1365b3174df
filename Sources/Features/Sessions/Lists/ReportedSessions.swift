public import Database
public import RADIUSPipeline
public import ServerKernel

/// Accounting that comes by the REST API, beyond what ``SessionRecorder`` does for packets: whose sessions they are, which are new, and what
/// they end. Runs inside the caller's transaction.
public struct ReportedSessions {
    private let connection: any DatabaseConnection
    private let calendar: LocalCalendar

    public init(_ connection: any DatabaseConnection, calendar: LocalCalendar) {
        self.connection = connection
        self.calendar = calendar
    }

    /// What became of a record.
    public enum Result: Sendable, Equatable {
        case created
        case updated
        /// The session belongs to another organization by now.
        case ignored
    }

    /// What became of some records, in their order.
    public struct Outcome: Sendable {
        public let results: [Result]
        /// Users whose kept usage changed.
        let counted: Set<StoredName>
    }

    /// Tells of records once their transaction is durable.
    public static func announce(_ outcome: Outcome, of records: [AccountingRecord], on events: EventBus) {
        for (record, result) in zip(records, outcome.results) where result != .ignored {
            let (id, user, station) = (record.uniqueID, record.userName ?? "", record.callingStationID ?? "")
            switch record.statusType {
            case .start: events.publish(SessionStarted(uniqueID: id, userName: user, callingStationID: station))
            case .stop: events.publish(SessionEnded(uniqueID: id, userName: user, callingStationID: station))
            default: break
            }
        }
        if !outcome.counted.isEmpty { events.publish(UsageCounted(userNames: outcome.counted)) }
    }

    static let known = Statement(
        """
        SELECT acctuniqueid, organization_id, CASE WHEN acctstoptime IS NULL THEN 0 ELSE 1 END
            FROM radacct WHERE acctuniqueid {{any $1 text}}
        """)
    static let reopen = Statement(
        "UPDATE radacct SET acctstoptime = NULL, acctterminatecause = '' WHERE acctuniqueid {{any $1 text}}")
    static let setGroups = Statement(
        """
        UPDATE radacct SET groupname = r.groupname FROM {{rows uniqueid text, groupname text}} WHERE radacct.acctuniqueid = r.uniqueid
        """)
    static let closeOlder = Statement(
        """
        UPDATE radacct SET acctstoptime = COALESCE(acctupdatetime, {{timestamp r.ended}}), acctterminatecause = 'Session-Timeout'
            FROM {{rows username text, station text, uniqueid text, ended bigint}}
            WHERE radacct.username = r.username AND radacct.callingstationid = r.station AND radacct.acctuniqueid <> r.uniqueid
                AND radacct.acctstoptime IS NULL
        """)
    private static let closeAccessPoint = Statement(
        """
        UPDATE radacct SET acctstoptime = {{timestamp $3}}, acctupdatetime = {{timestamp $3}}, acctterminatecause = 'NAS-Reboot'
            WHERE (calledstationid = $1 OR reportedstationid = $1) AND acctstoptime IS NULL AND ($2 = '' OR organization_id = $2)
        """)

    /// What ties records together: those with a key in common have to be written one after the other.
    public enum Key: Hashable, Sendable {
        case session(uniqueID: StoredName)
        /// Of a user; a new session on it ends the others.
        case device(user: StoredName, station: StoredName)
    }

    /// The keys of a record.
    public static func keys(of record: AccountingRecord) -> [Key] {
        let session = Key.session(uniqueID: StoredName(record.uniqueID))
        guard let user = record.userName, let station = record.callingStationID else { return [session] }
        return [session, .device(user: StoredName(user), station: StoredName(station))]
    }

    /// Writes records of sessions.
    /// - Parameters:
    ///   - records: no two with a key in common (``keys(of:)``).
    ///   - groupNames: of the users of some records that are new, in their organizations; nil for none.
    ///   - epoch: now, seconds since 1970 UTC.
    public func write(
        _ records: [AccountingRecord], groupNames: ([AccountingRecord]) throws(DatabaseError) -> [String?], at epoch: Int64
    ) throws(DatabaseError) -> Outcome {
        var before: [StoredName: (organizationID: String?, isStopped: Bool)] = [:]
        try connection.query(Self.known, [.texts(records.map(\.uniqueID))]) { row in
            before[StoredName(row.text(0))] = (row.textOrNil(1), row.integer(2) != 0)
        }
        var results: [Result] = []
        var (kept, new, returned): ([AccountingRecord], [AccountingRecord], [String]) = ([], [], [])
        for record in records {
            if let known = before[StoredName(record.uniqueID)] {
                if let owner = known.organizationID, owner != record.organizationID {
                    results.append(.ignored)
                    continue
                }
                if known.isStopped, record.statusType == .interimUpdate { returned.append(record.uniqueID) }
                results.append(.updated)
            } else {
                new.append(record)
                results.append(.created)
            }
            kept.append(record)
        }
        if !returned.isEmpty { try connection.execute(Self.reopen, [.texts(returned.sorted())]) }
        let counted = kept.isEmpty ? [] : try SessionRecorder.write(kept, kept.indices, over: connection, calendar: calendar)
        if !new.isEmpty { try complete(new, groupNames: groupNames(new), at: epoch) }
        return Outcome(results: results, counted: counted)
    }

    /// What follows from new sessions: their groups, and the end of their devices' older ones.
    private func complete(_ new: [AccountingRecord], groupNames: [String?], at epoch: Int64) throws(DatabaseError) {
        let grouped = zip(new, groupNames).compactMap { record, group in group.map { (id: record.uniqueID, group: $0) } }
        if !grouped.isEmpty {
            try connection.executeRows(Self.setGroups, columns: [.text(grouped.map(\.id)), .text(grouped.map(\.group))])
        }
        let devices = new.filter { $0.calledStationID != nil && $0.userName != nil && $0.callingStationID != nil }
        if !devices.isEmpty {
            try connection.executeRows(
                Self.closeOlder,
                columns: [
                    .text(devices.map(\.userName)), .text(devices.map(\.callingStationID)), .text(devices.map(\.uniqueID)),
                    .integer(devices.map { _ in epoch }),
                ])
        }
    }

    /// Ends the open sessions of an access point that was switched on or off.
    /// - Parameter organizationID: nil where the caller did not say whose it is.
    public func restart(calledStationID: String, organizationID: String?, at epoch: Int64) throws(DatabaseError) {
        try connection.execute(
            Self.closeAccessPoint, [.text(calledStationID), .text(organizationID ?? ""), .integer(epoch)])
    }
}
