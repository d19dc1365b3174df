public import Database
import Digests

/// SQL about the passwords of accounts: the rows of `radcheck` that hold one for all organizations, which RADIUS verifies against, too.
public struct PasswordStore {
    /// A row of `radcheck`.
    struct Row {
        var id: Int64
        var username: String
        var credential: PolicyCredential
        var stored: StoredPassword?
    }

    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let isPassword = "(lower(attribute) LIKE '%-password' OR lower(attribute) = 'password-with-header')"
    private static let select = Statement(
        """
        SELECT id, username, attribute, value FROM radcheck
        WHERE username {{any $1 text}} AND organization_id IS NULL AND \(isPassword) ORDER BY id
        """)
    private static let remove = Statement(
        "DELETE FROM radcheck WHERE username = $1 AND organization_id IS NULL AND \(isPassword)")
    private static let insert = Statement("INSERT INTO radcheck (username, attribute, op, value) VALUES ($1, $2, ':=', $3)")
    private static let replace = Statement("UPDATE radcheck SET attribute = $3, value = $4 WHERE id = $1 AND value = $2")
    private static let rename = Statement(
        "UPDATE radcheck SET username = $2 WHERE username = $1 AND organization_id IS NULL AND \(isPassword)")
    private static let setDay = Statement("UPDATE radian_user SET password_updated = $2 WHERE username = $1")

    /// Puts a credential in the place of every password that the account has, and remembers the day.
    /// - Parameter time: microseconds since 1970 UTC.
    public func set(username: String, credential: PolicyCredential, at time: Int64) throws(DatabaseError) {
        try remove(username: username)
        try connection.execute(Self.insert, [.text(username), .text(credential.attribute), .text(credential.value)])
        try connection.execute(Self.setDay, [.text(username), .integer(time / 86_400_000_000)])
    }

    /// Leaves an account without a password.
    public func remove(username: String) throws(DatabaseError) {
        try connection.execute(Self.remove, [.text(username)])
    }

    /// Whether the account has a password.
    public func isUsable(username: String) throws(DatabaseError) -> Bool {
        try rows([username]).contains { $0.stored != nil }
    }

    /// Lets passwords follow an account to its new name.
    public func rename(_ old: String, to new: String) throws(DatabaseError) {
        try connection.execute(Self.rename, [.text(old), .text(new)])
    }

    /// The password rows of several users, those whose value cannot be understood included.
    func rows(_ usernames: [String]) throws(DatabaseError) -> [Row] {
        try connection.rows(Self.select, [.texts(usernames)]) { row throws(DatabaseError) in
            let credential = PolicyCredential(attribute: row.text(2), value: row.text(3))
            return Row(
                id: row.integer(0), username: row.text(1), credential: credential,
                stored: StoredPassword(attribute: credential.attribute, value: credential.value))
        }
    }

    /// Keeps a verified password in another form, unless it was changed meanwhile.
    func upgrade(_ row: Row, to credential: PolicyCredential) throws(DatabaseError) {
        try connection.execute(
            Self.replace, [.integer(row.id), .text(row.credential.value), .text(credential.attribute), .text(credential.value)])
    }
}
