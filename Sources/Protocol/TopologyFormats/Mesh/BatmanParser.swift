/// batman-adv as alfred's `batadv-vis` prints it (`-f jsondoc`, `-f json`), and the older text table.
enum BatmanParser {
    static func parse(_ input: TopologyInput) throws(TopologyFormatError) -> NetworkGraph {
        guard input.looksLikeJSON else { return try parse(input.lines) }
        let documents = try input.jsonSequence()
        let first = try documents[0].object()
        if !first.has("vis"), ["primary", "secondary", "router"].contains(where: first.has) { return try parse(records: documents) }
        guard documents.count == 1 else { throw first.missing("vis") }
        return try parse(document: first)
    }

    private static func graph(_ builder: GraphBuilder, version: String? = nil) -> NetworkGraph {
        builder.graph(protocolName: "batman-adv", version: version ?? "2015.0", metric: "TQ")
    }

    /// One document with an entry for each node.
    private static func parse(document: JSONObject) throws(TopologyFormatError) -> NetworkGraph {
        var mesh = Mesh()
        for element in try document.array("vis") {
            let entry = try element.object()
            let primary = try entry.identifier("primary")
            mesh.add(primary, secondaries: try entry.texts("secondary"))
            if let clients = entry.optional("clients") {
                mesh.addClients(try clients.array().map(\.value), to: primary)
            }
            guard let neighbors = entry.optional("neighbors") else { continue }
            for element in try neighbors.array() {
                let neighbor = try element.object()
                mesh.links.append((primary, try neighbor.identifier("neighbor"), try neighbor.number("metric")))
            }
        }
        return graph(mesh.builder(), version: try document.optionalText("source_version"))
    }

    /// A document for each fact.
    private static func parse(records: [JSONElement]) throws(TopologyFormatError) -> NetworkGraph {
        var mesh = Mesh()
        for element in records {
            let record = try element.object()
            if record.has("secondary") {
                mesh.add(try record.identifier("of"), secondaries: [try record.identifier("secondary")])
            } else if record.has("primary") {
                mesh.add(try record.identifier("primary"), secondaries: [])
            } else if record.has("gateway") {
                mesh.addClients([.text(try record.identifier("gateway"))], to: try record.identifier("router"))
            } else {
                mesh.links.append((try record.identifier("router"), try record.identifier("neighbor"), try record.number("label")))
            }
        }
        return graph(mesh.builder())
    }

    /// Columns source, target, two that are not read, cost.
    private static func parse(_ lines: [TextLine]) throws(TopologyFormatError) -> NetworkGraph {
        guard let title = lines.firstIndex(where: { $0.equals("Table: Topology") }) else {
            throw TopologyFormatError(.structure, "Unrecognized format")
        }
        var builder = GraphBuilder()
        for line in lines[(title + 1)...].dropFirst() {
            if line.isBlank { break }
            let columns = line.words
            guard columns.count >= 5, let cost = Double(columns[4]), !cost.isNaN else {
                throw TopologyFormatError(.structure, "Unrecognized format", line.place)
            }
            builder.link(columns[0], columns[1], cost: cost)
        }
        return graph(builder)
    }
}

/// What is known of the nodes before it is clear which addresses belong together.
private struct Mesh {
    private struct Node {
        var secondaries: [String] = []
        var clients: [PropertyValue] = []
    }

    /// A node, an address of its neighbour, and the cost.
    var links: [(String, String, Double)] = []
    private var nodes: [String: Node] = [:]
    private var order: [String] = []
    /// The main address of a secondary one.
    private var primaries: [String: String] = [:]

    mutating func add(_ primary: String, secondaries: [String]) {
        if nodes[primary] == nil { order.append(primary) }
        nodes[primary, default: Node()].secondaries += secondaries
        for address in secondaries { primaries[address] = primary }
    }

    mutating func addClients(_ clients: [PropertyValue], to node: String) {
        add(node, secondaries: [])
        nodes[node]?.clients += clients
    }

    /// Only nodes that have a link.
    func builder() -> GraphBuilder {
        var builder = GraphBuilder()
        for (node, neighbor, cost) in links { builder.link(primary(of: node), primary(of: neighbor), cost: cost) }
        for address in order where builder.hasNode(address) {
            guard let node = nodes[address] else { continue }
            builder.node(address, localAddresses: node.secondaries, properties: ["clients": .array(node.clients)])
        }
        return builder
    }

    private func primary(of address: String) -> String {
        // A node's own name is never another's second one.
        nodes[address] != nil ? address : primaries[address] ?? address
    }
}
