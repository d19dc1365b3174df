public import Database
import TopologyFormats
public import WebRouting

/// SQL about topologies themselves (`radian_topology`), over one connection.
public struct TopologyStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    /// Which topologies a list has; nil and empty texts want all.
    public struct Filter: Sendable {
        public var strategy: String?
        public var parser: String?
        public var organizationID: String?
        public var organizationSlug: String?
        public var isWithUnpublished = false
        /// Part of the label, in any case.
        public var label: String?

        public init() {}
    }

    private static let columns = """
        t.id, t.organization_id, t.label, t.parser, t.strategy, t.url, t.receive_key, t.expiration_time, t.is_published, t.protocol,
        t.version, t.revision, t.metric, t.changes, t.writes, t.updated, t.failure, t.created, t.modified
        """
    private static let wanted = """
        ($1 = '' OR t.strategy = $1) AND ($2 = '' OR t.parser = $2) AND ($3 = '' OR t.organization_id = $3) AND ($4 = '' OR o.slug = $4)
        AND ($5 = 1 OR t.is_published = 1) AND ($6 = '' OR lower(t.label) LIKE $6 ESCAPE '!')
        """
    private static let from = "FROM radian_topology t LEFT JOIN radian_organization o ON o.id = t.organization_id WHERE \(wanted)"
    private static let mine = "AND (t.organization_id {{any $7 text}} OR t.organization_id IS NULL)"
    private static let everything = Statement("SELECT \(columns) \(from) ORDER BY t.created, t.id")
    private static let ofOrganizations = Statement("SELECT \(columns) \(from) \(mine) ORDER BY t.created, t.id")
    private static let byID = Statement("SELECT \(columns) FROM radian_topology t WHERE t.id = $1")
    private static let locked = Statement("SELECT \(columns) FROM radian_topology t WHERE t.id = $1 {{postgres: FOR UPDATE}}")
    private static let insert = Statement(
        """
        INSERT INTO radian_topology (id, organization_id, label, parser, strategy, url, receive_key, expiration_time, is_published,
            protocol, version, revision, metric, created, modified)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
        """)
    private static let update = Statement(
        """
        UPDATE radian_topology SET organization_id = $2, label = $3, parser = $4, strategy = $5, url = $6, receive_key = $7,
            expiration_time = $8, is_published = $9, protocol = $10, version = $11, revision = $12, metric = $13, modified = $14,
            changes = $15, writes = $16
        WHERE id = $1
        """)
    private static let note = Statement("UPDATE radian_topology SET changes = $2, writes = $3 WHERE id = $1")
    private static let taken = Statement("UPDATE radian_topology SET updated = $2, failure = NULL WHERE id = $1")
    private static let failed = Statement("UPDATE radian_topology SET failure = $2 WHERE id = $1")
    private static let delete = Statement("DELETE FROM radian_topology WHERE id = $1")
    private static let due = Statement(
        """
        SELECT id, fetch_due FROM radian_topology WHERE strategy = 'fetch' AND is_published = 1 AND fetch_due <= $1
        ORDER BY fetch_due LIMIT 1000
        """)
    private static let claim = Statement("UPDATE radian_topology SET fetch_due = $3 WHERE id = $1 AND fetch_due = $2")
    private static let seen = Statement("SELECT id, changes FROM radian_topology WHERE id {{any $1 text}}")
    private static let announce = Statement("SELECT pg_notify('\(TopologyFeed.channel)', $1)")
    private static let counts = Statement(
        """
        SELECT t.id, (SELECT count(*) FROM radian_topology_node n WHERE n.topology_id = t.id),
            (SELECT count(*) FROM radian_topology_link l WHERE l.topology_id = t.id),
            (SELECT count(*) FROM radian_topology_link l WHERE l.topology_id = t.id AND l.is_up = 1)
        FROM radian_topology t WHERE t.id {{any $1 text}}
        """)

    /// All topologies of the scope that the filter wants, and shared ones, the oldest first.
    public func topologies(_ filter: Filter = Filter(), in scope: Tenancy = .all) throws(DatabaseError) -> [NetworkTopology] {
        let label = (filter.label ?? "").lowercased()
        let pattern = label.isEmpty ? "" : "%" + label.flatMap { "!%_".contains($0) ? ["!", $0] : [$0] } + "%"
        let arguments: [DatabaseValue] = [
            .text(filter.strategy ?? ""), .text(filter.parser ?? ""), .text(filter.organizationID ?? ""),
            .text(filter.organizationSlug ?? ""), .integer(filter.isWithUnpublished ? 1 : 0), .text(pattern),
        ]
        switch scope {
        case .all: return try connection.rows(Self.everything, arguments, Self.decode)
        case .only(let organizations):
            return try connection.rows(Self.ofOrganizations, arguments + [.texts(organizations.sorted())], Self.decode)
        }
    }

    public func topology(id: String) throws(DatabaseError) -> NetworkTopology? {
        try connection.first(Self.byID, [.text(id)], Self.decode)
    }

    /// The same; until the transaction ends nobody else gets it by this function.
    func lock(id: String) throws(DatabaseError) -> NetworkTopology? {
        try connection.first(Self.locked, [.text(id)], Self.decode)
    }

    public func add(_ topology: NetworkTopology) throws(DatabaseError) {
        try connection.execute(
            Self.insert,
            [
                .text(topology.id), .optional(topology.organizationID), .text(topology.label), .text(topology.format.identifier),
                .text(topology.strategy.rawValue), .text(topology.url), .text(topology.key), .integer(topology.expirationTime),
                .integer(topology.isPublished ? 1 : 0), .text(topology.description.protocolName), .optional(topology.description.version),
                .optional(topology.description.revision), .optional(topology.description.metric), .integer(topology.created),
            ])
    }

    /// Stores all that may change, the counters too.
    func update(_ topology: NetworkTopology) throws(DatabaseError) {
        try connection.execute(
            Self.update,
            [
                .text(topology.id), .optional(topology.organizationID), .text(topology.label), .text(topology.format.identifier),
                .text(topology.strategy.rawValue), .text(topology.url), .text(topology.key), .integer(topology.expirationTime),
                .integer(topology.isPublished ? 1 : 0), .text(topology.description.protocolName), .optional(topology.description.version),
                .optional(topology.description.revision), .optional(topology.description.metric), .integer(topology.modified),
                .integer(topology.changes), .integer(topology.writes),
            ])
    }

    /// Stores the counters alone.
    func note(_ topology: NetworkTopology) throws(DatabaseError) {
        try connection.execute(Self.note, [.text(topology.id), .integer(topology.changes), .integer(topology.writes)])
    }

    /// Tells other processes that the topology changed, once the transaction is committed.
    func announce(_ id: String) throws(DatabaseError) {
        if connection.dialect == .postgres { try connection.query(Self.announce, [.text(id)]) { _ in } }
    }

    /// Notes that an input was taken.
    func noteInput(_ id: String, at time: Int64) throws(DatabaseError) {
        try connection.execute(Self.taken, [.text(id), .integer(time)])
    }

    /// Notes why no input came.
    public func noteFailure(_ id: String, _ failure: String) throws(DatabaseError) {
        try connection.execute(Self.failed, [.text(id), .text(failure)])
    }

    /// - Returns: false when there is none.
    public func remove(id: String) throws(DatabaseError) -> Bool {
        try connection.execute(Self.delete, [.text(id)]) > 0
    }

    /// Takes those whose time to be fetched has come; what one process takes another does not get.
    /// - Parameter next: when each is due again.
    func takeDue(now: Int64, next: Int64) throws(DatabaseError) -> [String] {
        let found = try connection.rows(Self.due, [.integer(now)]) { (id: $0.text(0), due: $0.integer(1)) }
        var mine: [String] = []
        for entry in found
        where try connection.execute(Self.claim, [.text(entry.id), .integer(entry.due), .integer(next)]) > 0 {
            mine.append(entry.id)
        }
        return mine
    }

    /// ``NetworkTopology/changes`` by id; those that are gone are missing.
    func changes(of ids: [String]) throws(DatabaseError) -> [String: Int64] {
        var found: [String: Int64] = [:]
        try connection.query(Self.seen, [.texts(ids)]) { row in found[row.text(0)] = row.integer(1) }
        return found
    }

    /// How many nodes and links topologies have.
    public func counts(of ids: [String]) throws(DatabaseError) -> [String: (nodes: Int64, links: Int64, linksUp: Int64)] {
        var found: [String: (nodes: Int64, links: Int64, linksUp: Int64)] = [:]
        try connection.query(Self.counts, [.texts(ids)]) { row in
            found[row.text(0)] = (row.integer(1), row.integer(2), row.integer(3))
        }
        return found
    }

    private static func decode(_ row: any DatabaseRow) throws(DatabaseError) -> NetworkTopology {
        guard let format = TopologyFormat(name: row.text(3)), let strategy = NetworkTopology.Strategy(rawValue: row.text(4)) else {
            throw DatabaseError(.data, "radian_topology holds a parser or a strategy that this program does not know")
        }
        var description = NetworkTopology.Description()
        description.protocolName = row.text(9)
        description.version = row.textOrNil(10)
        description.revision = row.textOrNil(11)
        description.metric = row.textOrNil(12)
        var topology = NetworkTopology(
            id: row.text(0), organizationID: row.textOrNil(1), label: row.text(2), format: format, strategy: strategy,
            url: row.text(5), key: row.text(6), expirationTime: row.integer(7), isPublished: row.integer(8) != 0, description: description,
            created: row.integer(17), modified: row.integer(18))
        topology.changes = row.integer(13)
        topology.writes = row.integer(14)
        topology.updated = row.integerOrNil(15)
        topology.failure = row.textOrNil(16)
        return topology
    }
}
