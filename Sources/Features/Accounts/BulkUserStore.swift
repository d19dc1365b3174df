public import Database

/// SQL about many users at once, over one connection: some hundreds in a call, all or none of them. Callers open the transaction.
public struct BulkUserStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let users = Statement(
        """
        INSERT INTO radian_user (id, username, email, first_name, last_name, is_active, expires_at, password_updated, created, modified)
        SELECT r.id, r.username, r.email, r.first_name, r.last_name, 1, r.expires_at, r.password_updated, r.created, r.created
        FROM {{rows id text, username text, email text, first_name text, last_name text, expires_at bigint, password_updated bigint,
            created bigint}}
        """)
    private static let addresses = Statement(
        """
        INSERT INTO radian_email_address (user_id, email, is_verified, is_primary, created)
        SELECT r.id, r.email, 0, 1, r.created FROM {{rows id text, email text, created bigint}}
        """)
    private static let members = Statement(
        """
        INSERT INTO radian_organization_user (organization_id, user_id, id, is_admin, created, modified)
        SELECT r.organization, r.user_id, r.id, 0, r.created, r.created
        FROM {{rows organization text, user_id text, id text, created bigint}} WHERE true
        ON CONFLICT (organization_id, user_id) DO NOTHING
        """)
    /// By users: an organization may have a hundred thousand, all of which the planner would rather look through.
    private static let membersAmong = Statement(
        "SELECT user_id FROM radian_organization_user WHERE organization_id || '' = $1 AND user_id {{any $2 text}}")
    private static let leave = Statement(
        "DELETE FROM radian_organization_user WHERE organization_id = $1 AND user_id {{any $2 text}}")
    private static let remove = Statement("DELETE FROM radian_user WHERE id {{any $1 text}}")
    private static let expire = Statement("UPDATE radian_user SET expires_at = $2, modified = $3 WHERE id {{any $1 text}}")
    private static let byID = Statement("SELECT id, username, email FROM radian_user WHERE id {{any $1 text}}")
    private static let idsByEmail = Statement(
        "SELECT lower(email), id, username FROM radian_user WHERE lower(email) {{any $1 text}}")

    /// Adds accounts, active, with their address as the unverified primary one; names and addresses were checked by the caller.
    public func add(_ users: [User]) throws(DatabaseError) {
        let now = currentMicroseconds()
        try connection.executeRows(
            Self.users,
            columns: [
                .text(users.map(\.id)), .text(users.map(\.username)), .text(users.map(\.email)), .text(users.map(\.firstName)),
                .text(users.map(\.lastName)), .integer(users.map(\.expiresAt)), .integer(users.map { _ in now / 86_400_000_000 }),
                .integer(users.map { _ in now }),
            ])
        let reachable = users.filter { $0.email != nil }
        try connection.executeRows(
            Self.addresses,
            columns: [.text(reachable.map(\.id)), .text(reachable.map(\.email)), .integer(reachable.map { _ in now })])
    }

    /// Makes users members; those that are stay as they are.
    public func join(_ userIDs: [String], organizationID: String) throws(DatabaseError) {
        let now = currentMicroseconds()
        try connection.executeRows(
            Self.members,
            columns: [
                .text(userIDs.map { _ in organizationID }), .text(userIDs), .text(userIDs.map { _ in RowID.make() }),
                .integer(userIDs.map { _ in now }),
            ])
    }

    /// Those of the users that are members.
    public func members(among userIDs: [String], of organizationID: String) throws(DatabaseError) -> Set<String> {
        Set(try connection.rows(Self.membersAmong, [.text(organizationID), .texts(userIDs)]) { $0.text(0) })
    }

    /// Ends memberships.
    public func leave(_ userIDs: [String], organizationID: String) throws(DatabaseError) {
        try connection.execute(Self.leave, [.text(organizationID), .texts(userIDs)])
    }

    /// Deletes accounts with all that hangs on them.
    public func remove(_ userIDs: [String]) throws(DatabaseError) {
        try connection.execute(Self.remove, [.texts(userIDs)])
    }

    /// Sets when accounts end.
    /// - Parameter time: seconds since 1970 UTC; nil for never.
    public func setExpiry(_ time: Int64?, of userIDs: [String]) throws(DatabaseError) {
        try connection.execute(Self.expire, [.texts(userIDs), .optional(time), .integer(currentMicroseconds())])
    }

    /// Id, name and address of accounts, in no order; ids that nobody has are left out.
    public func users(_ userIDs: [String]) throws(DatabaseError) -> [User] {
        try connection.rows(Self.byID, [.texts(userIDs)]) { User(id: $0.text(0), username: $0.text(1), email: $0.textOrNil(2)) }
    }

    /// Id and user name of accounts by e-mail address.
    /// - Parameter addresses: in lower case, as are the keys of the result.
    public func accounts(withEmails addresses: [String]) throws(DatabaseError) -> [String: (id: String, username: String)] {
        var found: [String: (id: String, username: String)] = [:]
        try connection.query(Self.idsByEmail, [.texts(addresses)]) { row in found[row.text(0)] = (row.text(1), row.text(2)) }
        return found
    }
}
