import Accounts
import Database
import HTTPTypes
import Localization
import ServerKernel
import TopologyFormats
import WebRouting

/// Nodes as managers handle them.
struct NodeService: Sendable {
    let kernel: Kernel
    let engine: TopologyEngine

    /// What a request says about a node; nil for what it leaves out.
    struct Input: Sendable {
        var topologyID: String?
        var organizationID: String??
        var label: String?
        var addresses: [String]?
        var properties: Properties?
        var userProperties: Properties?
    }

    func page(_ filter: ObjectFilter, _ page: Page, for access: TopologyAccess) async throws -> (nodes: [NodeRecord], total: Int) {
        try await kernel.withConnection { try NodeStore($0).page(filter, page, in: access.caller.scope) }
    }

    func node(_ id: String, for access: TopologyAccess) async throws -> NodeRecord {
        try await kernel.withConnection { try Self.node(id, access, $0) }
    }

    func add(_ input: Input, for access: TopologyAccess) async throws -> NodeRecord {
        try await kernel.withConnection { [engine] connection in
            let topologyID = input.topologyID ?? ""
            return try Self.inTopology(topologyID, access, engine, connection) { topology in
                let now = NetworkTopology.now()
                var node = NodeRecord(topologyID: topologyID, organizationID: topology.organizationID, created: now, modified: now)
                try Self.apply(input, to: &node, topology, access, connection)
                try NodeStore(connection).add(node)
                return node
            }
        }
    }

    func change(_ id: String, _ input: Input, for access: TopologyAccess) async throws -> NodeRecord {
        try await kernel.withConnection { [engine] connection in
            let before = try Self.node(id, access, connection)
            try access.checkChange(before.organizationID)
            let topologyID = input.topologyID ?? before.topologyID
            let node = try Self.inTopology(topologyID, access, engine, connection) { topology in
                // Again, as an update may have come before.
                var node = try Self.node(id, access, connection)
                if node.topologyID != topologyID, try NodeStore(connection).hasLinks(id) {
                    throw Problem.field("topology", "A node with links stays in its topology.")
                }
                node.topologyID = topologyID
                try Self.apply(input, to: &node, topology, access, connection)
                node.modified = NetworkTopology.now()
                try NodeStore(connection).update(node)
                return node
            }
            if before.topologyID != topologyID { try engine.change(before.topologyID, over: connection) { _ in } }
            return node
        }
    }

    func remove(_ id: String, for access: TopologyAccess) async throws {
        try await kernel.withConnection { [engine] connection in
            let node = try Self.node(id, access, connection)
            try access.checkChange(node.organizationID)
            try engine.change(node.topologyID, over: connection) { _ in try NodeStore(connection).remove(id: id) }
        }
    }

    private static func node(_ id: String, _ access: TopologyAccess, _ connection: any DatabaseConnection) throws -> NodeRecord {
        guard let node = try NodeStore(connection).node(id: id), access.sees(node.organizationID) else { throw Problem.notFound }
        return node
    }

    /// Changes a topology that the caller may name.
    static func inTopology<R>(
        _ id: String, _ access: TopologyAccess, _ engine: TopologyEngine, _ connection: any DatabaseConnection,
        _ body: (NetworkTopology) throws -> R
    ) throws -> R {
        do {
            return try engine.change(id, over: connection) { topology in
                guard access.sees(topology.organizationID) else { throw TopologyGone() }
                return try body(topology)
            }
        } catch is TopologyGone {
            throw TopologyAccess.unknown("topology", id)
        }
    }

    private static func apply(
        _ input: Input, to node: inout NodeRecord, _ topology: NetworkTopology, _ access: TopologyAccess,
        _ connection: any DatabaseConnection
    ) throws {
        if let organization = input.organizationID {
            // Left out or null, it is the topology's.
            node.organizationID = organization ?? topology.organizationID
        } else if node.organizationID == nil {
            node.organizationID = topology.organizationID
        }
        if let own = topology.organizationID, node.organizationID != own {
            throw Problem.field("organization", "node should have same organization as topology.")
        }
        let exists = try node.organizationID.map { try OrganizationStore(connection).organization(id: $0) != nil } ?? true
        try access.checkChoice(node.organizationID, exists: exists)
        if let label = input.label { node.label = label }
        if let addresses = input.addresses { node.addresses = addresses }
        if let properties = input.properties { node.properties = properties }
        if let properties = input.userProperties { node.userProperties = properties }
    }
}
