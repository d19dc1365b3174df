public import Database

/// Questions about `radacct`, over one connection.
public struct SessionStore {
    let connection: any DatabaseConnection

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

    private static let online = Statement(
        """
        SELECT username, callingstationid, {{host framedipaddress}}, {{host framedipv6address}}, {{host nasipaddress}}, nasportid,
            calledstationid, acctsessionid, {{epoch acctstarttime}}, {{epoch acctupdatetime}}, acctinterval, acctinputoctets, acctoutputoctets
        FROM radacct WHERE acctstoptime IS NULL AND ($1 = '' OR username = $1) AND ($2 = '' OR {{host nasipaddress}} = $2)
        ORDER BY acctstarttime, radacctid LIMIT $3
        """)

    /// Open sessions, oldest first.
    /// - Parameters:
    ///   - userName: only this user's; nil for everyone's.
    ///   - nasAddress: only those of this NAS-IP-Address; nil for all.
    ///   - limit: at most so many.
    public func online(userName: String? = nil, nasAddress: String? = nil, limit: Int = 100_000) throws(DatabaseError) -> [OnlineSession] {
        try connection.rows(
            Self.online, [.text(userName ?? ""), .text(nasAddress ?? ""), .integer(Int64(limit))]
        ) { row throws(DatabaseError) in
            OnlineSession(
                userName: row.text(0), callingStationID: row.text(1), address: row.text(2).isEmpty ? row.text(3) : row.text(2),
                nasAddress: row.text(4), port: row.text(5), ssid: OnlineSession.ssid(of: row.text(6)), sessionID: row.text(7),
                startedAt: row.integerOrNil(8), updatedAt: row.integerOrNil(9), intervalSeconds: row.integer(10),
                inputOctets: row.integer(11), outputOctets: row.integer(12))
        }
    }

    private static let renameGroup = Statement("UPDATE radacct SET groupname = $2 WHERE groupname = $1")

    /// Writes a group's new name into the sessions that it was given to.
    public func renameGroup(_ name: String, to newName: String) throws(DatabaseError) {
        try connection.execute(Self.renameGroup, [.text(name), .text(newName)])
    }

    private static let countOpen = Statement("SELECT count(*) FROM radacct WHERE acctstoptime IS NULL")

    /// How many sessions are open.
    public func openCount() throws(DatabaseError) -> Int {
        try connection.first(Self.countOpen) { row throws(DatabaseError) in Int(row.integer(0)) } ?? 0
    }

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
