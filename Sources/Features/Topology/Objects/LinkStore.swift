import Database
import TopologyFormats
import WebRouting

/// SQL about single links (`radian_topology_link`), over one connection.
struct LinkStore {
    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns = """
        l.id, l.topology_id, l.organization_id, l.source_id, l.target_id, l.cost, l.cost_text, l.is_up, l.properties, l.user_properties,
        l.status_changed, l.created, l.modified
        """
    private static let from = """
        FROM radian_topology_link l LEFT JOIN radian_organization o ON o.id = l.organization_id
        WHERE ($1 = '' OR l.organization_id = $1) AND ($2 = '' OR o.slug = $2) AND ($3 = '' OR l.topology_id = $3)
            AND ($4 = '' OR l.is_up = CASE WHEN $4 = 'up' THEN 1 ELSE 0 END)
        """
    private static let mine = "AND (l.organization_id {{any $5 text}} OR l.organization_id IS NULL)"
    private static let everything = Statement("SELECT \(columns) \(from) ORDER BY l.created DESC, l.id LIMIT $5 OFFSET $6")
    private static let countAll = Statement("SELECT count(*) \(from)")
    private static let ofOrganizations = Statement("SELECT \(columns) \(from) \(mine) ORDER BY l.created DESC, l.id LIMIT $6 OFFSET $7")
    private static let countOfOrganizations = Statement("SELECT count(*) \(from) \(mine)")
    private static let byID = Statement("SELECT \(columns) FROM radian_topology_link l WHERE l.id = $1")
    private static let insert = Statement(
        """
        INSERT INTO radian_topology_link (id, topology_id, organization_id, source_id, target_id, cost, cost_text, is_up, properties,
            user_properties, status_changed, modified, created)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
        """)
    private static let update = Statement(
        """
        UPDATE radian_topology_link SET topology_id = $2, organization_id = $3, source_id = $4, target_id = $5, cost = $6,
            cost_text = $7, is_up = $8, properties = $9, user_properties = $10, status_changed = $11, modified = $12
        WHERE id = $1
        """)
    private static let delete = Statement("DELETE FROM radian_topology_link WHERE id = $1")

    /// One page of the scope's links, and shared ones, the newest first, and how many there are in all.
    func page(_ filter: ObjectFilter, _ page: Page, in scope: Tenancy) throws(DatabaseError) -> (links: [LinkRecord], total: Int) {
        let wanted: [DatabaseValue] = [
            .text(filter.organizationID), .text(filter.organizationSlug), .text(filter.topologyID), .text(filter.status),
        ]
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

    func link(id: String) throws(DatabaseError) -> LinkRecord? { try connection.first(Self.byID, [.text(id)], Self.decode) }

    func add(_ link: LinkRecord) throws(DatabaseError) { try connection.execute(Self.insert, Self.values(link)) }

    func update(_ link: LinkRecord) throws(DatabaseError) { try connection.execute(Self.update, Self.values(link)) }

    func remove(id: String) throws(DatabaseError) { try connection.execute(Self.delete, [.text(id)]) }

    private static func values(_ link: LinkRecord) -> [DatabaseValue] {
        [
            .text(link.id), .text(link.topologyID), .optional(link.organizationID), .text(link.source), .text(link.target),
            .real(link.cost), .text(link.costText), .integer(link.isUp ? 1 : 0), .text(GraphStore.text(link.properties)),
            .text(GraphStore.text(link.userProperties)), .integer(link.statusChanged), .integer(link.modified),
        ]
    }

    private static func decode(_ row: any DatabaseRow) throws(DatabaseError) -> LinkRecord {
        LinkRecord(
            id: row.text(0), topologyID: row.text(1), organizationID: row.textOrNil(2), source: row.text(3), target: row.text(4),
            cost: row.real(5), costText: row.text(6), isUp: row.integer(7) != 0, properties: try GraphStore.properties(row.bytes(8)),
            userProperties: try GraphStore.properties(row.bytes(9)), statusChanged: row.integer(10), created: row.integer(11),
            modified: row.integer(12))
    }
}
