import TopologyFormats

/// A topology's nodes and links as the tables have them, each with the octets that the API sends for it, so that a change costs as much
/// as what changed. Nodes and links are told apart by their places, which they keep.
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
        /// Places of nodes.
        let source, target: Int
        var attributes: LinkAttributes
        var userProperties: Properties
        var isUp: Bool
        var statusChanged: Int64
        var created: Int64
        var modified: Int64
        /// NetJSON.
        fileprivate(set) var octets: [UInt8] = []

        init(
            id: String, source: Int, target: Int, attributes: LinkAttributes, userProperties: Properties = [:], isUp: Bool = true,
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

    init(writes: Int64) {
        self.writes = writes
    }

    /// How much memory it takes, in nodes and links.
    var weight: Int { nodes.count + links.count }

    mutating func append(_ node: Node) {
        var node = node
        node.octets = Self.octets(of: node)
        nodes.append(node)
    }

    /// Adds a link whose nodes are there.
    mutating func append(_ link: Link) {
        var link = link
        link.octets = octets(of: link)
        links.append(link)
    }

    /// Changes a node. Links keep the octets that they have: rename them by ``rewriteLinks(of:)``.
    mutating func changeNode(_ place: Int, _ change: (inout Node) -> Void) {
        change(&nodes[place])
        nodes[place].octets = Self.octets(of: nodes[place])
    }

    mutating func changeLink(_ place: Int, _ change: (inout Link) -> Void) {
        change(&links[place])
        links[place].octets = octets(of: links[place])
    }

    /// Writes the octets of links anew whose nodes got other names.
    mutating func rewriteLinks(of nodes: Set<Int>) {
        if nodes.isEmpty { return }
        for place in links.indices where nodes.contains(links[place].source) || nodes.contains(links[place].target) {
            links[place].octets = octets(of: links[place])
        }
    }

    /// As updates look at it.
    var topology: StoredTopology {
        StoredTopology(
            nodes: nodes.map(\.attributes),
            links: links.map {
                .init(source: $0.source, target: $0.target, attributes: $0.attributes, isUp: $0.isUp, modified: $0.modified)
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
        writer.text(nodes[link.source].name)
        writer.name("target")
        writer.text(nodes[link.target].name)
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
