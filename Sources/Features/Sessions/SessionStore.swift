public import Database

/// Questions about `radacct`, over one connection.
public struct SessionStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let list = Statement(
        """
        SELECT acctuniqueid, acctsessionid, username, {{host nasipaddress}}, callingstationid, {{host framedipaddress}},
            {{epoch acctstarttime}}, {{epoch acctstoptime}}, acctsessiontime, acctinputoctets, acctoutputoctets, acctterminatecause
        FROM radacct
        WHERE ($1 = 0 OR acctstoptime IS NULL) AND ($2 = '' OR username = $2)
        ORDER BY acctstarttime DESC, radacctid DESC LIMIT $3
        """)

    /// Sessions, newest first.
    /// - Parameters:
    ///   - openOnly: only those without a stop time.
    ///   - userName: only this user's; nil for everyone's.
    ///   - limit: at most so many.
    public func sessions(openOnly: Bool, userName: String?, limit: Int) throws(DatabaseError) -> [Session] {
        try connection.rows(
            Self.list, [.integer(openOnly ? 1 : 0), .text(userName ?? ""), .integer(Int64(limit))]
        ) { row throws(DatabaseError) in
            Session(
                uniqueID: row.text(0), sessionID: row.text(1), userName: row.text(2), nasAddress: row.text(3),
                callingStationID: row.text(4),
                framedIPAddress: row.text(5), startedAt: row.integerOrNil(6), stoppedAt: row.integerOrNil(7),
                sessionTimeSeconds: row.integer(8), inputOctets: row.integer(9), outputOctets: row.integer(10), terminateCause: row.text(11)
            )
        }
    }
}
