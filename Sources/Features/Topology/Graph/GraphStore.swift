import Database
import TopologyFormats

/// SQL about all nodes and links of a topology at once, over one connection.
struct GraphStore {
    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let nodes = Statement(
        """
        SELECT id, label, addresses, properties, user_properties, created, modified FROM radian_topology_node
        WHERE topology_id = $1 ORDER BY created, id
        """)
    private static let links = Statement(
        """
        SELECT id, source_id, target_id, cost, cost_text, is_up, properties, user_properties, status_changed, created, modified
        FROM radian_topology_link WHERE topology_id = $1 ORDER BY created, id
        """)
    private static let addNodes = Statement(
        """
        INSERT INTO radian_topology_node
            (id, topology_id, organization_id, label, addresses, properties, user_properties, created, modified)
        SELECT r.id, r.topology, r.organization, r.label, r.addresses, r.properties, '{}', r.moment, r.moment
        FROM {{rows id text, topology text, organization text, label text, addresses text, properties text, moment bigint}}
        """)
    private static let changeNodes = Statement(
        """
        UPDATE radian_topology_node SET label = r.label, addresses = r.addresses, properties = r.properties, modified = r.moment
        FROM {{rows id text, label text, addresses text, properties text, moment bigint}} WHERE radian_topology_node.id = r.id
        """)
    private static let addLinks = Statement(
        """
        INSERT INTO radian_topology_link (id, topology_id, organization_id, source_id, target_id, cost, cost_text, is_up, properties,
            user_properties, status_changed, created, modified)
        SELECT r.id, r.topology, r.organization, r.source, r.target, r.cost, r.cost_text, 1, r.properties, '{}', r.moment, r.moment,
            r.moment
        FROM {{rows id text, topology text, organization text, source text, target text, cost real, cost_text text, properties text,
            moment bigint}}
        """)
    private static let changeLinks = Statement(
        """
        UPDATE radian_topology_link SET cost = r.cost, cost_text = r.cost_text, properties = r.properties, is_up = 1,
            status_changed = CASE WHEN is_up = 1 THEN status_changed ELSE r.moment END, modified = r.moment
        FROM {{rows id text, cost real, cost_text text, properties text, moment bigint}} WHERE radian_topology_link.id = r.id
        """)
    private static let touchLinks = Statement("UPDATE radian_topology_link SET modified = $2 WHERE id {{any $1 text}}")
    private static let takeDown = Statement(
        "UPDATE radian_topology_link SET is_up = 0, status_changed = $2, modified = $2 WHERE id {{any $1 text}}")

    /// All of a topology.
    func graph(of topology: NetworkTopology) throws(DatabaseError) -> StoredGraph {
        var graph = StoredGraph(writes: topology.writes)
        var places: [String: Int] = [:]
        try connection.query(Self.nodes, [.text(topology.id)]) { (row) throws(DatabaseError) in
            places[row.text(0)] = graph.nodes.count
            graph.append(
                StoredGraph.Node(
                    id: row.text(0),
                    attributes: NodeAttributes(
                        label: row.text(1), addresses: try Self.addresses(row.bytes(2)), properties: try Self.properties(row.bytes(3))),
                    userProperties: try Self.properties(row.bytes(4)), created: row.integer(5), modified: row.integer(6)))
        }
        try connection.query(Self.links, [.text(topology.id)]) { (row) throws(DatabaseError) in
            // Nodes were read a moment before: whoever writes meanwhile makes this graph one that is not kept.
            guard let source = places[row.text(1)], let target = places[row.text(2)] else { return }
            graph.append(
                StoredGraph.Link(
                    id: row.text(0), source: source, target: target,
                    attributes: LinkAttributes(cost: row.real(3), costText: row.text(4), properties: try Self.properties(row.bytes(6))),
                    userProperties: try Self.properties(row.bytes(7)), isUp: row.integer(5) != 0, statusChanged: row.integer(8),
                    created: row.integer(9), modified: row.integer(10)))
        }
        return graph
    }

    func add(_ nodes: [StoredGraph.Node], to topology: NetworkTopology) throws(DatabaseError) {
        try connection.executeRows(
            Self.addNodes,
            columns: [
                .text(nodes.map(\.id)), .text(nodes.map { _ in topology.id }), .text(nodes.map { _ in topology.organizationID }),
                .text(nodes.map(\.attributes.label)), .text(nodes.map { Self.text($0.attributes.addresses) }),
                .text(nodes.map { Self.text($0.attributes.properties) }), .integer(nodes.map(\.created)),
            ])
    }

    func change(_ nodes: [(id: String, attributes: NodeAttributes)], at time: Int64) throws(DatabaseError) {
        try connection.executeRows(
            Self.changeNodes,
            columns: [
                .text(nodes.map(\.id)), .text(nodes.map(\.attributes.label)), .text(nodes.map { Self.text($0.attributes.addresses) }),
                .text(nodes.map { Self.text($0.attributes.properties) }), .integer(nodes.map { _ in time }),
            ])
    }

    /// - Parameter nodes: ids by the places that links name.
    func add(_ links: [StoredGraph.Link], between nodes: (Int) -> String, to topology: NetworkTopology) throws(DatabaseError) {
        try connection.executeRows(
            Self.addLinks,
            columns: [
                .text(links.map(\.id)), .text(links.map { _ in topology.id }), .text(links.map { _ in topology.organizationID }),
                .text(links.map { nodes($0.source) }), .text(links.map { nodes($0.target) }), .real(links.map(\.attributes.cost)),
                .text(links.map(\.attributes.costText)), .text(links.map { Self.text($0.attributes.properties) }),
                .integer(links.map(\.created)),
            ])
    }

    /// Stores what links have from now on, and that they are up.
    func change(_ links: [(id: String, attributes: LinkAttributes)], at time: Int64) throws(DatabaseError) {
        try connection.executeRows(
            Self.changeLinks,
            columns: [
                .text(links.map(\.id)), .real(links.map(\.attributes.cost)), .text(links.map(\.attributes.costText)),
                .text(links.map { Self.text($0.attributes.properties) }), .integer(links.map { _ in time }),
            ])
    }

    /// Notes that an input named links.
    func touch(_ links: [String], at time: Int64) throws(DatabaseError) {
        if !links.isEmpty { try connection.execute(Self.touchLinks, [.texts(links), .integer(time)]) }
    }

    /// Takes links down.
    func takeDown(_ links: [String], at time: Int64) throws(DatabaseError) {
        if !links.isEmpty { try connection.execute(Self.takeDown, [.texts(links), .integer(time)]) }
    }

    // Columns hold JSON.

    static func text(_ properties: Properties) -> String {
        if properties.isEmpty { return "{}" }
        var writer = NetJSONWriter()
        writer.properties(properties)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    static func text(_ addresses: [String]) -> String {
        var writer = NetJSONWriter()
        writer.beginArray()
        for address in addresses { writer.text(address) }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    static func properties(_ bytes: [UInt8]) throws(DatabaseError) -> Properties {
        if bytes == [UInt8(ascii: "{"), UInt8(ascii: "}")] { return [:] }
        guard case .object(let properties)? = try? PropertyValue(json: bytes) else {
            throw DatabaseError(.data, "a topology's properties are no JSON object")
        }
        return properties
    }

    static func addresses(_ bytes: [UInt8]) throws(DatabaseError) -> [String] {
        guard case .array(let values)? = try? PropertyValue(json: bytes) else {
            throw DatabaseError(.data, "a node's addresses are no JSON array")
        }
        return values.compactMap { value in
            guard case .text(let text) = value else { return nil }
            return text
        }
    }
}
