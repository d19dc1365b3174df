import Database
import TopologyFormats
import WebRouting

/// Which nodes or links a list has; empty texts want all.
struct ObjectFilter: Sendable {
    var organizationID = ""
    var organizationSlug = ""
    var topologyID = ""
    /// Of links: `up` or `down`.
    var status = ""
}

/// SQL about single nodes (`radian_topology_node`), over one connection.
struct NodeStore {
    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns = """
        n.id, n.topology_id, n.organization_id, n.label, n.addresses, n.properties, n.user_properties, n.created, n.modified
        """
    private static let from = """
        FROM radian_topology_node n LEFT JOIN radian_organization o ON o.id = n.organization_id
        WHERE ($1 = '' OR n.organization_id = $1) AND ($2 = '' OR o.slug = $2) AND ($3 = '' OR n.topology_id = $3)
        """
    private static let mine = "AND (n.organization_id {{any $4 text}} OR n.organization_id IS NULL)"
    private static let everything = Statement("SELECT \(columns) \(from) ORDER BY n.created DESC, n.id LIMIT $4 OFFSET $5")
    private static let countAll = Statement("SELECT count(*) \(from)")
    private static let ofOrganizations = Statement("SELECT \(columns) \(from) \(mine) ORDER BY n.created DESC, n.id LIMIT $5 OFFSET $6")
    private static let countOfOrganizations = Statement("SELECT count(*) \(from) \(mine)")
    private static let byID = Statement("SELECT \(columns) FROM radian_topology_node n WHERE n.id = $1")
    private static let insert = Statement(
        """
        INSERT INTO radian_topology_node (id, topology_id, organization_id, label, addresses, properties, user_properties, created, modified)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        """)
    private static let update = Statement(
        """
        UPDATE radian_topology_node SET topology_id = $2, organization_id = $3, label = $4, addresses = $5, properties = $6,
            user_properties = $7, modified = $8
        WHERE id = $1
        """)
    private static let delete = Statement("DELETE FROM radian_topology_node WHERE id = $1")
    private static let others = Statement(
        "SELECT 1 FROM radian_topology_node WHERE topology_id = $1 AND organization_id IS NOT NULL AND organization_id <> $2 LIMIT 1")
    private static let hasLinks = Statement("SELECT 1 FROM radian_topology_link WHERE source_id = $1 OR target_id = $1 LIMIT 1")

    /// One page of the scope's nodes, and shared ones, the newest first, and how many there are in all.
    func page(_ filter: ObjectFilter, _ page: Page, in scope: Tenancy) throws(DatabaseError) -> (nodes: [NodeRecord], total: Int) {
        let wanted: [DatabaseValue] = [.text(filter.organizationID), .text(filter.organizationSlug), .text(filter.topologyID)]
        let limits: [DatabaseValue] = [.integer(Int64(page.size)), .integer(page.offset)]
        switch scope {
        case .all:
            return (
                try connection.rows(Self.everything, wanted + limits, Self.decode),
                Int(try connection.first(Self.countAll, wanted) { $0.integer(0) } ?? 0)
            )
        case .only(let organizations):
            let ids = [DatabaseValue.texts(organizations.sorted())]
            return (
                try connection.rows(Self.ofOrganizations, wanted + ids + limits, Self.decode),
                Int(try connection.first(Self.countOfOrganizations, wanted + ids) { $0.integer(0) } ?? 0)
            )
        }
    }

    func node(id: String) throws(DatabaseError) -> NodeRecord? { try connection.first(Self.byID, [.text(id)], Self.decode) }

    func add(_ node: NodeRecord) throws(DatabaseError) {
        try connection.execute(Self.insert, Self.values(node) + [.integer(node.created)])
    }

    func update(_ node: NodeRecord) throws(DatabaseError) {
        try connection.execute(Self.update, Self.values(node) + [.integer(node.modified)])
    }

    /// Deletes the node with its links.
    func remove(id: String) throws(DatabaseError) { try connection.execute(Self.delete, [.text(id)]) }

    /// Whether a topology has nodes of other organizations.
    func hasOthers(than organizationID: String, in topologyID: String) throws(DatabaseError) -> Bool {
        try connection.first(Self.others, [.text(topologyID), .text(organizationID)]) { _ in true } ?? false
    }

    /// Whether links begin or end at a node.
    func hasLinks(_ id: String) throws(DatabaseError) -> Bool {
        try connection.first(Self.hasLinks, [.text(id)]) { _ in true } ?? false
    }

    private static func values(_ node: NodeRecord) -> [DatabaseValue] {
        [
            .text(node.id), .text(node.topologyID), .optional(node.organizationID), .text(node.label),
            .text(GraphStore.text(node.addresses)), .text(GraphStore.text(node.properties)), .text(GraphStore.text(node.userProperties)),
        ]
    }

    private static func decode(_ row: any DatabaseRow) throws(DatabaseError) -> NodeRecord {
        NodeRecord(
            id: row.text(0), topologyID: row.text(1), organizationID: row.textOrNil(2), label: row.text(3),
            addresses: try GraphStore.addresses(row.bytes(4)), properties: try GraphStore.properties(row.bytes(5)),
            userProperties: try GraphStore.properties(row.bytes(6)), created: row.integer(7), modified: row.integer(8))
    }
}
