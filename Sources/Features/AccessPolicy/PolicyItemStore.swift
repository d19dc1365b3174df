public import Database

/// A check or reply item to be stored, and whose it is.
public struct PolicyItem: Sendable, Equatable, Codable {
    /// Attribute name, with an optional tag: `Tunnel-Type:1`.
    public var attribute: String
    /// Operator such as `:=`.
    public var op: String
    public var value: String

    public init(attribute: String, op: String, value: String) {
        self.attribute = attribute
        self.op = op
        self.value = value
    }
}

/// SQL that writes FreeRADIUS's policy tables, over one connection. Callers open the transaction where several calls belong together.
public struct PolicyItemStore {
    /// Which list of a group.
    public enum List: String, Sendable, CaseIterable {
        case check, reply
    }

    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let addCheck = Statement(
        "INSERT INTO radcheck (username, attribute, op, value, organization_id) VALUES ($1, $2, $3, $4, $5)")
    private static let removeCheck = Statement(
        "DELETE FROM radcheck WHERE username = $1 AND attribute = $2")
    private static let removeUser = ["radcheck", "radreply", "radusergroup"].map { Statement("DELETE FROM \($0) WHERE username = $1") }
    private static let addMembership = Statement(
        """
        INSERT INTO radusergroup (username, groupname, priority, organization_id, uuid, created, modified)
        VALUES ($1, $2, $3, COALESCE($4, (SELECT organization_id FROM radiusgroup WHERE name = $2)), \(GroupAssignmentStore.newID), $5, $5)
        """)
    private static let removeMembership = Statement("DELETE FROM radusergroup WHERE username = $1 AND groupname = $2")
    private static let members = Statement("SELECT DISTINCT username FROM radusergroup WHERE groupname = $1")
    private static let memberships = Statement("SELECT username, groupname FROM radusergroup ORDER BY username, priority, id")
    private static let groups = Statement(
        """
        SELECT name FROM radiusgroup UNION SELECT groupname FROM radusergroup
        UNION SELECT groupname FROM radgroupcheck UNION SELECT groupname FROM radgroupreply ORDER BY 1
        """)
    private static let removeItem = [
        List.check: Statement("DELETE FROM radgroupcheck WHERE groupname = $1 AND attribute = $2"),
        .reply: Statement("DELETE FROM radgroupreply WHERE groupname = $1 AND attribute = $2"),
    ]
    private static let addItem = [
        List.check: Statement("INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ($1, $2, $3, $4)"),
        .reply: Statement("INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ($1, $2, $3, $4)"),
    ]
    private static let items = [
        List.check: Statement("SELECT groupname, attribute, op, value FROM radgroupcheck ORDER BY groupname, id"),
        .reply: Statement("SELECT groupname, attribute, op, value FROM radgroupreply ORDER BY groupname, id"),
    ]
    private static let removeGroup =
        ["radiusgroup"].map { Statement("DELETE FROM \($0) WHERE name = $1") }
        + ["radgroupcheck", "radgroupreply", "radusergroup"].map { Statement("DELETE FROM \($0) WHERE groupname = $1") }

    private static let renameGroup = ["radgroupcheck", "radgroupreply", "radusergroup"].map {
        Statement("UPDATE \($0) SET groupname = $2 WHERE groupname = $1")
    }
    private static let renameUser = ["radcheck", "radreply", "radusergroup"].map {
        Statement("UPDATE \($0) SET username = $2 WHERE username = $1")
    }
    private static let hasUser = Statement(
        """
        SELECT 1 FROM radreply WHERE username = $1 UNION ALL SELECT 1 FROM radusergroup WHERE username = $1 LIMIT 1
        """)

    /// Adds a check item of a user.
    func addCheck(_ item: PolicyItem, user: String, organizationID: String?) throws(DatabaseError) {
        try connection.execute(
            Self.addCheck, [.text(user), .text(item.attribute), .text(item.op), .text(item.value), .optional(organizationID)])
    }

    /// Removes a user's check items of one attribute.
    func removeChecks(user: String, attribute: String) throws(DatabaseError) {
        try connection.execute(Self.removeCheck, [.text(user), .text(attribute)])
    }

    /// Removes all that the tables hold under a user name.
    /// - Returns: how many rows.
    func removeUser(_ user: String) throws(DatabaseError) -> Int {
        var removed = 0
        for statement in Self.removeUser { removed += try connection.execute(statement, [.text(user)]) }
        return removed
    }

    /// Puts a user into a group.
    /// - Parameter organizationID: where the membership counts; nil for the group's organization, or everywhere when it has none.
    func addMembership(user: String, group: String, priority: Int, organizationID: String?) throws(DatabaseError) {
        try connection.execute(
            Self.addMembership,
            [.text(user), .text(group), .integer(Int64(priority)), .optional(organizationID), .integer(currentMicroseconds())])
    }

    /// Takes a user out of a group.
    /// - Returns: how many memberships that were.
    func removeMembership(user: String, group: String) throws(DatabaseError) -> Int {
        try connection.execute(Self.removeMembership, [.text(user), .text(group)])
    }

    /// Names of a group's members.
    func members(of group: String) throws(DatabaseError) -> [String] {
        try connection.rows(Self.members, [.text(group)]) { row throws(DatabaseError) in row.text(0) }
    }

    /// Groups by user name, in the order of their priority.
    public func memberships() throws(DatabaseError) -> [String: [String]] {
        var groups: [String: [String]] = [:]
        try connection.query(Self.memberships, []) { row in groups[row.text(0), default: []].append(row.text(1)) }
        return groups
    }

    /// Every group that any table names, sorted.
    public func groupNames() throws(DatabaseError) -> [String] {
        try connection.rows(Self.groups) { row throws(DatabaseError) in row.text(0) }
    }

    /// Removes a group with its items and memberships.
    func removeGroup(_ name: String) throws(DatabaseError) {
        for statement in Self.removeGroup { try connection.execute(statement, [.text(name)]) }
    }

    /// Writes a group's new name where its items and members are.
    func renameGroup(_ name: String, to newName: String) throws(DatabaseError) {
        for statement in Self.renameGroup { try connection.execute(statement, [.text(name), .text(newName)]) }
    }

    /// Writes a user's new name where the items and groups are.
    /// - Returns: false, with nothing written, when the tables have rows under the new name.
    func renameUser(_ name: String, to newName: String) throws(DatabaseError) -> Bool {
        if try connection.first(Self.hasUser, [.text(newName)], { _ in true }) != nil { return false }
        for statement in Self.renameUser { try connection.execute(statement, [.text(name), .text(newName)]) }
        return true
    }

    /// Items by group name, in the order of their ids.
    public func groupItems(_ list: List) throws(DatabaseError) -> [String: [PolicyItem]] {
        var items: [String: [PolicyItem]] = [:]
        guard let statement = Self.items[list] else { return items }
        try connection.query(statement, []) { row in
            items[row.text(0), default: []].append(PolicyItem(attribute: row.text(1), op: row.text(2), value: row.text(3)))
        }
        return items
    }

    /// Stores a group's item; with an operator other than `+=` it replaces those of the same attribute.
    func setGroupItem(_ item: PolicyItem, in list: List, group: String) throws(DatabaseError) {
        guard let remove = Self.removeItem[list], let add = Self.addItem[list] else { return }
        if item.op != "+=" { try connection.execute(remove, [.text(group), .text(item.attribute)]) }
        try connection.execute(add, [.text(group), .text(item.attribute), .text(item.op), .text(item.value)])
    }

    /// Removes a group's items of one attribute.
    /// - Returns: how many.
    func removeGroupItems(_ attribute: String, in list: List, group: String) throws(DatabaseError) -> Int {
        guard let remove = Self.removeItem[list] else { return 0 }
        return try connection.execute(remove, [.text(group), .text(attribute)])
    }
}
