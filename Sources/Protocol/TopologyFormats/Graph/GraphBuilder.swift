/// Gathers nodes and links as a parser meets them.
///
/// What comes later overwrites attribute by attribute; what it does not mention stays. A link from a node to itself and one of infinite
/// cost are none.
struct GraphBuilder {
    private struct Link {
        /// Indexes of nodes; the source was met first.
        let source, target: Int
        var cost: Double
        var costText: String
        var properties: Properties
    }

    private var nodes: [GraphNode] = []
    private var nodeIndexes: [String: Int] = [:]
    private var links: [Link] = []
    private var linkIndexes: [UInt64: Int] = [:]

    /// Whether the node was met.
    func hasNode(_ id: String) -> Bool { nodeIndexes[id] != nil }

    /// Adds a node where it is missing, and sets those attributes that are given.
    @discardableResult
    mutating func node(_ id: String, label: String? = nil, localAddresses: [String]? = nil, properties: Properties? = nil) -> Int {
        let index: Int
        if let known = nodeIndexes[id] {
            index = known
        } else {
            index = nodes.count
            nodeIndexes[id] = index
            nodes.append(GraphNode(id: id))
        }
        if let label { nodes[index].label = label }
        if let localAddresses { nodes[index].localAddresses = localAddresses }
        if let properties { nodes[index].properties.merge(properties) }
        return index
    }

    /// Adds a link, and its nodes where they are missing.
    mutating func link(_ source: String, _ target: String, cost: Double, costText: String? = nil, properties: Properties = [:]) {
        guard cost.isFinite else { return }
        let source = node(source)
        let target = node(target)
        guard source != target else { return }
        let first = min(source, target)
        let second = max(source, target)
        let pair = UInt64(first) << 32 | UInt64(second)
        if let index = linkIndexes[pair] {
            links[index].cost = cost
            if let costText { links[index].costText = costText }
            links[index].properties.merge(properties)
        } else {
            linkIndexes[pair] = links.count
            links.append(Link(source: first, target: second, cost: cost, costText: costText ?? "", properties: properties))
        }
    }

    /// Nodes by id, links by source and target.
    func graph(protocolName: String, version: String?, revision: String? = nil, metric: String?) -> NetworkGraph {
        let order = nodes.indices.sorted { nodes[$0].id < nodes[$1].id }
        var ranks = [Int](repeating: 0, count: nodes.count)
        for (rank, index) in order.enumerated() { ranks[index] = rank }
        let places = links.indices.map { (UInt64(ranks[links[$0].source]) << 32 | UInt64(ranks[links[$0].target]), $0) }.sorted(by: <)
        return NetworkGraph(
            protocolName: protocolName, version: version, revision: revision, metric: metric, nodes: order.map { nodes[$0] },
            links: places.map { _, index in
                let link = links[index]
                return GraphLink(
                    source: nodes[link.source].id, target: nodes[link.target].id, cost: link.cost, costText: link.costText,
                    properties: link.properties)
            })
    }
}
