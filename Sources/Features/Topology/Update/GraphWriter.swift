import Database
import Foundation
import TopologyFormats

/// Writes what an update changes into the tables and into the graph in memory, a statement for each kind of change.
struct GraphWriter {
    private let connection: any DatabaseConnection
    private let topology: NetworkTopology
    private let now: Int64

    /// - Parameter connection: in the transaction that locked the topology.
    init(_ connection: any DatabaseConnection, _ topology: NetworkTopology, now: Int64) {
        self.connection = connection
        self.topology = topology
        self.now = now
    }

    /// - Returns: ids of the new nodes.
    func write(_ update: TopologyUpdate<String>, to graph: inout StoredGraph) throws(DatabaseError) -> [String] {
        let store = GraphStore(connection)
        let nodes = update.newNodes.map { attributes in
            StoredGraph.Node(id: Self.newID(), attributes: attributes, created: now, modified: now)
        }
        try store.add(nodes, to: topology)
        try store.change(update.changedNodes, at: now)
        func id(_ end: TopologyUpdate<String>.End) -> String {
            switch end {
            case .stored(let id): id
            case .new(let index): nodes[index].id
            }
        }
        let links = update.newLinks.map { link in
            StoredGraph.Link(
                id: Self.newID(), source: id(link.source), target: id(link.target), attributes: link.attributes, statusChanged: now,
                created: now, modified: now)
        }
        try store.add(links, to: topology)
        try store.change(update.changedLinks, at: now)
        try store.touch(update.touchedLinks, at: now)
        try store.takeDown(update.downLinks, at: now)

        for node in nodes { graph.append(node) }
        var renamed: Set<String> = []
        for (id, attributes) in update.changedNodes {
            if graph.node(id)?.attributes.addresses.first != attributes.addresses.first { renamed.insert(id) }
            graph.changeNode(id) { node in
                node.attributes = attributes
                node.modified = now
            }
        }
        for link in links { graph.append(link) }
        for changed in update.changedLinks {
            graph.changeLink(changed.id) { link in
                link.attributes = changed.attributes
                if !link.isUp { link.statusChanged = now }
                link.isUp = true
                link.modified = now
            }
        }
        for id in update.touchedLinks { graph.changeLink(id) { $0.modified = now } }
        for id in update.downLinks {
            graph.changeLink(id) { link in
                link.isUp = false
                link.statusChanged = now
                link.modified = now
            }
        }
        graph.rewriteLinks(of: renamed)
        return nodes.map(\.id)
    }

    private static func newID() -> String { UUID().uuidString.lowercased() }
}
