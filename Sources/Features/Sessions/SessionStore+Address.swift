public import Database

extension SessionStore {
    private static let columns = """
        acctuniqueid, acctsessionid, username, {{host nasipaddress}}, callingstationid, {{host framedipaddress}}, {{epoch acctstarttime}},
            acctsessiontime, acctinputoctets, acctoutputoctets
        """
    private static let ofAddress = Statement(
        """
        SELECT \(columns) FROM radacct WHERE acctstoptime IS NULL AND framedipaddress = {{inet $1}} AND organization_id = $2
        UNION ALL
        SELECT \(columns) FROM radacct WHERE acctstoptime IS NULL AND framedipv6address = {{inet $1}} AND organization_id = $2
        LIMIT 2
        """)

    /// The open session of a device's address in an organization; nil for none, and where several sites use the address at once.
    /// - Parameter address: IPv4 or IPv6, as `inet_ntop` writes it.
    public func openSession(address: String, organizationID: String) throws(DatabaseError) -> Session? {
        let found = try connection.rows(Self.ofAddress, [.text(address), .text(organizationID)]) { row throws(DatabaseError) in
            Session(
                uniqueID: row.text(0), sessionID: row.text(1), userName: row.text(2), nasAddress: row.text(3),
                callingStationID: row.text(4),
                framedIPAddress: row.text(5), startedAt: row.integerOrNil(6), stoppedAt: nil, sessionTimeSeconds: row.integer(7),
                inputOctets: row.integer(8), outputOctets: row.integer(9), terminateCause: "")
        }
        return found.count == 1 ? found[0] : nil
    }
}
