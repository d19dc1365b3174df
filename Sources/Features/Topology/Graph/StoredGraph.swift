import TopologyFormats

/// A topology's nodes and links as the tables have them, each with the octets that the API sends for it, so that a change costs as much
/// as what changed.
struct StoredGraph: Sendable {
    struct Node: Sendable {
        let id: String
        var attributes: NodeAttributes
        /// What operators added.
        var userProperties: Properties
        var created: Int64
        var modified: Int64
        /// NetJSON.
        fileprivate(set) var octets: [UInt8] = []

        init(id: String, attributes: NodeAttributes, userProperties: Properties = [:], created: Int64, modified: Int64) {
            self.id = id
            self.attributes = attributes
            self.userProperties = userProperties
            self.created = created
            self.modified = modified
        }

        /// What links name the node by: its first address.
        var name: String { attributes.addresses.first ?? id }
    }

    struct Link: Sendable {
        let id: String
        /// Ids of nodes.
        let source, target: String
        var attributes: LinkAttributes
        var userProperties: Properties
        var isUp: Bool
        var statusChanged: Int64
        var created: Int64
        var modified: Int64
        /// NetJSON.
        fileprivate(set) var octets: [UInt8] = []

        init(
            id: String, source: String, target: String, attributes: LinkAttributes, userProperties: Properties = [:], isUp: Bool = true,
            statusChanged: Int64, created: Int64, modified: Int64
        ) {
            self.id = id
            self.source = source
            self.target = target
            self.attributes = attributes
            self.userProperties = userProperties
            self.isUp = isUp
            self.statusChanged = statusChanged
            self.created = created
            self.modified = modified
        }
    }

    /// ``NetworkTopology/writes`` that it is of.
    var writes: Int64
    private(set) var nodes: [Node] = []
    private(set) var links: [Link] = []
    private var nodeIndexes: [String: Int] = [:]
    private var linkIndexes: [String: Int] = [:]

    init(writes: Int64) {
        self.writes = writes
    }

    /// How much memory it takes, in nodes and links.
    var weight: Int { nodes.count + links.count }

    mutating func append(_ node: Node) {
        var node = node
        node.octets = Self.octets(of: node)
        nodeIndexes[node.id] = nodes.count
        nodes.append(node)
    }

    /// Adds a link whose nodes are there.
    mutating func append(_ link: Link) {
        var link = link
        link.octets = octets(of: link)
        linkIndexes[link.id] = links.count
        links.append(link)
    }

    /// Changes a node that is there. Links keep the octets that they have: rename them by ``rewriteLinks(of:)``.
    mutating func changeNode(_ id: String, _ change: (inout Node) -> Void) {
        guard let index = nodeIndexes[id] else { return }
        change(&nodes[index])
        nodes[index].octets = Self.octets(of: nodes[index])
    }

    mutating func changeLink(_ id: String, _ change: (inout Link) -> Void) {
        guard let index = linkIndexes[id] else { return }
        change(&links[index])
        links[index].octets = octets(of: links[index])
    }

    /// Writes the octets of links anew whose nodes got other names.
    mutating func rewriteLinks(of nodes: Set<String>) {
        if nodes.isEmpty { return }
        for index in links.indices where nodes.contains(links[index].source) || nodes.contains(links[index].target) {
            links[index].octets = octets(of: links[index])
        }
    }

    /// Nil where there is none.
    func node(_ id: String) -> Node? { nodeIndexes[id].map { nodes[$0] } }

    /// As updates look at it.
    var topology: StoredTopology<String> {
        StoredTopology(
            nodes: nodes.map { .init(id: $0.id, attributes: $0.attributes) },
            links: links.map {
                .init(id: $0.id, source: $0.source, target: $0.target, attributes: $0.attributes, isUp: $0.isUp, modified: $0.modified)
            })
    }
}

extension StoredGraph {
    private static func octets(of node: Node) -> [UInt8] {
        var writer = NetJSONWriter()
        writer.beginObject()
        writer.name("id")
        writer.text(node.name)
        writer.name("label")
        writer.text(node.attributes.label.isEmpty ? node.name : node.attributes.label)
        if node.attributes.addresses.count > 1 {
            writer.name("local_addresses")
            writer.beginArray()
            for address in node.attributes.addresses.dropFirst() { writer.text(address) }
            writer.endArray()
        }
        var properties = node.attributes.properties
        properties.merge(node.userProperties)
        properties.merge([
            "created": .text(TopologyTime.text(node.created)), "modified": .text(TopologyTime.text(node.modified)),
        ])
        writer.name("properties")
        writer.properties(properties)
        writer.endObject()
        return writer.bytes
    }

    private func octets(of link: Link) -> [UInt8] {
        var writer = NetJSONWriter()
        writer.beginObject()
        writer.name("source")
        writer.text(node(link.source)?.name ?? link.source)
        writer.name("target")
        writer.text(node(link.target)?.name ?? link.target)
        writer.name("cost")
        writer.number(link.attributes.cost)
        writer.name("cost_text")
        writer.text(link.attributes.costText)
        var properties = link.attributes.properties
        properties.merge(link.userProperties)
        properties.merge([
            "status": .text(link.isUp ? "up" : "down"), "status_changed": .text(TopologyTime.text(link.statusChanged)),
            "created": .text(TopologyTime.text(link.created)), "modified": .text(TopologyTime.text(link.modified)),
        ])
        writer.name("properties")
        writer.properties(properties)
        writer.endObject()
        return writer.bytes
    }
}
