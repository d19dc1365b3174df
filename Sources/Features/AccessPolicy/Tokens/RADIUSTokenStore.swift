public import Database
import Sessions

/// SQL about RADIUS user tokens, table `radian_radius_token`: one for each user.
public struct RADIUSTokenStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    // User by user: for a list PostgreSQL would scan the table while its plan is from a time when that was nearly empty.
    private static let ofUsers = Statement(
        """
        {{postgres: SELECT t.* FROM unnest($1::text[]) AS n(id) CROSS JOIN LATERAL (
            SELECT key, user_id, organization_id, can_auth, password_based FROM radian_radius_token WHERE user_id = n.id OFFSET 0) AS t}}
        {{sqlite: SELECT key, user_id, organization_id, can_auth, password_based FROM radian_radius_token WHERE user_id {{any $1 text}}}}
        """)
    private static let upsert = Statement(
        """
        INSERT INTO radian_radius_token AS t (user_id, key, organization_id, can_auth, password_based, spent_at, spent_by, created)
            SELECT r.user_id, r.token, r.organization, r.can_auth, r.password_based, NULL, '', r.created
            FROM {{rows user_id text, token text, organization text, can_auth bigint, password_based bigint, created bigint}} WHERE true
            ON CONFLICT (user_id) DO UPDATE SET key = excluded.key, organization_id = excluded.organization_id,
                can_auth = excluded.can_auth, password_based = excluded.password_based, spent_at = NULL, spent_by = '',
                created = excluded.created, earlier_spent_by = '',
                earlier_key = CASE WHEN t.can_auth = 1 AND excluded.can_auth = 1 AND t.organization_id = excluded.organization_id
                    AND t.key <> excluded.key THEN t.key ELSE '' END
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
        UPDATE radian_radius_token SET can_auth = 0, earlier_key = '' WHERE user_id IN (SELECT id FROM radian_user WHERE username {{any $1 text}})
        """)
    private static let remove = Statement("DELETE FROM radian_radius_token WHERE user_id = $1")

    /// The user's token; nil when none was made.
    public func token(userID: String) throws(DatabaseError) -> RADIUSToken? {
        try tokens(userIDs: [userID])[userID]
    }

    private func tokens(userIDs: [String]) throws(DatabaseError) -> [String: RADIUSToken] {
        var tokens: [String: RADIUSToken] = [:]
        try connection.query(Self.ofUsers, [.texts(userIDs)]) { (row) throws(DatabaseError) in
            tokens[row.text(1)] = RADIUSToken(
                key: row.text(0), userID: row.text(1), organizationID: row.text(2), canAuthenticate: row.integer(3) != 0,
                isPasswordBased: row.isNull(4) ? nil : row.integer(4) != 0)
        }
        return tokens
    }

    /// Makes or renews a user's token; see ``renew(_:isDisposable:at:)``.
    public func renew(
        userID: String, organizationID: String, isDisposable: Bool, canAuthenticate: Bool, isPasswordBased: Bool?, at epoch: Int64
    ) throws(DatabaseError) -> RADIUSToken {
        let renewal = RADIUSTokenRenewal(
            userID: userID, organizationID: organizationID, canAuthenticate: canAuthenticate, isPasswordBased: isPasswordBased)
        return try renew([renewal], isDisposable: isDisposable, at: epoch)[0]
    }

    /// Makes or renews tokens of different users; call it in the transaction of their logins.
    ///
    /// A token that was not used yet stays good for ``UserTokens/overlapSeconds``: another device of the user may be on its way with it.
    /// A change of organization ends the user's newest session in the old one, whose later packets are ignored.
    /// - Parameters:
    ///   - isDisposable: a new key each time; otherwise the key stays.
    ///   - epoch: seconds since 1970 UTC.
    /// - Returns: a token for each renewal, in order.
    public func renew(_ renewals: [RADIUSTokenRenewal], isDisposable: Bool, at epoch: Int64) throws(DatabaseError) -> [RADIUSToken] {
        let present = try tokens(userIDs: renewals.map(\.userID))
        var renewed: [RADIUSToken] = []
        for renewal in renewals {
            let before = present[renewal.userID]
            var token = RADIUSToken(
                key: isDisposable ? Self.randomKey() : before?.key ?? Self.randomKey(), userID: renewal.userID,
                organizationID: renewal.organizationID, canAuthenticate: renewal.canAuthenticate,
                isPasswordBased: renewal.isPasswordBased)
            if let before, before.organizationID != renewal.organizationID {
                token.previousOrganizationID = before.organizationID
                token.endedSession = try connection.first(
                    Self.closeNewest, [.text(renewal.userID), .text(before.organizationID), .integer(epoch)]
                ) { (row) throws(DatabaseError) in
                    SessionEnded(uniqueID: row.text(0), userName: row.text(1), callingStationID: row.text(2))
                }
            }
            renewed.append(token)
        }
        // In the order of their keys, as other nodes write them.
        let rows = renewed.sorted { $0.userID < $1.userID }
        try connection.executeRows(
            Self.upsert,
            columns: [
                .text(rows.map(\.userID)), .text(rows.map(\.key)), .text(rows.map(\.organizationID)),
                .integer(rows.map { $0.canAuthenticate ? 1 : 0 }), .integer(rows.map { $0.isPasswordBased.map { $0 ? 1 : 0 } }),
                .integer(rows.map { _ in epoch * 1_000_000 }),
            ])
        return renewed
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
