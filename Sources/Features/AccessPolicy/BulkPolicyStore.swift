public import Database

/// SQL that writes the policy rows of many users at once, over one connection. Callers open the transaction.
public struct BulkPolicyStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let checks = Statement(
        """
        INSERT INTO radcheck (username, attribute, op, value, organization_id)
        SELECT r.username, r.attribute, r.op, r.value, NULL FROM {{rows username text, attribute text, op text, value text}}
        """)
    private static let leaveGroups = Statement(
        """
        DELETE FROM radusergroup WHERE username {{any $2 text}}
            AND (organization_id = $1 OR groupname IN (SELECT name FROM radiusgroup WHERE organization_id = $1))
        """)
    private static let joinGroup = Statement(
        """
        INSERT INTO radusergroup (username, groupname, priority, organization_id, uuid, created, modified)
        SELECT r.username, r.groupname, 1, r.organization, r.id, r.created, r.created
        FROM {{rows username text, groupname text, organization text, id text, created bigint}}
        """)
    private static let remove = ["radcheck", "radreply", "radusergroup"].map {
        Statement("DELETE FROM \($0) WHERE username {{any $1 text}}")
    }
    private static let removeQuotas = Statement("DELETE FROM radian_quota WHERE scope = 'user' AND subject {{any $1 text}}")
    private static let known = ["radcheck", "radreply", "radusergroup"].map {
        Statement("SELECT DISTINCT username FROM \($0) WHERE username {{any $1 text}}")
    }

    private static let register = Statement(
        """
        INSERT INTO radian_registered_user (user_id, organization_id, method, is_verified, modified)
        SELECT r.user_id, r.organization, r.method, r.is_verified, r.modified
        FROM {{rows user_id text, organization text, method text, is_verified bigint, modified bigint}} WHERE true
        ON CONFLICT (user_id, organization_id) DO UPDATE
        SET method = excluded.method, is_verified = excluded.is_verified, modified = excluded.modified
        WHERE radian_registered_user.is_verified < excluded.is_verified
        """)
    private static let unregister = Statement(
        "DELETE FROM radian_registered_user WHERE organization_id = $1 AND user_id {{any $2 text}}")
    private static let group = Statement("SELECT id, name, organization_id FROM radiusgroup WHERE id = $1")
    private static let groupByName = Statement("SELECT id, name, organization_id FROM radiusgroup WHERE name = $1")

    /// A group that has a row of its own.
    public struct Group: Sendable, Equatable {
        /// UUID, lower-case text; nil for one that only has a name.
        public let id: String?
        public let name: String
        /// Nil for a group of all organizations.
        public let organizationID: String?
    }

    /// The group with this UUID; nil when there is none.
    public func group(id: String) throws(DatabaseError) -> Group? {
        try connection.first(Self.group, [.text(id)], Self.decode)
    }

    /// The group of this name; nil when there is none.
    public func group(named name: String) throws(DatabaseError) -> Group? {
        try connection.first(Self.groupByName, [.text(name)], Self.decode)
    }

    private static func decode(_ row: any DatabaseRow) -> Group {
        Group(id: row.textOrNil(0), name: row.text(1), organizationID: row.textOrNil(2))
    }

    /// Notes how users came to an organization; a record that is not verified is replaced by one that is.
    /// - Parameters:
    ///   - method: `manual` and others.
    ///   - time: microseconds since 1970 UTC.
    public func register(
        _ userIDs: [String], organizationID: String, method: String, isVerified: Bool, at time: Int64
    ) throws(DatabaseError) {
        try connection.executeRows(
            Self.register,
            columns: [
                .text(userIDs), .text(userIDs.map { _ in organizationID }), .text(userIDs.map { _ in method }),
                .integer(userIDs.map { _ in isVerified ? 1 : 0 }), .integer(userIDs.map { _ in time }),
            ])
    }

    /// Forgets how users came to an organization.
    public func unregister(_ userIDs: [String], organizationID: String) throws(DatabaseError) {
        try connection.execute(Self.unregister, [.text(organizationID), .texts(userIDs)])
    }

    /// Adds one check item for each user, valid in all organizations: an account has one credential.
    public func addChecks(_ items: [(username: String, item: PolicyItem)]) throws(DatabaseError) {
        try connection.executeRows(
            Self.checks,
            columns: [
                .text(items.map(\.username)), .text(items.map(\.item.attribute)), .text(items.map(\.item.op)),
                .text(items.map(\.item.value)),
            ])
    }

    /// Puts users into one group in place of those that they have in the organization.
    public func replaceGroups(of usernames: [String], by group: String, organizationID: String) throws(DatabaseError) {
        let now = currentMicroseconds()
        try leaveGroups(of: usernames, organizationID: organizationID)
        try connection.executeRows(
            Self.joinGroup,
            columns: [
                .text(usernames), .text(usernames.map { _ in group }), .text(usernames.map { _ in organizationID }),
                .text(usernames.map { _ in RowID.make() }), .integer(usernames.map { _ in now }),
            ])
    }

    /// Takes users out of the organization's groups.
    public func leaveGroups(of usernames: [String], organizationID: String) throws(DatabaseError) {
        try connection.execute(Self.leaveGroups, [.text(organizationID), .texts(usernames)])
    }

    /// Removes all that the tables hold under the user names.
    public func remove(_ usernames: [String]) throws(DatabaseError) {
        for statement in Self.remove + [Self.removeQuotas] { try connection.execute(statement, [.texts(usernames)]) }
    }

    /// Those of the names that have rows in any of the tables.
    public func known(among usernames: [String]) throws(DatabaseError) -> Set<StoredName> {
        var names: Set<StoredName> = []
        for statement in Self.known {
            try connection.query(statement, [.texts(usernames)]) { row in names.insert(StoredName(row.text(0))) }
        }
        return names
    }
}
