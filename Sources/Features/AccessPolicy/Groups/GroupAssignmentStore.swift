public import Database
public import WebRouting

/// SQL about the rows of `radusergroup` that the API shows, over one connection.
public struct GroupAssignmentStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    /// SQL of a new random UUID (version 4) for each row.
    static let newID = """
        {{postgres: CAST(gen_random_uuid() AS varchar)}}\
        {{sqlite: lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'
            || substr('89ab', 1 + abs(random() % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))}}
        """
    /// SQL that gives an id and times to rows which other programs wrote.
    static let completion = """
        UPDATE radusergroup SET uuid = \(newID), created = COALESCE(created, {{epoch {{now}}}} * 1000000),
            modified = COALESCE(modified, {{epoch {{now}}}} * 1000000) WHERE uuid IS NULL
        """
    private static let columns = "m.uuid, m.username, g.id, g.name, g.organization_id, m.priority, m.created, m.modified"
    private static let joined = "FROM radusergroup m JOIN radiusgroup g ON g.name = m.groupname"
    private static let shown =
        "\(joined) WHERE ($1 = 1 OR g.organization_id {{any $2 text}}) AND m.username = $3 AND ($4 = '' OR g.organization_id = $4)"
    private static let isIncomplete = Statement("SELECT 1 FROM radusergroup WHERE username = $1 AND uuid IS NULL LIMIT 1")
    private static let completeUser = Statement("\(completion) AND username = $1")
    private static let count = Statement("SELECT count(*) \(shown)")
    private static let page = Statement("SELECT \(columns) \(shown) ORDER BY m.priority, m.id LIMIT $5 OFFSET $6")
    private static let one = Statement(
        "SELECT \(columns) \(joined) WHERE ($1 = 1 OR g.organization_id {{any $2 text}}) AND m.username = $3 AND m.uuid = $4")
    private static let exists = Statement("SELECT 1 FROM radusergroup WHERE username = $1 AND groupname = $2 LIMIT 1")
    private static let insert = Statement(
        """
        INSERT INTO radusergroup (uuid, username, groupname, organization_id, priority, created, modified)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """)
    private static let update = Statement(
        "UPDATE radusergroup SET groupname = $2, organization_id = $3, priority = $4, modified = $5 WHERE uuid = $1")
    private static let remove = Statement("DELETE FROM radusergroup WHERE uuid = $1")
    private static let removeAll = Statement(
        """
        DELETE FROM radusergroup WHERE username = $1
            AND (organization_id = $2 OR groupname IN (SELECT name FROM radiusgroup WHERE organization_id = $2))
        """)

    /// Gives ids to a user's rows that other programs wrote, so that ``page(_:_:organizationID:in:)`` can show them.
    func complete(_ username: String) throws(DatabaseError) {
        guard try connection.first(Self.isIncomplete, [.text(username)], { _ in true }) != nil else { return }
        try connection.execute(Self.completeUser, [.text(username)])
    }

    /// One page of a user's assignments, the one that counts most first, and how many there are in all.
    /// - Parameter organizationID: only to this organization's groups; nil for all that the tenancy shows.
    public func page(
        _ page: Page, _ username: String, organizationID: String?, in tenancy: Tenancy
    ) throws(DatabaseError) -> (assignments: [GroupAssignment], total: Int) {
        let arguments = tenancy.arguments + [.text(username), .text(organizationID ?? "")]
        return (
            try connection.rows(Self.page, arguments + [.integer(Int64(page.size)), .integer(page.offset)]) { Self.decode($0) },
            Int(try connection.first(Self.count, arguments) { $0.integer(0) } ?? 0)
        )
    }

    /// A user's assignment; nil when there is none with this id within the tenancy.
    public func assignment(_ id: String, of username: String, in tenancy: Tenancy) throws(DatabaseError) -> GroupAssignment? {
        try connection.first(Self.one, tenancy.arguments + [.text(username), .text(id)]) { Self.decode($0) }
    }

    /// Whether a user is in a group, by whichever row.
    public func isMember(_ username: String, of group: String) throws(DatabaseError) -> Bool {
        try connection.first(Self.exists, [.text(username), .text(group)]) { _ in true } ?? false
    }

    func add(_ assignment: GroupAssignment) throws(DatabaseError) {
        try connection.execute(
            Self.insert,
            [
                .text(assignment.id), .text(assignment.username), .text(assignment.groupName), .optional(assignment.organizationID),
                .integer(assignment.priority), .integer(assignment.created), .integer(assignment.modified),
            ])
    }

    func update(_ assignment: GroupAssignment) throws(DatabaseError) {
        try connection.execute(
            Self.update,
            [
                .text(assignment.id), .text(assignment.groupName), .optional(assignment.organizationID), .integer(assignment.priority),
                .integer(assignment.modified),
            ])
    }

    func remove(_ id: String) throws(DatabaseError) {
        try connection.execute(Self.remove, [.text(id)])
    }

    /// Takes a user out of all groups of an organization.
    /// - Returns: how many rows that were.
    func removeAll(of username: String, in organizationID: String) throws(DatabaseError) -> Int {
        try connection.execute(Self.removeAll, [.text(username), .text(organizationID)])
    }

    private static func decode(_ row: any DatabaseRow) -> GroupAssignment {
        GroupAssignment(
            id: row.text(0), username: row.text(1), groupID: row.text(2), groupName: row.text(3), organizationID: row.textOrNil(4),
            priority: row.integer(5), created: row.integer(6), modified: row.integer(7))
    }
}
