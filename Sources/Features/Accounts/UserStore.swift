public import Database

/// SQL about users and their memberships, over one connection. Callers open the transaction where several calls belong together.
public struct UserStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns = "u.id, u.username, u.email, u.first_name, u.last_name, u.is_active, u.expires_at"
    private static let insert = Statement(
        """
        INSERT INTO radian_user (id, username, email, first_name, last_name, is_active, expires_at, created, modified)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        """)
    private static let byName = Statement("SELECT \(columns) FROM radian_user u WHERE u.username = $1")
    private static let byEmail = Statement("SELECT \(columns) FROM radian_user u WHERE lower(u.email) = lower($1)")
    private static let everyone = Statement("SELECT \(columns) FROM radian_user u ORDER BY u.username")
    private static let ofOrganization = Statement(
        """
        SELECT \(columns) FROM radian_user u
        JOIN radian_organization_user m ON m.user_id = u.id JOIN radian_organization o ON o.id = m.organization_id
        WHERE o.slug = $1 ORDER BY u.username
        """)
    private static let memberships = Statement(
        """
        SELECT m.user_id, o.slug FROM radian_organization_user m JOIN radian_organization o ON o.id = m.organization_id ORDER BY o.slug
        """)
    private static let join = Statement(
        """
        INSERT INTO radian_organization_user (organization_id, user_id, created) VALUES ($1, $2, $3)
        ON CONFLICT (organization_id, user_id) DO NOTHING
        """)
    private static let remove = Statement("DELETE FROM radian_user WHERE username = $1")
    private static let setActive = Statement("UPDATE radian_user SET is_active = $2, modified = $3 WHERE username = $1")

    /// Whether `text` can be a user name.
    public static func isValidUsername(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count), text.first?.isWhitespace == false, text.last?.isWhitespace == false else { return false }
        return text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }

    /// Whether `text` looks like an e-mail address: one `@` with something on both sides, a dot-free blank-free local part rule left to the mail server.
    public static func isValidEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") && !parts[1].hasPrefix(".") && !parts[1].hasSuffix(".")
            && text.utf8.count <= 254 && !text.contains { $0.isWhitespace || $0 == "," || $0 == ";" }
    }

    /// Adds a user; memberships are separate (``join(_:organization:)``).
    /// - Throws: ``AccountsError`` for an invalid or taken name or address, or the database's error.
    public func add(_ user: User) throws {
        guard Self.isValidUsername(user.username) else { throw AccountsError.invalidUsername(user.username) }
        if let email = user.email, !Self.isValidEmail(email) { throw AccountsError.invalidEmail(email) }
        do {
            _ = try connection.execute(
                Self.insert,
                [
                    .text(user.id), .text(user.username), user.email.map { .text($0) } ?? .null, .text(user.firstName),
                    .text(user.lastName),
                    .integer(user.isActive ? 1 : 0), user.expiresAt.map { .integer($0) } ?? .null, .integer(currentMicroseconds()),
                ])
        } catch {
            guard case .unique(let constraint) = error.kind else { throw error }
            if constraint.contains("email") { throw AccountsError.emailTaken(user.email ?? "") }
            throw AccountsError.userExists(username: user.username)
        }
    }

    /// Makes the user a member; nothing happens when he is one.
    public func join(_ user: User, organization: Organization) throws(DatabaseError) {
        _ = try connection.execute(Self.join, [.text(organization.id), .text(user.id), .integer(currentMicroseconds())])
    }

    /// The user with this name, without memberships; nil when there is none.
    public func user(named username: String) throws(DatabaseError) -> User? {
        try one(Self.byName, username)
    }

    /// The user with this e-mail address in any case, without memberships; nil when there is none.
    public func user(email: String) throws(DatabaseError) -> User? {
        try one(Self.byEmail, email)
    }

    /// Users by name, with their memberships.
    /// - Parameter organizationSlug: only this organization's members; nil for all users.
    public func all(organizationSlug: String? = nil) throws(DatabaseError) -> [User] {
        var users: [User] = []
        if let organizationSlug {
            try connection.query(Self.ofOrganization, [.text(organizationSlug)]) { row in users.append(Self.decode(row)) }
        } else {
            try connection.query(Self.everyone, []) { row in users.append(Self.decode(row)) }
        }
        var slugs: [String: [String]] = [:]
        try connection.query(Self.memberships, []) { row in slugs[row.text(0), default: []].append(row.text(1)) }
        for index in users.indices { users[index].organizations = slugs[users[index].id] ?? [] }
        return users
    }

    /// Deletes the account and its memberships.
    /// - Returns: whether there was one.
    public func remove(username: String) throws(DatabaseError) -> Bool {
        try connection.execute(Self.remove, [.text(username)]) > 0
    }

    /// Lets an account in, or refuses it.
    /// - Returns: whether there was one.
    public func setActive(_ isActive: Bool, username: String) throws(DatabaseError) -> Bool {
        try connection.execute(Self.setActive, [.text(username), .integer(isActive ? 1 : 0), .integer(currentMicroseconds())]) > 0
    }

    private func one(_ statement: Statement, _ key: String) throws(DatabaseError) -> User? {
        var found: User?
        try connection.query(statement, [.text(key)]) { row in found = Self.decode(row) }
        return found
    }

    private static func decode(_ row: any DatabaseRow) -> User {
        User(
            id: row.text(0), username: row.text(1), email: row.textOrNil(2), firstName: row.text(3), lastName: row.text(4),
            isActive: row.integer(5) != 0, expiresAt: row.integerOrNil(6))
    }
}
