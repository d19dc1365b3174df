public import Database
import Sessions

/// SQL about RADIUS user tokens, table `radian_radius_token`: one for each user.
public struct RADIUSTokenStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let ofUser = Statement(
        "SELECT key, user_id, organization_id, can_auth, password_based FROM radian_radius_token WHERE user_id = $1")
    private static let upsert = Statement(
        """
        INSERT INTO radian_radius_token (user_id, key, organization_id, can_auth, password_based, spent_at, spent_by, created)
            VALUES ($1, $2, $3, $4, $5, NULL, '', $6)
            ON CONFLICT (user_id) DO UPDATE SET key = excluded.key, organization_id = excluded.organization_id,
                can_auth = excluded.can_auth, password_based = excluded.password_based, spent_at = NULL, spent_by = '',
                created = excluded.created
        """)
    private static let closeNewest = Statement(
        """
        UPDATE radacct SET acctstoptime = {{timestamp $3}}, acctupdatetime = {{timestamp $3}}, acctterminatecause = 'NAS_Request'
            WHERE radacctid = (SELECT a.radacctid FROM radacct a WHERE a.username = (SELECT u.username FROM radian_user u WHERE u.id = $1)
                AND a.organization_id = $2 AND a.acctstoptime IS NULL ORDER BY a.acctstarttime DESC LIMIT 1)
            RETURNING acctuniqueid, COALESCE(username, ''), COALESCE(callingstationid, '')
        """)
    private static let disable = Statement(
        """
        UPDATE radian_radius_token SET can_auth = 0 WHERE user_id IN (SELECT id FROM radian_user WHERE username {{any $1 text}})
        """)
    private static let remove = Statement("DELETE FROM radian_radius_token WHERE user_id = $1")

    /// The user's token; nil when none was made.
    public func token(userID: String) throws(DatabaseError) -> RADIUSToken? {
        try connection.first(Self.ofUser, [.text(userID)]) { (row) throws(DatabaseError) in
            RADIUSToken(
                key: row.text(0), userID: row.text(1), organizationID: row.text(2), canAuthenticate: row.integer(3) != 0,
                isPasswordBased: row.isNull(4) ? nil : row.integer(4) != 0)
        }
    }

    /// Makes or renews a user's token; call it in the transaction of the login.
    ///
    /// A change of organization ends the user's newest session in the old one, whose later packets are ignored.
    /// - Parameters:
    ///   - isDisposable: a new key each time; otherwise the key stays.
    ///   - canAuthenticate: whether RADIUS takes it from now on.
    ///   - isPasswordBased: whether the login was by the local password.
    ///   - epoch: seconds since 1970 UTC.
    public func renew(
        userID: String, organizationID: String, isDisposable: Bool, canAuthenticate: Bool, isPasswordBased: Bool?, at epoch: Int64
    ) throws(DatabaseError) -> RADIUSToken {
        let present = try token(userID: userID)
        let switched = present.flatMap { $0.organizationID == organizationID ? nil : $0.organizationID }
        var ended: SessionEnded?
        if let switched {
            ended = try connection.first(Self.closeNewest, [.text(userID), .text(switched), .integer(epoch)]) {
                (row) throws(DatabaseError) in
                SessionEnded(uniqueID: row.text(0), userName: row.text(1), callingStationID: row.text(2))
            }
        }
        let key = isDisposable ? Self.randomKey() : present?.key ?? Self.randomKey()
        try connection.execute(
            Self.upsert,
            [
                .text(userID), .text(key), .text(organizationID), .integer(canAuthenticate ? 1 : 0),
                isPasswordBased.map { .integer($0 ? 1 : 0) } ?? .null, .integer(epoch * 1_000_000),
            ])
        return RADIUSToken(
            key: key, userID: userID, organizationID: organizationID, canAuthenticate: canAuthenticate, isPasswordBased: isPasswordBased,
            previousOrganizationID: switched, endedSession: ended)
    }

    /// Takes tokens out of use when their users' sessions stop.
    public func disable(usernames: [String]) throws(DatabaseError) {
        try connection.execute(Self.disable, [.texts(usernames)])
    }

    /// Removes a user's token.
    public func remove(userID: String) throws(DatabaseError) {
        try connection.execute(Self.remove, [.text(userID)])
    }

    /// 40 letters and digits, 238 bits.
    private static func randomKey() -> String {
        let characters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        var generator = SystemRandomNumberGenerator()
        return String((0..<40).map { _ in characters[Int.random(in: characters.indices, using: &generator)] })
    }
}
