import Database
import NIOConcurrencyHelpers

/// Graphs in memory, so that an update need not read what the one before it wrote. A graph counts only as long as the topology's row
/// says the same number of writes: other processes write, too.
final class GraphCache: Sendable {
    private struct State {
        var graphs: [String: StoredGraph] = [:]
        /// The most recently used last.
        var order: [String] = []
    }

    private let state = NIOLockedValueBox(State())
    private let limit: Int

    /// - Parameter limit: nodes and links of all graphs together; the largest topology is kept in any case.
    init(limit: Int = 400_000) {
        self.limit = limit
    }

    /// The graph of a topology as its row says, from memory or from the tables.
    /// - Parameter connection: inside the transaction that read the row, where it must not change meanwhile.
    func graph(of topology: NetworkTopology, over connection: any DatabaseConnection) throws(DatabaseError) -> StoredGraph {
        if let known = state.withLockedValue({ $0.graphs[topology.id] }), known.writes == topology.writes { return known }
        return try GraphStore(connection).graph(of: topology)
    }

    /// Keeps a graph that was committed.
    func keep(_ graph: StoredGraph, of id: String) {
        state.withLockedValue { state in
            // Of two that were committed one after the other the later one stays.
            if let known = state.graphs[id], known.writes > graph.writes { return }
            state.graphs[id] = graph
            state.order.removeAll { $0 == id }
            state.order.append(id)
            var weight = state.graphs.values.reduce(0) { $0 + $1.weight }
            while weight > limit, state.order.count > 1 {
                weight -= state.graphs.removeValue(forKey: state.order.removeFirst())?.weight ?? 0
            }
        }
    }

    /// Drops a topology that is gone.
    func drop(_ id: String) {
        state.withLockedValue { state in
            state.graphs[id] = nil
            state.order.removeAll { $0 == id }
        }
    }
}
