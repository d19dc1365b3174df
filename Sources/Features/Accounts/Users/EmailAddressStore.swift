public import Database
public import WebRouting

/// SQL about e-mail addresses (`radian_email_address`), over one connection. Callers open the transaction where several calls belong
/// together.
///
/// `radian_user.email` follows the primary address.
public struct EmailAddressStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns = "id, user_id, email, is_verified, is_primary"
    private static let insert = Statement(
        """
        INSERT INTO radian_email_address (user_id, email, is_verified, is_primary, created) VALUES ($1, $2, $3, $4, $5) RETURNING \(columns)
        """)
    private static let own = Statement("SELECT \(columns) FROM radian_email_address WHERE user_id = $1 AND lower(email) = lower($2)")
    private static let byID = Statement("SELECT \(columns) FROM radian_email_address WHERE user_id = $1 AND id = $2")
    private static let ofUser = Statement("SELECT \(columns) FROM radian_email_address WHERE user_id = $1 ORDER BY id")
    private static let primary = Statement("SELECT \(columns) FROM radian_email_address WHERE user_id = $1 AND is_primary = 1")
    private static let foreign = Statement(
        """
        SELECT 1 FROM radian_email_address WHERE user_id <> $1 AND lower(email) = lower($2) AND is_verified = 1
        UNION ALL SELECT 1 FROM radian_user WHERE id <> $1 AND (lower(email) = lower($2) OR username = $2) LIMIT 1
        """)
    private static let notPrimary = Statement("UPDATE radian_email_address SET is_primary = 0 WHERE user_id = $1 AND is_primary = 1")
    private static let makePrimary = Statement("UPDATE radian_email_address SET is_primary = 1 WHERE id = $1")
    private static let verify = Statement("UPDATE radian_email_address SET is_verified = 1 WHERE id = $1")
    private static let setEmail = Statement("UPDATE radian_email_address SET email = $2, is_verified = 0 WHERE id = $1")
    private static let follow = Statement("UPDATE radian_user SET email = $2 WHERE id = $1")
    private static let remove = Statement("DELETE FROM radian_email_address WHERE id = $1")
    private static let page = Statement(
        "SELECT \(columns) FROM radian_email_address WHERE user_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3")
    private static let count = Statement("SELECT count(*) FROM radian_email_address WHERE user_id = $1")

    /// Adds an address, or changes what is known about one that the user has already.
    /// - Parameter isPrimary: true makes it the primary one, which the account's address follows.
    /// - Throws: ``AccountsError/invalidEmail(_:)``, ``AccountsError/emailTaken(_:)`` or the database's error.
    @discardableResult
    public func add(_ userID: String, _ email: String, isVerified: Bool, isPrimary: Bool) throws -> EmailAddress {
        guard UserStore.isValidEmail(email) else { throw AccountsError.invalidEmail(email) }
        if try isForeign(email, userID: userID) { throw AccountsError.emailTaken(email) }
        do {
            var address: EmailAddress
            if let known = try self.address(email, of: userID) {
                address = known
            } else {
                let made = try connection.first(
                    Self.insert, [.text(userID), .text(email), .integer(0), .integer(0), .integer(currentMicroseconds())]
                ) { Self.decode($0) }
                guard let made else { throw DatabaseError(.other, "no row was returned") }
                address = made
            }
            if isVerified, !address.isVerified {
                try connection.execute(Self.verify, [.integer(address.id)])
                address.isVerified = true
            }
            if isPrimary, !address.isPrimary { address = try makePrimary(address) }
            return address
        } catch let error as DatabaseError {
            guard case .unique = error.kind else { throw error }
            throw AccountsError.emailTaken(email)
        }
    }

    /// Whether another user has the address, or its text for a name.
    public func isForeign(_ email: String, userID: String) throws(DatabaseError) -> Bool {
        try connection.first(Self.foreign, [.text(userID), .text(email)]) { _ in true } ?? false
    }

    /// Makes an address the primary one; the account's address follows.
    @discardableResult
    public func makePrimary(_ address: EmailAddress) throws(DatabaseError) -> EmailAddress {
        try connection.execute(Self.notPrimary, [.text(address.userID)])
        try connection.execute(Self.makePrimary, [.integer(address.id)])
        try connection.execute(Self.follow, [.text(address.userID), .text(address.email)])
        var address = address
        address.isPrimary = true
        return address
    }

    /// Takes an address for proved. It becomes the primary one where the user has none that is proved.
    /// - Throws: ``AccountsError/emailTaken(_:)`` when another user proved it meanwhile, or the database's error.
    @discardableResult
    public func confirm(_ userID: String, _ email: String) throws -> EmailAddress {
        try add(userID, email, isVerified: true, isPrimary: try primary(userID)?.isVerified != true)
    }

    /// A user's primary address; nil when there is none.
    public func primary(_ userID: String) throws(DatabaseError) -> EmailAddress? {
        try connection.first(Self.primary, [.text(userID)]) { Self.decode($0) }
    }

    /// A user's address by its text in any case; nil when the user does not have it.
    public func address(_ email: String, of userID: String) throws(DatabaseError) -> EmailAddress? {
        try connection.first(Self.own, [.text(userID), .text(email)]) { Self.decode($0) }
    }

    /// A user's address by its number; nil when the user does not have it.
    public func address(id: Int64, of userID: String) throws(DatabaseError) -> EmailAddress? {
        try connection.first(Self.byID, [.text(userID), .integer(id)]) { Self.decode($0) }
    }

    /// A user's addresses in the order in which they came.
    public func addresses(of userID: String) throws(DatabaseError) -> [EmailAddress] {
        try connection.rows(Self.ofUser, [.text(userID)]) { Self.decode($0) }
    }

    /// One page of a user's addresses, the newest first, and how many there are in all.
    public func page(_ page: Page, of userID: String) throws(DatabaseError) -> (addresses: [EmailAddress], total: Int) {
        (
            try connection.rows(Self.page, [.text(userID), .integer(Int64(page.size)), .integer(page.offset)]) { Self.decode($0) },
            Int(try connection.first(Self.count, [.text(userID)]) { $0.integer(0) } ?? 0)
        )
    }

    /// Changes the text of an address, which is not proved any more then.
    func setEmail(_ email: String, of address: EmailAddress) throws(DatabaseError) {
        try connection.execute(Self.setEmail, [.integer(address.id), .text(email)])
        if address.isPrimary { try connection.execute(Self.follow, [.text(address.userID), .text(email)]) }
    }

    /// Removes an address; the account has none any more where it was the primary one.
    public func remove(_ address: EmailAddress) throws(DatabaseError) {
        try connection.execute(Self.remove, [.integer(address.id)])
        if address.isPrimary { try connection.execute(Self.follow, [.text(address.userID), .null]) }
    }

    private static func decode(_ row: any DatabaseRow) -> EmailAddress {
        EmailAddress(
            id: row.integer(0), userID: row.text(1), email: row.text(2), isVerified: row.integer(3) != 0, isPrimary: row.integer(4) != 0)
    }
}
