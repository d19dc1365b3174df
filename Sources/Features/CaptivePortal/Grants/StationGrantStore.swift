import Database

/// Who a device belongs to that logged in on a page, for a NAS that asks RADIUS about the device's address alone.
struct StationGrant: Sendable, Equatable {
    var username: String
    /// The RADIUS user token of the login.
    var token: String
    var organizationID: String
    /// Acct-Unique-Session-Id of the user's open session on the device; nil for none.
    var openSession: String?
}

/// SQL about `radian_station_grant`, over one connection. Stations are written with hyphens, in upper case; times are microseconds since
/// 1970 UTC.
struct StationGrantStore {
    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    /// How long the NAS may take to ask after the login.
    static let lifetime: Int64 = 300 * 1_000_000
    /// Sessions last no longer than this without another login.
    private static let longestSession: Int64 = 30 * 86_400 * 1_000_000

    private static let upsert = Statement(
        """
        INSERT INTO radian_station_grant (station, organization_id, username, token, created) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (station, organization_id) DO UPDATE SET username = excluded.username, token = excluded.token,
            created = excluded.created
        """)
    private static let removal = Statement("DELETE FROM radian_station_grant WHERE station = $1 AND organization_id = $2")
    private static let newest = Statement(
        """
        SELECT g.username, g.token, g.organization_id, g.created,
            (SELECT a.acctuniqueid FROM radacct a WHERE a.username = g.username AND a.organization_id = g.organization_id
                AND a.acctstoptime IS NULL AND a.callingstationid {{any $3 text}} ORDER BY a.acctstarttime DESC LIMIT 1)
        FROM radian_station_grant g WHERE g.station = $1 AND ($2 = '' OR g.organization_id = $2) ORDER BY g.created DESC LIMIT 1
        """)
    private static let pruning = Statement("DELETE FROM radian_station_grant WHERE created < $1")

    /// Lets a device in as a user, in the place of what was there.
    func add(_ grant: StationGrant, to station: String, at now: Int64) throws(DatabaseError) {
        try connection.execute(
            Self.upsert, [.text(station), .text(grant.organizationID), .text(grant.username), .text(grant.token), .integer(now)])
    }

    func remove(_ station: String, in organizationID: String) throws(DatabaseError) {
        try connection.execute(Self.removal, [.text(station), .text(organizationID)])
    }

    /// The grant of a device that counts now: the user has a session on it, or logged in a moment ago.
    /// - Parameters:
    ///   - spellings: the device's address as accounting may have it.
    ///   - organizationID: the only one that counts; nil for any.
    func grant(_ station: String, spellings: [String], organizationID: String?, at now: Int64) throws(DatabaseError) -> StationGrant? {
        let found = try connection.first(Self.newest, [.text(station), .text(organizationID ?? ""), .texts(spellings)]) {
            row throws(DatabaseError) in
            (
                grant: StationGrant(
                    username: row.text(0), token: row.text(1), organizationID: row.text(2), openSession: row.textOrNil(4)),
                created: row.integer(3)
            )
        }
        guard let found, found.grant.openSession != nil || now - found.created <= Self.lifetime else { return nil }
        return found.grant
    }

    /// Forgets what no session can rest on any more.
    func prune(at now: Int64) throws(DatabaseError) {
        try connection.execute(Self.pruning, [.integer(now - Self.longestSession)])
    }
}
