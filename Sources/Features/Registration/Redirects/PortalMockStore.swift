import Database

/// SQL of the demonstration's captive portal, over one connection.
struct PortalMockStore {
    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let owner = Statement(
        """
        SELECT u.username, t.organization_id FROM radian_radius_token t JOIN radian_user u ON u.id = t.user_id
        WHERE t.key = $1 AND t.can_auth = 1 AND u.is_active = 1
        """)
    private static let open = Statement(
        """
        SELECT acctuniqueid, username, organization_id FROM radacct
        WHERE acctsessionid = $1 AND calledstationid = $2 AND acctstoptime IS NULL LIMIT 1
        """)

    /// Whose RADIUS user token it is, and of which organization; nil for nobody's.
    func owner(ofToken key: String) throws(DatabaseError) -> (username: String, organizationID: String)? {
        try connection.first(Self.owner, [.text(key)]) { (row) throws(DatabaseError) in (row.text(0), row.text(1)) }
    }

    /// An open session of the demonstration; nil for none.
    func session(id: String, calledStationID: String) throws(DatabaseError) -> (uniqueID: String, username: String, organizationID: String)?
    {
        try connection.first(Self.open, [.text(id), .text(calledStationID)]) { (row) throws(DatabaseError) in
            (row.text(0), row.text(1), row.text(2))
        }
    }
}
