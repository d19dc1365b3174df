import AccessPolicy
import Database

/// SQL about the rows of many users or groups at once, over the target's connection. Callers open the transaction.
struct MigratedPolicyStore {
    /// FreeRADIUS's tables of items.
    enum Table: String, CaseIterable {
        case radcheck, radreply, radgroupcheck, radgroupreply

        var isOfGroups: Bool { self == .radgroupcheck || self == .radgroupreply }
        fileprivate var owner: String { isOfGroups ? "groupname" : "username" }
    }

    /// A check or reply item and whose it is.
    struct Item: Hashable {
        /// User or group.
        var owner: StoredName
        var attribute: String
        var op: String
        var value: String
        var organizationID: String?
    }

    let connection: any DatabaseConnection

    private static let select = Dictionary(
        uniqueKeysWithValues: Table.allCases.map {
            (
                $0,
                Statement(
                    "SELECT \($0.owner), attribute, op, value, organization_id FROM \($0.rawValue) WHERE \($0.owner) {{any $1 text}} ORDER BY id"
                )
            )
        })
    private static let insert = Dictionary(
        uniqueKeysWithValues: Table.allCases.map {
            (
                $0,
                Statement(
                    """
                    INSERT INTO \($0.rawValue) (\($0.owner), attribute, op, value, organization_id)
                    SELECT r.owner, r.attribute, r.op, r.value, r.organization
                    FROM {{rows owner text, attribute text, op text, value text, organization text}}
                    """)
            )
        })
    private static let remove = Dictionary(
        uniqueKeysWithValues: Table.allCases.map {
            (
                $0,
                Statement(
                    "DELETE FROM \($0.rawValue) WHERE \($0.owner) = $1 AND attribute = $2 AND COALESCE(organization_id, '') = COALESCE($3, '')"
                )
            )
        })
    private static let groups = Statement("SELECT id, name, organization_id, is_default FROM radiusgroup")
    private static let addGroup = Statement(
        """
        INSERT INTO radiusgroup (id, name, description, organization_id, is_default, created, modified) VALUES ($1, $2, $3, $4, $5, $6, $6)
        """)
    private static let assignmentsOf = Statement(
        "SELECT username, groupname, priority FROM radusergroup WHERE username {{any $1 text}}")
    private static let assign = Statement(
        """
        INSERT INTO radusergroup (username, groupname, priority, organization_id)
        SELECT r.username, r.groupname, r.priority, r.organization
        FROM {{rows username text, groupname text, priority bigint, organization text}}
        """)
    private static let registrationsOf = Statement(
        "SELECT user_id, organization_id, method, is_verified FROM radian_registered_user WHERE user_id {{any $1 text}}")
    private static let register = Statement(
        """
        INSERT INTO radian_registered_user (user_id, organization_id, method, is_verified, modified)
        SELECT r.user_id, r.organization, r.method, r.is_verified, r.modified
        FROM {{rows user_id text, organization text, method text, is_verified bigint, modified bigint}} WHERE true
        ON CONFLICT (user_id, organization_id) DO UPDATE
        SET method = excluded.method, is_verified = excluded.is_verified, modified = excluded.modified
        """)

    /// All items of some users or groups, in the order of their ids.
    func items(_ table: Table, of owners: [String]) throws(DatabaseError) -> [Item] {
        guard let select = Self.select[table] else { return [] }
        return try connection.rows(select, [.texts(owners)]) { row throws(DatabaseError) in
            Item(
                owner: StoredName(row.text(0)), attribute: row.text(1), op: row.text(2), value: row.text(3),
                organizationID: row.textOrNil(4))
        }
    }

    func add(_ items: [Item], to table: Table) throws(DatabaseError) {
        guard let insert = Self.insert[table] else { return }
        try connection.executeRows(
            insert,
            columns: [
                .text(items.map(\.owner.text)), .text(items.map(\.attribute)), .text(items.map(\.op)), .text(items.map(\.value)),
                .text(items.map(\.organizationID)),
            ])
    }

    /// Removes rows of the same owner, attribute and organization.
    func remove(like item: Item, from table: Table) throws(DatabaseError) {
        guard let remove = Self.remove[table] else { return }
        try connection.execute(remove, [.text(item.owner.text), .text(item.attribute), .optional(item.organizationID)])
    }

    /// All groups that have a row of their own.
    func groups() throws(DatabaseError) -> [RADIUSGroup] {
        try connection.rows(Self.groups) { row throws(DatabaseError) in
            RADIUSGroup(id: row.text(0), name: row.text(1), organizationID: row.textOrNil(2), isDefault: row.integer(3) != 0)
        }
    }

    func add(_ group: RADIUSGroup) throws(DatabaseError) {
        try connection.execute(
            Self.addGroup,
            [
                .text(group.id), .text(group.name), .text(group.description), .optional(group.organizationID),
                .integer(group.isDefault ? 1 : 0), .integer(group.created),
            ])
    }

    struct Assignment {
        var username: StoredName
        var group: StoredName
        var priority: Int64
        var organizationID: String?
    }

    /// Groups of users.
    func assignments(of usernames: [String]) throws(DatabaseError) -> [Assignment] {
        try connection.rows(Self.assignmentsOf, [.texts(usernames)]) { row throws(DatabaseError) in
            Assignment(username: StoredName(row.text(0)), group: StoredName(row.text(1)), priority: row.integer(2))
        }
    }

    func add(_ assignments: [Assignment]) throws(DatabaseError) {
        try connection.executeRows(
            Self.assign,
            columns: [
                .text(assignments.map(\.username.text)), .text(assignments.map(\.group.text)), .integer(assignments.map(\.priority)),
                .text(assignments.map(\.organizationID)),
            ])
    }

    struct Registration {
        var userID: String
        var organizationID: String
        var method: String
        var isVerified: Bool
        /// Microseconds since 1970 UTC.
        var modified: Int64
    }

    func registrations(of userIDs: [String]) throws(DatabaseError) -> [Registration] {
        try connection.rows(Self.registrationsOf, [.texts(userIDs)]) { row throws(DatabaseError) in
            Registration(
                userID: row.text(0), organizationID: row.text(1), method: row.text(2), isVerified: row.integer(3) != 0, modified: 0)
        }
    }

    /// Writes registrations, in the place of those that are there.
    func set(_ registrations: [Registration]) throws(DatabaseError) {
        try connection.executeRows(
            Self.register,
            columns: [
                .text(registrations.map(\.userID)), .text(registrations.map(\.organizationID)), .text(registrations.map(\.method)),
                .integer(registrations.map { $0.isVerified ? 1 : 0 }), .integer(registrations.map(\.modified)),
            ])
    }
}
