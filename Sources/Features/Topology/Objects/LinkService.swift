import Database
import HTTPTypes
import Localization
import ServerKernel
import TopologyFormats
import WebRouting

/// Links as managers handle them.
struct LinkService: Sendable {
    let kernel: Kernel
    let engine: TopologyEngine

    /// What a request says about a link; nil for what it leaves out.
    struct Input: Sendable {
        var topologyID: String?
        var source: String?
        var target: String?
        var cost: Double?
        var costText: String?
        var isUp: Bool?
        var properties: Properties?
        var userProperties: Properties?
    }

    func page(_ filter: ObjectFilter, _ page: Page, for access: TopologyAccess) async throws -> (links: [LinkRecord], total: Int) {
        try await kernel.withConnection { try LinkStore($0).page(filter, page, in: access.caller.scope) }
    }

    func link(_ id: String, for access: TopologyAccess) async throws -> LinkRecord {
        try await kernel.withConnection { try Self.link(id, access, $0) }
    }

    func add(_ input: Input, for access: TopologyAccess) async throws -> LinkRecord {
        try await kernel.withConnection { [engine] connection in
            try NodeService.inTopology(input.topologyID ?? "", access, engine, connection) { topology in
                let now = NetworkTopology.now()
                var link = LinkRecord(
                    topologyID: topology.id, source: input.source ?? "", target: input.target ?? "", cost: input.cost ?? 0,
                    statusChanged: now, created: now, modified: now)
                try Self.apply(input, to: &link, topology, access, connection)
                try LinkStore(connection).add(link)
                return link
            }
        }
    }

    func change(_ id: String, _ input: Input, for access: TopologyAccess) async throws -> LinkRecord {
        try await kernel.withConnection { [engine] connection in
            let before = try Self.link(id, access, connection)
            try access.checkChange(before.organizationID)
            let topologyID = input.topologyID ?? before.topologyID
            let link = try NodeService.inTopology(topologyID, access, engine, connection) { topology in
                var link = try Self.link(id, access, connection)
                let wasUp = link.isUp
                link.topologyID = topologyID
                try Self.apply(input, to: &link, topology, access, connection)
                link.modified = NetworkTopology.now()
                if link.isUp != wasUp { link.statusChanged = link.modified }
                try LinkStore(connection).update(link)
                return link
            }
            if before.topologyID != topologyID { try engine.change(before.topologyID, over: connection) { _ in } }
            return link
        }
    }

    func remove(_ id: String, for access: TopologyAccess) async throws {
        try await kernel.withConnection { [engine] connection in
            let link = try Self.link(id, access, connection)
            try access.checkChange(link.organizationID)
            try engine.change(link.topologyID, over: connection) { _ in try LinkStore(connection).remove(id: id) }
        }
    }

    private static func link(_ id: String, _ access: TopologyAccess, _ connection: any DatabaseConnection) throws -> LinkRecord {
        guard let link = try LinkStore(connection).link(id: id), access.sees(link.organizationID) else { throw Problem.notFound }
        return link
    }

    private static func apply(
        _ input: Input, to link: inout LinkRecord, _ topology: NetworkTopology, _ access: TopologyAccess,
        _ connection: any DatabaseConnection
    ) throws {
        if let source = input.source { link.source = source }
        if let target = input.target { link.target = target }
        if let cost = input.cost { link.cost = cost }
        if let text = input.costText { link.costText = text }
        if let isUp = input.isUp { link.isUp = isUp }
        // What is generated is stored nowhere else.
        if var properties = input.properties {
            for name in LinkAttributes.reserved { properties[name] = nil }
            link.properties = properties
        }
        if let properties = input.userProperties { link.userProperties = properties }
        if link.source == link.target { throw Problem.nonField("source and target must not be the same") }
        let source = try end("source", link.source, topology, access, connection)
        let target = try end("target", link.target, topology, access, connection)
        if let own = topology.organizationID {
            if source.organizationID != own { throw Problem.field("source", "Source node and topology should have same organization.") }
            if target.organizationID != own { throw Problem.field("target", "Target node and topology should have same organization.") }
            link.organizationID = own
        } else {
            link.organizationID = source.organizationID == target.organizationID ? source.organizationID : nil
        }
        if link.organizationID == nil, !access.caller.isSuperuser { throw Problem.forbidden }
    }

    private static func end(
        _ field: String, _ id: String, _ topology: NetworkTopology, _ access: TopologyAccess, _ connection: any DatabaseConnection
    ) throws -> NodeRecord {
        guard let node = try NodeStore(connection).node(id: id), access.sees(node.organizationID) else {
            throw TopologyAccess.unknown(field, id)
        }
        guard node.topologyID == topology.id else {
            throw Problem.field(
                field,
                field == "source" ? "Source node and link should have same topology." : "Target node and link should have same topology.")
        }
        return node
    }
}
