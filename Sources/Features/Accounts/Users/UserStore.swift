public import Database
public import Localization

/// SQL about users and their memberships, over one connection. Callers open the transaction where several calls belong together.
public struct UserStore {
    let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    static let columns =
        """
        u.id, u.username, u.email, u.first_name, u.last_name, u.is_active, u.expires_at, u.phone_number, u.language, u.is_staff, \
        u.is_superuser, u.birth_date, u.location, u.bio, u.url, u.company, u.notes, u.password_updated, u.password_based_token, \
        u.last_login, u.created
        """
    private static let insert = Statement(
        """
        INSERT INTO radian_user (id, username, email, first_name, last_name, is_active, expires_at, phone_number, language, is_staff,
            is_superuser, birth_date, location, bio, url, company, notes, password_updated, password_based_token, last_login, created,
            modified)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
        """)
    private static let update = Statement(
        """
        UPDATE radian_user SET username = $2, email = $3, first_name = $4, last_name = $5, is_active = $6, expires_at = $7,
            phone_number = $8, language = $9, is_staff = $10, is_superuser = $11, birth_date = $12, location = $13, bio = $14, url = $15,
            company = $16, notes = $17, password_updated = $18, password_based_token = $19, last_login = $20, created = $21, modified = $22
        WHERE id = $1
        """)
    private static let byID = Statement("SELECT \(columns) FROM radian_user u WHERE u.id = $1")
    private static let byIDs = Statement("SELECT \(columns) FROM radian_user u WHERE u.id {{any $1 text}}")
    private static let byName = Statement("SELECT \(columns) FROM radian_user u WHERE u.username = $1")
    private static let byEmail = Statement("SELECT \(columns) FROM radian_user u WHERE lower(u.email) = lower($1)")
    private static let byPhone = Statement("SELECT \(columns) FROM radian_user u WHERE u.phone_number = $1")
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
    private static let remove = Statement("DELETE FROM radian_user WHERE username = $1")
    private static let setActive = Statement("UPDATE radian_user SET is_active = $2, modified = $3 WHERE username = $1")
    private static let touch = Statement(
        """
        UPDATE radian_user SET last_login = $2, language = COALESCE($3, language), password_based_token = COALESCE($4, password_based_token)
        WHERE id = $1
        """)
    private static let touchMany = Statement(
        """
        UPDATE radian_user SET last_login = r.time, language = COALESCE(r.language, radian_user.language),
            password_based_token = COALESCE(r.password_based, radian_user.password_based_token)
        FROM {{rows id text, time bigint, language text, password_based bigint}} WHERE radian_user.id = r.id
        """)
    private static let setPasswordDay = Statement("UPDATE radian_user SET password_updated = $2, modified = $3 WHERE id = $1")
    private static let nameTaken = Statement(
        "SELECT 1 FROM radian_user WHERE id <> $1 AND (lower(email) = lower($2) OR phone_number = $2) LIMIT 1")
    private static let isName = Statement("SELECT 1 FROM radian_user WHERE id <> $1 AND username = $2 LIMIT 1")

    /// Whether `text` can be a user name.
    public static func isValidUsername(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count), text.first?.isWhitespace == false, text.last?.isWhitespace == false else { return false }
        return text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }

    /// Whether the API takes `text` as a user name: 1…150 letters, digits and `@.+-_`.
    public static func isValidAPIUsername(_ text: String) -> Bool {
        (1...150).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "@.+-_".unicodeScalars.contains(scalar)
            } && isValidUsername(text)
    }

    /// Whether `text` looks like an e-mail address: one `@` with something on both sides, a dot-free blank-free local part rule left to the mail server.
    public static func isValidEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") && !parts[1].hasPrefix(".") && !parts[1].hasSuffix(".")
            && text.utf8.count <= 254 && !text.contains { $0.isWhitespace || $0 == "," || $0 == ";" }
    }

    /// Adds a user; memberships are separate (``MembershipStore``).
    /// - Throws: ``AccountsError`` for an invalid or taken name, address or number, or the database's error.
    public func add(_ user: User) throws {
        try check(user)
        try write(Self.insert, user)
    }

    /// Writes a user's present values. A new name is the account's only: rows of other tables under the old one follow by the caller.
    /// - Throws: as ``add(_:)``, and ``AccountsError/userUnknown(username:)``.
    public func update(_ user: User) throws {
        try check(user)
        guard try write(Self.update, user) > 0 else { throw AccountsError.userUnknown(username: user.username) }
    }

    /// Three ways lead to an account, so that no name of one may be an address or number of another.
    private func check(_ user: User) throws {
        guard Self.isValidUsername(user.username) else { throw AccountsError.invalidUsername(user.username) }
        if let email = user.email, !Self.isValidEmail(email) { throw AccountsError.invalidEmail(email) }
        if let phone = user.phoneNumber, !PhoneNumber.isValid(phone) { throw AccountsError.invalidPhoneNumber(phone) }
        if try exists(Self.nameTaken, user.id, user.username) { throw AccountsError.userExists(username: user.username) }
        if let email = user.email, try exists(Self.isName, user.id, email) { throw AccountsError.emailTaken(email) }
        if let phone = user.phoneNumber, try exists(Self.isName, user.id, phone) { throw AccountsError.phoneNumberTaken(phone) }
    }

    private func exists(_ statement: Statement, _ id: String, _ text: String) throws(DatabaseError) -> Bool {
        try connection.first(statement, [.text(id), .text(text)]) { _ in true } ?? false
    }

    @discardableResult
    private func write(_ statement: Statement, _ user: User) throws -> Int {
        do {
            return try connection.execute(
                statement,
                [
                    .text(user.id), .text(user.username), .optional(user.email), .text(user.firstName), .text(user.lastName),
                    .integer(user.isActive ? 1 : 0), .optional(user.expiresAt), .optional(user.phoneNumber),
                    .optional(user.language?.rawValue), .integer(user.isStaff ? 1 : 0), .integer(user.isSuperuser ? 1 : 0),
                    .optional(user.birthDate), .text(user.location), .text(user.bio), .text(user.url), .text(user.company),
                    .text(user.notes), .optional(user.passwordUpdated), .optional(user.passwordBasedToken.map { $0 ? 1 : 0 }),
                    .optional(user.lastLogin), .integer(user.created), .integer(currentMicroseconds()),
                ])
        } catch {
            guard case .unique(let constraint) = error.kind else { throw error }
            if constraint.contains("email") { throw AccountsError.emailTaken(user.email ?? "") }
            if constraint.contains("phone") { throw AccountsError.phoneNumberTaken(user.phoneNumber ?? "") }
            throw AccountsError.userExists(username: user.username)
        }
    }

    /// Makes the user a member; nothing happens when he is one.
    public func join(_ user: User, organization: Organization) throws(DatabaseError) {
        try MembershipStore(connection).join(user.id, organization.id)
    }

    /// The user with this id, without memberships; nil when there is none.
    public func user(id: String) throws(DatabaseError) -> User? { try one(Self.byID, id) }

    /// The users with these ids by id, without memberships.
    public func users(ids: [String]) throws(DatabaseError) -> [String: User] {
        var users: [String: User] = [:]
        try connection.query(Self.byIDs, [.texts(ids)]) { row in users[row.text(0)] = Self.decode(row) }
        return users
    }

    /// The user with this name, without memberships; nil when there is none.
    public func user(named username: String) throws(DatabaseError) -> User? { try one(Self.byName, username) }

    /// The user with this e-mail address in any case, without memberships; nil when there is none.
    public func user(email: String) throws(DatabaseError) -> User? { try one(Self.byEmail, email) }

    /// The user with this number in E.164, without memberships; nil when there is none.
    public func user(phone: String) throws(DatabaseError) -> User? { try one(Self.byPhone, phone) }

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

    /// Deletes the account with its memberships, addresses and tokens.
    /// - Returns: whether there was one.
    public func remove(username: String) throws(DatabaseError) -> Bool {
        try connection.execute(Self.remove, [.text(username)]) > 0
    }

    /// Lets an account in, or refuses it.
    /// - Returns: whether there was one.
    public func setActive(_ isActive: Bool, username: String) throws(DatabaseError) -> Bool {
        try connection.execute(Self.setActive, [.text(username), .integer(isActive ? 1 : 0), .integer(currentMicroseconds())]) > 0
    }

    /// Remembers a login.
    /// - Parameters:
    ///   - language: what the client asked for; nil keeps the user's.
    ///   - passwordBased: whether the local password was used; nil keeps what is known.
    ///   - time: microseconds since 1970 UTC.
    public func touchLogin(_ userID: String, language: Language?, passwordBased: Bool?, at time: Int64) throws(DatabaseError) {
        try connection.execute(
            Self.touch, [.text(userID), .integer(time), .optional(language?.rawValue), .optional(passwordBased.map { $0 ? 1 : 0 })])
    }

    /// Remembers logins of different users; see ``touchLogin(_:language:passwordBased:at:)``.
    public func touchLogins(
        _ logins: [(userID: String, language: Language?, passwordBased: Bool?)], at time: Int64
    ) throws(DatabaseError) {
        // In the order of their keys, as other nodes write them.
        let logins = logins.sorted { $0.userID < $1.userID }
        try connection.executeRows(
            Self.touchMany,
            columns: [
                .text(logins.map(\.userID)), .integer(logins.map { _ in time }), .text(logins.map { $0.language?.rawValue }),
                .integer(logins.map { $0.passwordBased.map { $0 ? 1 : 0 } }),
            ])
    }

    /// Remembers the day on which the password was set.
    /// - Parameter time: microseconds since 1970 UTC.
    func setPasswordDay(_ userID: String, at time: Int64) throws(DatabaseError) {
        try connection.execute(Self.setPasswordDay, [.text(userID), .integer(time / 86_400_000_000), .integer(time)])
    }

    private func one(_ statement: Statement, _ key: String) throws(DatabaseError) -> User? {
        // PostgreSQL refuses U+0000, and nobody's name has it.
        if key.utf8.contains(0) { return nil }
        return try connection.first(statement, [.text(key)]) { Self.decode($0) }
    }

    static func decode(_ row: any DatabaseRow) -> User {
        User(
            id: row.text(0), username: row.text(1), email: row.textOrNil(2), firstName: row.text(3), lastName: row.text(4),
            isActive: row.integer(5) != 0, expiresAt: row.integerOrNil(6), phoneNumber: row.textOrNil(7),
            language: row.textOrNil(8).flatMap { Language(rawValue: $0) }, isStaff: row.integer(9) != 0, isSuperuser: row.integer(10) != 0,
            birthDate: row.textOrNil(11), location: row.text(12), bio: row.text(13), url: row.text(14), company: row.text(15),
            notes: row.text(16), passwordUpdated: row.integerOrNil(17), passwordBasedToken: row.integerOrNil(18).map { $0 != 0 },
            lastLogin: row.integerOrNil(19), created: row.integer(20))
    }
}
