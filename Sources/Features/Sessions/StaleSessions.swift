import Database

/// When a session that nobody hears of counts as over.
public struct StaleSessionLimits: Sendable, Hashable {
    /// How many intervals between packets may be missed.
    public var missedIntervals: Int
    /// Never sooner than after so many seconds.
    public var minimumSeconds: Int
    /// Interval of sessions whose own is not known yet, seconds.
    public var expectedInterval: Int
    /// For sessions that never sent an Interim-Update, as some NASes send none; seconds.
    public var silentSeconds: Int

    public init(missedIntervals: Int = 3, minimumSeconds: Int = 600, expectedInterval: Int = 600, silentSeconds: Int = 86_400) {
        self.missedIntervals = missedIntervals
        self.minimumSeconds = minimumSeconds
        self.expectedInterval = expectedInterval
        self.silentSeconds = silentSeconds
    }
}

/// Ends sessions whose NAS fell silent, at the moment of their last packet and with the cause Lost-Carrier. What they used stays.
///
/// A packet that comes later all the same opens the session again, or tells when it really ended.
struct StaleSessions {
    private static let last = "COALESCE(a.acctupdatetime, a.acctstarttime)"
    private static let id = "{{postgres: a.radacctid}}{{sqlite: a.rowid}}"
    static let giveUp = Statement(
        """
        UPDATE radacct SET acctstoptime = COALESCE(acctupdatetime, acctstarttime), acctterminatecause = 'Lost-Carrier', given_up_at = $1
            WHERE {{postgres: radacctid}}{{sqlite: rowid}} IN (SELECT \(id) FROM radacct a WHERE a.acctstoptime IS NULL
                AND {{epoch \(last)}} + {{greatest}}(CAST($2 AS bigint), CASE WHEN a.acctupdatetime > a.acctstarttime
                    THEN CAST($3 AS bigint) * COALESCE(NULLIF(a.acctinterval, 0), CAST($4 AS bigint)) ELSE CAST($5 AS bigint) END)
                    < CAST($1 AS bigint)
                LIMIT $6 {{postgres: FOR UPDATE SKIP LOCKED}})
            RETURNING acctuniqueid, username, COALESCE(callingstationid, '')
        """.replacing("\\\(id)", with: id).replacing("\\\(last)", with: last))

    /// Ends at most so many stale sessions.
    /// - Parameter now: seconds since 1970 UTC.
    /// - Returns: those that ended.
    static func giveUp(_ limits: StaleSessionLimits, limit: Int, over connection: any DatabaseConnection, at now: Int64)
        throws(DatabaseError) -> [SessionEnded]
    {
        try connection.rows(
            giveUp,
            [
                .integer(now), .integer(Int64(limits.minimumSeconds)), .integer(Int64(limits.missedIntervals)),
                .integer(Int64(limits.expectedInterval)), .integer(Int64(limits.silentSeconds)), .integer(Int64(limit)),
            ]
        ) { (row) throws(DatabaseError) in
            SessionEnded(uniqueID: row.text(0), userName: row.text(1), callingStationID: row.text(2))
        }
    }
}
