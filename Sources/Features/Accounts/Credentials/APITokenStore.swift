public import Database
import Digests

/// The opaque bearer tokens of the users API: 40 hexadecimal digits, one for each user, the same at each login until it is replaced.
///
/// A token is the HMAC-SHA256 of user and generation under a key of the server, cut to 160 bits: it can be told again, although the table
/// `radian_api_token` has its SHA-256 only. Tokens that another system made are kept as they are.
public struct APITokenStore {
    private let connection: any DatabaseConnection
    private let key: [UInt8]

    /// - Parameter key: of ``ServerKeys/apiToken(over:)``.
    public init(_ connection: any DatabaseConnection, key: [UInt8]) {
        self.connection = connection
        self.key = key
    }

    private static let select = Statement("SELECT generation, value FROM radian_api_token WHERE user_id = $1")
    private static let ofUsers = Statement("SELECT user_id, generation, value FROM radian_api_token WHERE user_id {{any $1 text}}")
    private static let insert = Statement(
        """
        INSERT INTO radian_api_token (user_id, token_sha256, generation, value, created) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (user_id) DO NOTHING
        """)
    private static let update = Statement(
        """
        INSERT INTO radian_api_token (user_id, token_sha256, generation, value, created) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (user_id) DO UPDATE SET token_sha256 = excluded.token_sha256, generation = excluded.generation, value = excluded.value,
            created = excluded.created
        """)
    private static let bySHA256 = Statement("SELECT user_id FROM radian_api_token WHERE token_sha256 = $1")
    private static let bySHA256s = Statement("SELECT token_sha256, user_id FROM radian_api_token WHERE token_sha256 {{any $1 text}}")
    private static let remove = Statement("DELETE FROM radian_api_token WHERE user_id = $1")

    /// The user's token; made when there is none.
    public func token(userID: String) throws(DatabaseError) -> String {
        if let token = try existing(userID) { return token }
        // Never a generation of a token that was removed.
        let generation = currentMicroseconds()
        try write(Self.insert, userID, derived(userID, generation), generation, value: nil)
        // Another request may have been first.
        return try existing(userID) ?? derived(userID, generation)
    }

    /// The users' tokens by user id; made where there are none.
    public func tokens(userIDs: [String]) throws(DatabaseError) -> [String: String] {
        var tokens: [String: String] = [:]
        try connection.query(Self.ofUsers, [.texts(userIDs)]) { row in
            tokens[row.text(0)] = row.textOrNil(2) ?? derived(row.text(0), row.integer(1))
        }
        for userID in userIDs where tokens[userID] == nil { tokens[userID] = try token(userID: userID) }
        return tokens
    }

    /// A new token in the place of the user's old one, which is worth nothing from now on.
    public func replace(userID: String) throws(DatabaseError) -> String {
        let previous = try connection.first(Self.select, [.text(userID)]) { $0.integer(0) } ?? 0
        let generation = max(previous + 1, currentMicroseconds())
        try write(Self.update, userID, derived(userID, generation), generation, value: nil)
        return derived(userID, generation)
    }

    /// Keeps a token that another system made.
    /// - Parameter token: 40 lower-case hexadecimal digits.
    public func adopt(_ token: String, userID: String) throws(DatabaseError) {
        try write(Self.update, userID, token, currentMicroseconds(), value: token)
    }

    /// Leaves the user without a token; the next login makes a new one.
    public func remove(userID: String) throws(DatabaseError) {
        try connection.execute(Self.remove, [.text(userID)])
    }

    /// Whose token it is; nil for nobody's.
    public func userID(token: String) throws(DatabaseError) -> String? {
        guard Self.hasTokenForm(token) else { return nil }
        return try connection.first(Self.bySHA256, [.text(RandomText.digest(token))]) { $0.text(0) }
    }

    /// Whose tokens they are, by token; those of nobody are left out.
    public func userIDs(tokens: [String]) throws(DatabaseError) -> [String: String] {
        let digests = Dictionary(
            tokens.filter(Self.hasTokenForm).map { (RandomText.digest($0), $0) }, uniquingKeysWith: { first, _ in first })
        var found: [String: String] = [:]
        try connection.query(Self.bySHA256s, [.texts(Array(digests.keys))]) { row in
            if let token = digests[row.text(0)] { found[token] = row.text(1) }
        }
        return found
    }

    /// Whether a text is 40 lower-case hexadecimal digits.
    public static func hasTokenForm(_ text: String) -> Bool {
        text.utf8.count == 40
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    private func existing(_ userID: String) throws(DatabaseError) -> String? {
        let row = try connection.first(Self.select, [.text(userID)]) { (generation: $0.integer(0), value: $0.textOrNil(1)) }
        return row.map { $0.value ?? derived(userID, $0.generation) }
    }

    private func derived(_ userID: String, _ generation: Int64) -> String {
        Hexadecimal.encode(HMACSHA256(key: key).authenticate(Array("\(userID) \(generation)".utf8)).prefix(20))
    }

    private func write(_ statement: Statement, _ userID: String, _ token: String, _ generation: Int64, value: String?) throws(DatabaseError)
    {
        try connection.execute(
            statement,
            [.text(userID), .text(RandomText.digest(token)), .integer(generation), .optional(value), .integer(currentMicroseconds())])
    }
}
