public import Database

/// SQL about codes sent to telephones (`radian_phone_token`), over one connection. Tokens are kept: they are the history of numbers.
public struct PhoneTokenStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns =
        "id, user_id, organization_id, number, code_hash, valid_until, attempts, is_verified, address, created"
    private static let lock = Statement("SELECT id FROM radian_user WHERE id = $1 {{postgres: FOR UPDATE}}")
    private static let insert = Statement(
        "INSERT INTO radian_phone_token (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
    private static let update = Statement("UPDATE radian_phone_token SET attempts = $2, is_verified = $3 WHERE id = $1")
    private static let newest = Statement(
        """
        SELECT \(columns) FROM radian_phone_token
        WHERE user_id = $1 AND organization_id = $2 AND ($3 = '' OR number = $3) ORDER BY created DESC, id DESC LIMIT 1
        """)
    private static let newestNumbers = Statement(
        """
        SELECT t.user_id, t.organization_id, t.number FROM radian_phone_token t WHERE t.user_id {{any $1 text}} AND NOT EXISTS (
            SELECT 1 FROM radian_phone_token n
            WHERE n.user_id = t.user_id AND n.organization_id = t.organization_id AND (n.created, n.id) > (t.created, t.id))
        """)
    private static let active = Statement(
        """
        SELECT 1 FROM radian_phone_token
        WHERE user_id = $1 AND organization_id = $2 AND number = $3 AND valid_until > $4 AND is_verified = 0 LIMIT 1
        """)
    private static let ofUser = Statement("SELECT count(*) FROM radian_phone_token WHERE user_id = $1 AND created >= $2")
    private static let fromAddress = Statement("SELECT count(*) FROM radian_phone_token WHERE address = $1 AND created >= $2")

    /// Lets one transaction after the other work on a user's codes, so that two requests at once are no way around limits.
    func lock(_ userID: String) throws(DatabaseError) {
        try connection.query(Self.lock, [.text(userID)]) { _ in }
    }

    /// Keeps a new token.
    public func add(_ token: PhoneToken) throws(DatabaseError) {
        try connection.execute(
            Self.insert,
            [
                .text(token.id), .text(token.userID), .text(token.organizationID), .text(token.number), .text(token.codeHash),
                .integer(token.validUntil), .integer(Int64(token.attempts)), .integer(token.isVerified ? 1 : 0), .text(token.address),
                .integer(token.created),
            ])
    }

    /// Keeps what a check changed.
    func update(_ token: PhoneToken) throws(DatabaseError) {
        try connection.execute(
            Self.update, [.text(token.id), .integer(Int64(token.attempts)), .integer(token.isVerified ? 1 : 0)])
    }

    /// The newest token of a user in an organization.
    /// - Parameter number: only tokens for this number; nil for any.
    public func newest(of userID: String, in organizationID: String, number: String? = nil) throws(DatabaseError) -> PhoneToken? {
        try connection.first(Self.newest, [.text(userID), .text(organizationID), .text(number ?? "")]) { (row) throws(DatabaseError) in
            PhoneToken(
                id: row.text(0), userID: row.text(1), organizationID: row.text(2), number: row.text(3), codeHash: row.text(4),
                validUntil: row.integer(5), attempts: Int(row.integer(6)), isVerified: row.integer(7) != 0, address: row.text(8),
                created: row.integer(9))
        }
    }

    /// The numbers of the newest tokens of some users, by user and organization.
    func newestNumbers(of userIDs: [String]) throws(DatabaseError) -> [String: [(organizationID: String, number: String)]] {
        var numbers: [String: [(organizationID: String, number: String)]] = [:]
        try connection.query(Self.newestNumbers, [.texts(userIDs)]) { row in
            numbers[row.text(0), default: []].append((row.text(1), row.text(2)))
        }
        return numbers
    }

    /// Whether a code for a number waits to be typed.
    func isActive(_ number: String, of userID: String, in organizationID: String, at time: Int64) throws(DatabaseError) -> Bool {
        let arguments: [DatabaseValue] = [.text(userID), .text(organizationID), .text(number), .integer(time)]
        return try connection.first(Self.active, arguments) { (_) throws(DatabaseError) in true } ?? false
    }

    /// How many codes a user asked for since then.
    func count(of userID: String, since time: Int64) throws(DatabaseError) -> Int64 {
        try connection.first(Self.ofUser, [.text(userID), .integer(time)]) { (row) throws(DatabaseError) in row.integer(0) } ?? 0
    }

    /// How many codes were asked for from an address since then.
    func count(from address: String, since time: Int64) throws(DatabaseError) -> Int64 {
        try connection.first(Self.fromAddress, [.text(address), .integer(time)]) { (row) throws(DatabaseError) in row.integer(0) } ?? 0
    }
}
