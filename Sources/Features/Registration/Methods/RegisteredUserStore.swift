public import Database

/// SQL about registrations (`radian_registered_user`, a table that RADIUS reads, too), over one connection.
public struct RegisteredUserStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns = "user_id, organization_id, method, is_verified, modified"
    private static let one = Statement("SELECT \(columns) FROM radian_registered_user WHERE user_id = $1 AND organization_id = $2")
    private static let ofUsers = Statement("SELECT \(columns) FROM radian_registered_user WHERE user_id {{any $1 text}}")
    private static let insert = Statement(
        """
        INSERT INTO radian_registered_user (\(columns)) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id, organization_id) DO NOTHING
        """)
    private static let upsert = Statement(
        """
        INSERT INTO radian_registered_user (\(columns)) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (user_id, organization_id) DO UPDATE
            SET method = excluded.method, is_verified = excluded.is_verified, modified = excluded.modified
        """)
    private static let unverify = Statement(
        """
        UPDATE radian_registered_user SET is_verified = 0, modified = $3
        WHERE user_id = $1 AND organization_id = $2 AND is_verified = 1
        """)
    private static let unverifyOthers = Statement(
        """
        UPDATE radian_registered_user SET is_verified = 0, modified = $4
        WHERE user_id = $1 AND organization_id <> $2 AND method = $3 AND is_verified = 1
        """)

    /// The registration of a user in an organization; nil for none.
    public func registration(of userID: String, in organizationID: String) throws(DatabaseError) -> RegisteredUser? {
        try connection.first(Self.one, [.text(userID), .text(organizationID)]) { (row) throws(DatabaseError) in Self.decode(row) }
    }

    /// The registrations of some users in all organizations, by user id.
    func registrations(of userIDs: [String]) throws(DatabaseError) -> [String: [RegisteredUser]] {
        var found: [String: [RegisteredUser]] = [:]
        try connection.query(Self.ofUsers, [.texts(userIDs)]) { row in found[row.text(0), default: []].append(Self.decode(row)) }
        return found
    }

    private static func decode(_ row: any DatabaseRow) -> RegisteredUser {
        RegisteredUser(
            userID: row.text(0), organizationID: row.text(1), method: row.text(2), isVerified: row.integer(3) != 0,
            modified: row.integer(4))
    }

    /// Adds a registration; one that is there stays as it is.
    public func add(_ registration: RegisteredUser) throws(DatabaseError) {
        try connection.execute(Self.insert, Self.values(registration))
    }

    /// Adds a registration, or puts it in the place of the one that is there.
    public func set(_ registration: RegisteredUser) throws(DatabaseError) {
        try connection.execute(Self.upsert, Self.values(registration))
    }

    /// Takes back a verification.
    /// - Parameter time: microseconds since 1970 UTC.
    public func unverify(_ userID: String, in organizationID: String, at time: Int64) throws(DatabaseError) {
        try connection.execute(Self.unverify, [.text(userID), .text(organizationID), .integer(time)])
    }

    /// Takes back a user's verifications by one method in all other organizations.
    func unverify(_ userID: String, method: String, exceptIn organizationID: String, at time: Int64) throws(DatabaseError) {
        try connection.execute(Self.unverifyOthers, [.text(userID), .text(organizationID), .text(method), .integer(time)])
    }

    private static func values(_ registration: RegisteredUser) -> [DatabaseValue] {
        [
            .text(registration.userID), .text(registration.organizationID), .text(registration.method),
            .integer(registration.isVerified ? 1 : 0), .integer(registration.modified),
        ]
    }
}
