public import Database

/// That somebody is logged in: a browser's session or a JSON Web Token.
public struct Login: Sendable, Equatable {
    /// The raw values are stored.
    public enum Kind: String, Sendable {
        case session, jwt
    }

    /// 32 hexadecimal digits; a JSON Web Token's `jti`.
    public var id: String
    public var kind: Kind
    public var userID: String
    /// Where the login came from.
    public var clientAddress: String
    public var userAgent: String
    /// Whether the local password was used, so that its age counts.
    public var isPasswordBased: Bool
    /// Microseconds since 1970 UTC.
    public var created: Int64
    public var expires: Int64
    /// When a newer token took its place; microseconds since 1970 UTC.
    public var replacedAt: Int64?
}

/// SQL about logins (`radian_login`), over one connection. The table has the SHA-256 of a token, never its text; a login that is ended has
/// no row.
public struct LoginStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns =
        "id, kind, user_id, client_address, user_agent, password_based, created, expires, replaced_at"
    private static let insert = Statement(
        """
        INSERT INTO radian_login (id, kind, token_sha256, user_id, key_id, client_address, user_agent, password_based, created, expires)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """)
    private static let byToken = Statement("SELECT \(columns) FROM radian_login WHERE token_sha256 = $1 AND kind = $2 AND expires > $3")
    private static let ofUser = Statement(
        "SELECT \(columns) FROM radian_login WHERE user_id = $1 AND expires > $2 ORDER BY created DESC, id")
    private static let replace = Statement("UPDATE radian_login SET replaced_at = $2 WHERE id = $1 AND replaced_at IS NULL")
    private static let end = Statement("DELETE FROM radian_login WHERE id = $1 AND user_id = $2")
    private static let endAll = Statement("DELETE FROM radian_login WHERE user_id = $1 AND id <> $2")
    private static let endOfKeys = Statement("DELETE FROM radian_login WHERE kind = 'jwt' AND key_id <> $1")
    private static let oldest = Statement(
        """
        DELETE FROM radian_login WHERE user_id = $1 AND id NOT IN (
            SELECT id FROM radian_login WHERE user_id = $1 ORDER BY created DESC, id LIMIT $2)
        """)
    private static let purge = Statement("DELETE FROM radian_login WHERE expires < $1")

    /// Logins that a user may have at once; the oldest end.
    static let limit = 50

    /// Remembers a login.
    /// - Parameter keyID: the key that signed a JSON Web Token.
    func add(_ login: Login, token: String, keyID: Int64?) throws(DatabaseError) {
        try connection.execute(
            Self.insert,
            [
                .text(login.id), .text(login.kind.rawValue), .text(RandomText.digest(token)), .text(login.userID), .optional(keyID),
                .text(String(login.clientAddress.prefix(45))), .text(String(login.userAgent.unicodeScalars.prefix(255))),
                .integer(login.isPasswordBased ? 1 : 0), .integer(login.created), .integer(login.expires),
            ])
        try connection.execute(Self.oldest, [.text(login.userID), .integer(Int64(Self.limit))])
    }

    /// The login that a token stands for; nil when it ended.
    func login(token: String, kind: Login.Kind) throws(DatabaseError) -> Login? {
        try connection.first(Self.byToken, [.text(RandomText.digest(token)), .text(kind.rawValue), .integer(currentMicroseconds())]) {
            Self.decode($0)
        }
    }

    /// A user's logins, the newest first.
    public func logins(of userID: String) throws(DatabaseError) -> [Login] {
        try connection.rows(Self.ofUser, [.text(userID), .integer(currentMicroseconds())]) { Self.decode($0) }
    }

    /// Marks a login as replaced by a newer one.
    /// - Returns: false when it was before.
    func replace(_ id: String, at time: Int64) throws(DatabaseError) -> Bool {
        try connection.execute(Self.replace, [.text(id), .integer(time)]) > 0
    }

    /// Ends one of a user's logins, at once and everywhere.
    /// - Returns: whether there was one.
    @discardableResult
    public func end(_ id: String, of userID: String) throws(DatabaseError) -> Bool {
        try connection.execute(Self.end, [.text(id), .text(userID)]) > 0
    }

    /// Ends a user's logins.
    /// - Parameter kept: the id of one that stays.
    /// - Returns: how many ended.
    @discardableResult
    public func endAll(of userID: String, except kept: String? = nil) throws(DatabaseError) -> Int {
        try connection.execute(Self.endAll, [.text(userID), .text(kept ?? "")])
    }

    /// Ends all JSON Web Tokens that other keys signed.
    /// - Returns: how many ended.
    @discardableResult
    public func endAll(exceptSignedBy key: SigningKey) throws(DatabaseError) -> Int {
        try connection.execute(Self.endOfKeys, [.integer(key.id)])
    }

    /// Removes what is too old.
    func purge() throws(DatabaseError) {
        try connection.execute(Self.purge, [.integer(currentMicroseconds())])
    }

    private static func decode(_ row: any DatabaseRow) -> Login {
        Login(
            id: row.text(0), kind: Login.Kind(rawValue: row.text(1)) ?? .session, userID: row.text(2), clientAddress: row.text(3),
            userAgent: row.text(4), isPasswordBased: row.integer(5) != 0, created: row.integer(6), expires: row.integer(7),
            replacedAt: row.integerOrNil(8))
    }
}
