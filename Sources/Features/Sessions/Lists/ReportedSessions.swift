public import Database
public import RADIUSPipeline
public import ServerKernel

/// Accounting that comes by the REST API, beyond what ``SessionRecorder`` does for packets: whose session it is, whether it is new, and what
/// it ends. Runs inside the caller's transaction.
public struct ReportedSessions {
    private let connection: any DatabaseConnection
    private let calendar: LocalCalendar

    public init(_ connection: any DatabaseConnection, calendar: LocalCalendar) {
        self.connection = connection
        self.calendar = calendar
    }

    /// What became of a record.
    public struct Outcome: Sendable {
        public enum Result: Sendable, Equatable {
            case created
            case updated
            /// The session belongs to another organization by now.
            case ignored
        }

        public let result: Result
        /// Users whose kept usage changed.
        let counted: Set<StoredName>
    }

    /// Tells of a record once its transaction is durable.
    public static func announce(_ outcome: Outcome, of record: AccountingRecord, on events: EventBus) {
        guard outcome.result != .ignored else { return }
        let (id, user, station) = (record.uniqueID, record.userName ?? "", record.callingStationID ?? "")
        switch record.statusType {
        case .start: events.publish(SessionStarted(uniqueID: id, userName: user, callingStationID: station))
        case .stop: events.publish(SessionEnded(uniqueID: id, userName: user, callingStationID: station))
        default: break
        }
        if !outcome.counted.isEmpty { events.publish(UsageCounted(userNames: outcome.counted)) }
    }

    private static let known = Statement(
        "SELECT organization_id, CASE WHEN acctstoptime IS NULL THEN 0 ELSE 1 END FROM radacct WHERE acctuniqueid = $1")
    private static let reopen = Statement(
        "UPDATE radacct SET acctstoptime = NULL, acctterminatecause = '' WHERE acctuniqueid = $1")
    private static let setGroup = Statement("UPDATE radacct SET groupname = $2 WHERE acctuniqueid = $1")
    private static let closeOlder = Statement(
        """
        UPDATE radacct SET acctstoptime = COALESCE(acctupdatetime, {{timestamp $4}}), acctterminatecause = 'Session-Timeout'
            WHERE username = $1 AND callingstationid = $2 AND acctuniqueid <> $3 AND acctstoptime IS NULL
        """)
    private static let closeAccessPoint = Statement(
        """
        UPDATE radacct SET acctstoptime = {{timestamp $3}}, acctupdatetime = {{timestamp $3}}, acctterminatecause = 'NAS-Reboot'
            WHERE (calledstationid = $1 OR reportedstationid = $1) AND acctstoptime IS NULL AND ($2 = '' OR organization_id = $2)
        """)

    /// Writes a record of a session.
    /// - Parameters:
    ///   - groupName: of the user in the organization, for a session that is new; nil for none.
    ///   - epoch: now, seconds since 1970 UTC.
    public func write(_ record: AccountingRecord, groupName: () throws(DatabaseError) -> String?, at epoch: Int64) throws(DatabaseError)
        -> Outcome
    {
        let before = try connection.first(Self.known, [.text(record.uniqueID)]) { row throws(DatabaseError) in
            (organizationID: row.textOrNil(0), isStopped: row.integer(1) != 0)
        }
        if let before, let owner = before.organizationID, owner != record.organizationID { return Outcome(result: .ignored, counted: []) }
        if let before, before.isStopped, record.statusType == .interimUpdate {
            try connection.execute(Self.reopen, [.text(record.uniqueID)])
        }
        let counted = try SessionRecorder.write([record], over: connection, calendar: calendar)
        guard before == nil else { return Outcome(result: .updated, counted: counted) }
        if let group = try groupName() { try connection.execute(Self.setGroup, [.text(record.uniqueID), .text(group)]) }
        if record.calledStationID != nil, let user = record.userName, let station = record.callingStationID {
            try connection.execute(
                Self.closeOlder, [.text(user), .text(station), .text(record.uniqueID), .integer(epoch)])
        }
        return Outcome(result: .created, counted: counted)
    }

    /// Ends the open sessions of an access point that was switched on or off.
    /// - Parameter organizationID: nil where the caller did not say whose it is.
    public func restart(calledStationID: String, organizationID: String?, at epoch: Int64) throws(DatabaseError) {
        try connection.execute(
            Self.closeAccessPoint, [.text(calledStationID), .text(organizationID ?? ""), .integer(epoch)])
    }
}
