import NIOConcurrencyHelpers
import ServerKernel
import WebRouting

/// Looks for the hub what topologies are now. The engine, which tells the hub of changes, is made after it.
final class GraphPresence: Sendable {
    private let kernel: Kernel
    private let engine = NIOLockedValueBox<TopologyEngine?>(nil)

    init(_ kernel: Kernel) {
        self.kernel = kernel
    }

    func use(_ engine: TopologyEngine) {
        self.engine.withLockedValue { $0 = engine }
    }

    /// - Parameter known: ``NetworkTopology/changes`` that watchers know.
    func state(of id: String, knowing known: Int64) async throws -> TopologyHub.Present {
        let engine = engine.withLockedValue { $0 }
        return try await kernel.withConnection { connection in
            guard let topology = try TopologyStore(connection).topology(id: id) else { return .gone }
            if topology.changes <= known { return .same }
            guard let document = try engine?.document(id, over: connection) else { return .gone }
            return .changed(document.topology.changes, SharedMessage(document.message))
        }
    }
}
