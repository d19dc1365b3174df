public import Database

/// What the tables tell about one user's logins and sessions since a moment.
public struct UserStatistics: Sendable, Equatable, Codable {
    /// Logins with one result.
    public struct Logins: Sendable, Equatable, Codable {
        /// `Access-Accept` or `Access-Reject`.
        public var reply: String
        /// Why it was refused, such as `password.mismatch`; empty for an accept.
        public var reason: String
        public var count: Int
    }

    /// The most frequent first.
    public var logins: [Logins]
    public var sessions: Int
    public var openSessions: Int
    public var sessionTimeSeconds: Int64
    /// From the user.
    public var inputOctets: Int64
    /// To the user.
    public var outputOctets: Int64
}

extension SessionStore {
    private static let logins = Statement(
        """
        SELECT reply, COALESCE(reason, ''), count(*) FROM radpostauth
        WHERE username = $1 AND authdate >= {{postgres: to_timestamp($2)}}{{sqlite: strftime('%Y-%m-%d %H:%M:%f', $2, 'unixepoch')}}
        GROUP BY reply, COALESCE(reason, '') ORDER BY 3 DESC, 1, 2
        """)
    private static let totals = Statement(
        """
        SELECT count(*), COALESCE(sum(CASE WHEN acctstoptime IS NULL THEN 1 ELSE 0 END), 0), COALESCE(sum(acctsessiontime), 0),
            COALESCE(sum(acctinputoctets), 0), COALESCE(sum(acctoutputoctets), 0)
        FROM radacct WHERE username = $1 AND acctstarttime >= {{timestamp $2}}
        """)

    /// What a user did since a moment.
    /// - Parameter epoch: seconds since 1970 UTC; a session counts where it began.
    public func statistics(of userName: String, since epoch: Int64) throws(DatabaseError) -> UserStatistics {
        let arguments: [DatabaseValue] = [.text(userName), .integer(epoch)]
        var statistics = UserStatistics(
            logins: [], sessions: 0, openSessions: 0, sessionTimeSeconds: 0, inputOctets: 0, outputOctets: 0)
        statistics.logins = try connection.rows(Self.logins, arguments) { row throws(DatabaseError) in
            UserStatistics.Logins(reply: row.text(0), reason: row.text(1), count: Int(row.integer(2)))
        }
        try connection.query(Self.totals, arguments) { row in
            statistics.sessions = Int(row.integer(0))
            statistics.openSessions = Int(row.integer(1))
            statistics.sessionTimeSeconds = row.integer(2)
            statistics.inputOctets = row.integer(3)
            statistics.outputOctets = row.integer(4)
        }
        return statistics
    }
}
