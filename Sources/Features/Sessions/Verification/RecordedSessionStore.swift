public import Database

/// Reads what became of many sessions, and whether the sums kept of their users' usage agree with them.
public struct RecordedSessionStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let byPrefix = Statement(
        """
        SELECT acctsessionid, COALESCE(username, ''), {{epoch acctstarttime}}, {{epoch acctstoptime}}, COALESCE(acctsessiontime, 0),
            COALESCE(acctinputoctets, 0), COALESCE(acctoutputoctets, 0), COALESCE(acctterminatecause, ''),
            CASE WHEN connectinfo_start IS NULL THEN 0 ELSE 1 END, CASE WHEN given_up_at IS NULL THEN 0 ELSE 1 END
        FROM radacct WHERE substr(acctsessionid, 1, $2) {{any $1 text}}
        """)
    private static let keptNames = Statement("SELECT DISTINCT username FROM radian_usage_user")

    /// Reads the whole table, however long it takes, and hands over each row of the sessions whose Acct-Session-Ids begin with one of
    /// `prefixes`.
    /// - Parameter length: of each prefix.
    public func sessions(
        prefixes: [String], length: Int, _ body: (_ sessionID: String, _ session: RecordedSession) -> Void
    ) throws(DatabaseError) {
        try connection.limitStatements(false)
        defer { try? connection.limitStatements(true) }
        try connection.query(Self.byPrefix, [.texts(prefixes), .integer(Int64(length))]) { row in
            body(
                row.text(0),
                RecordedSession(
                    userName: row.text(1), startedAt: row.integerOrNil(2), stoppedAt: row.integerOrNil(3), seconds: row.integer(4),
                    inputOctets: row.integer(5), outputOctets: row.integer(6), terminateCause: row.text(7), hasStart: row.integer(8) == 1,
                    isGivenUp: row.integer(9) == 1))
        }
    }

    /// Compares the kept sums of users with the sums of their sessions.
    /// - Parameter names: those whose usage is not kept are left out.
    /// - Returns: how many were compared, and the names of those that differ.
    public func usage(of names: Set<String>) throws(DatabaseError) -> (compared: Int, differing: [String]) {
        let kept = try connection.rows(Self.keptNames) { (row) throws(DatabaseError) in row.text(0) }.filter { names.contains($0) }
        var differing: [String] = []
        for name in kept.sorted() where try UsageLedger.differs(name, over: connection) { differing.append(name) }
        return (kept.count, differing)
    }
}
