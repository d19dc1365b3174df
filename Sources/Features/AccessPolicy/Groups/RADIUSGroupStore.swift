public import Database
public import WebRouting

/// Which groups a list shows.
public struct RADIUSGroupFilter: Sendable, Equatable {
    /// Part of the name, in any case.
    public var search: String?
    public var organizationID: String?
    public var organizationSlug: String?

    public init(search: String? = nil, organizationID: String? = nil, organizationSlug: String? = nil) {
        self.search = search
        self.organizationID = organizationID
        self.organizationSlug = organizationSlug
    }
}

/// SQL about `radiusgroup`, over one connection. Callers open the transaction and keep the other tables in step (``GroupRules``).
public struct RADIUSGroupStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns = "g.id, g.name, g.description, g.organization_id, g.is_default, g.created, COALESCE(g.modified, g.created)"
    private static let insert = Statement(
        """
        INSERT INTO radiusgroup (id, name, description, organization_id, is_default, created, modified)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """)
    private static let update = Statement(
        "UPDATE radiusgroup SET name = $2, description = $3, organization_id = $4, is_default = $5, modified = $6 WHERE id = $1")
    private static let clearDefault = Statement(
        "UPDATE radiusgroup SET is_default = 0, modified = $3 WHERE organization_id = $1 AND id <> $2 AND is_default = 1")
    private static let byID = Statement(
        "SELECT \(columns) FROM radiusgroup g WHERE g.id = $1 AND ($2 = 1 OR g.organization_id {{any $3 text}})")
    private static let byName = Statement("SELECT \(columns) FROM radiusgroup g WHERE g.name = $1")
    private static let ofOrganization = Statement("SELECT \(columns) FROM radiusgroup g WHERE g.organization_id = $1 ORDER BY g.name")
    private static let everything = Statement("SELECT \(columns) FROM radiusgroup g ORDER BY g.name")
    private static let isTaken = Statement(
        """
        SELECT 1 FROM radiusgroup WHERE name = $1 UNION ALL SELECT 1 FROM radusergroup WHERE groupname = $1
        UNION ALL SELECT 1 FROM radgroupcheck WHERE groupname = $1 UNION ALL SELECT 1 FROM radgroupreply WHERE groupname = $1 LIMIT 1
        """)
    private static let lockOrganization = Statement(
        "SELECT 1 FROM radian_organization WHERE id = $1 {{postgres: FOR NO KEY UPDATE}}")
    private static let shown = """
        FROM radiusgroup g LEFT JOIN radian_organization o ON o.id = g.organization_id
        WHERE ($1 = 1 OR g.organization_id {{any $2 text}}) AND ($3 = '' OR g.organization_id = $3) AND ($4 = '' OR o.slug = $4)
            AND ($5 = '' OR {{postgres: strpos(lower(g.name), lower($5))}}{{sqlite: instr(lower(g.name), lower($5))}} > 0)
        """
    private static let count = Statement("SELECT count(*) \(shown)")
    private static let page = Statement("SELECT \(columns) \(shown) ORDER BY g.name LIMIT $6 OFFSET $7")

    /// Adds a group; its name is known to be free.
    func add(_ group: RADIUSGroup) throws(DatabaseError) {
        try connection.execute(
            Self.insert,
            [
                .text(group.id), .text(group.name), .text(group.description), .optional(group.organizationID),
                .integer(group.isDefault ? 1 : 0), .integer(group.created), .integer(group.modified),
            ])
    }

    /// Writes a group's present values.
    func update(_ group: RADIUSGroup) throws(DatabaseError) {
        try connection.execute(
            Self.update,
            [
                .text(group.id), .text(group.name), .text(group.description), .optional(group.organizationID),
                .integer(group.isDefault ? 1 : 0), .integer(group.modified),
            ])
    }

    /// Leaves an organization with no default group but, perhaps, one.
    /// - Parameter group: the one that stays what it is.
    func clearDefault(of organizationID: String, except group: RADIUSGroup) throws(DatabaseError) {
        try connection.execute(Self.clearDefault, [.text(organizationID), .text(group.id), .integer(currentMicroseconds())])
    }

    /// Has changes of an organization's groups wait for each other, so that it never has two default groups or none.
    func lock(organizationID: String) throws(DatabaseError) {
        try connection.query(Self.lockOrganization, [.text(organizationID)]) { _ in }
    }

    /// Whether any table has a group of this name.
    public func isTaken(_ name: String) throws(DatabaseError) -> Bool {
        // PostgreSQL refuses U+0000, and no group's name has it.
        if name.utf8.contains(0) { return false }
        return try connection.first(Self.isTaken, [.text(name)]) { _ in true } ?? false
    }

    /// The group with this id; nil when there is none within the tenancy.
    public func group(id: String, in tenancy: Tenancy = .all) throws(DatabaseError) -> RADIUSGroup? {
        try connection.first(Self.byID, [.text(id)] + tenancy.arguments) { Self.decode($0) }
    }

    /// The group with this name; nil when `radiusgroup` has none.
    public func group(named name: String) throws(DatabaseError) -> RADIUSGroup? {
        try connection.first(Self.byName, [.text(name)]) { Self.decode($0) }
    }

    /// An organization's groups by name.
    public func groups(of organizationID: String) throws(DatabaseError) -> [RADIUSGroup] {
        try connection.rows(Self.ofOrganization, [.text(organizationID)]) { Self.decode($0) }
    }

    /// All groups that have a row, by name.
    public func all() throws(DatabaseError) -> [RADIUSGroup] {
        try connection.rows(Self.everything) { Self.decode($0) }
    }

    /// One page by name, and how many there are in all.
    public func page(
        _ filter: RADIUSGroupFilter, _ page: Page, in tenancy: Tenancy
    ) throws(DatabaseError) -> (groups: [RADIUSGroup], total: Int) {
        let arguments =
            tenancy.arguments + [
                .text(filter.organizationID ?? ""), .text(filter.organizationSlug ?? ""), .text(filter.search ?? ""),
            ]
        return (
            try connection.rows(Self.page, arguments + [.integer(Int64(page.size)), .integer(page.offset)]) { Self.decode($0) },
            Int(try connection.first(Self.count, arguments) { $0.integer(0) } ?? 0)
        )
    }

    private static func decode(_ row: any DatabaseRow) -> RADIUSGroup {
        var group = RADIUSGroup(
            id: row.text(0), name: row.text(1), description: row.text(2), organizationID: row.textOrNil(3), isDefault: row.integer(4) != 0,
            created: row.integer(5))
        group.modified = row.integer(6)
        return group
    }
}

extension Tenancy {
    /// Two arguments of a statement: whether everything is seen, and the organizations otherwise.
    var arguments: [DatabaseValue] {
        switch self {
        case .all: [.integer(1), .texts([])]
        case .only(let ids): [.integer(0), .texts(ids.sorted())]
        }
    }
}
