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
    func write(_ update: TopologyUpdate, to graph: inout StoredGraph) throws(DatabaseError) -> [String] {
        let newNodes = update.newNodes.map { attributes in
            StoredGraph.Node(id: Self.newID(), attributes: attributes, created: now, modified: now)
        }
        let newLinks = update.newLinks.map { link in
            StoredGraph.Link(
                id: Self.newID(), source: link.source, target: link.target, attributes: link.attributes, statusChanged: now, created: now,
                modified: now)
        }
        for node in newNodes { graph.append(node) }
        var renamed: Set<Int> = []
        for (place, attributes) in update.changedNodes {
            if graph.nodes[place].attributes.addresses.first != attributes.addresses.first { renamed.insert(place) }
            graph.changeNode(place) { node in
                node.attributes = attributes
                node.modified = now
            }
        }
        for link in newLinks { graph.append(link) }
        for changed in update.changedLinks {
            graph.changeLink(changed.place) { link in
                link.attributes = changed.attributes
                if !link.isUp { link.statusChanged = now }
                link.isUp = true
                link.modified = now
            }
        }
        for place in update.touchedLinks { graph.changeLink(place) { $0.modified = now } }
        for place in update.downLinks {
            graph.changeLink(place) { link in
                link.isUp = false
                link.statusChanged = now
                link.modified = now
            }
        }
        graph.rewriteLinks(of: renamed)

        let store = GraphStore(connection)
        try store.add(newNodes, to: topology)
        try store.change(update.changedNodes.map { (graph.nodes[$0.place].id, $0.attributes) }, at: now)
        try store.add(newLinks, between: { graph.nodes[$0].id }, to: topology)
        try store.change(update.changedLinks.map { (graph.links[$0.place].id, $0.attributes) }, at: now)
        try store.touch(update.touchedLinks.map { graph.links[$0].id }, at: now)
        try store.takeDown(update.downLinks.map { graph.links[$0].id }, at: now)
        return newNodes.map(\.id)
    }

    private static func newID() -> String { UUID().uuidString.lowercased() }
}
