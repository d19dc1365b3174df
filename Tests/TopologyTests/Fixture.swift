import Accounts
import Database
import Foundation
import HTTPTypes
import Logging
import OrganizationSettings
import ServerKernel
import TestSupport
import TopologyFormats
import WebRouting
import WebTestSupport

@testable import Topology

/// A migrated database with the organizations `cafe` and `museum`, and the module over it.
struct Fixture {
    let engine: any DatabaseEngine
    let connection: any DatabaseConnection
    let kernel: Kernel
    let module: TopologyModule
    let cafe: Organization
    let museum: Organization
    let authenticator: FixedAuthenticator
    let client: TestClient

    static let path = "/api/v1/network-topology/"

    static func with(
        _ engine: TestDatabase.Engine, switchable: Bool = false, isolation: isolated (any Actor)? = #isolation,
        _ change: (inout TopologySettings) -> Void = { _ in }, _ body: (Fixture) async throws -> Void
    ) async throws {
        let schema = [
            ServerSecrets.migrations, AccountsModule.migrations, OrganizationSettingsModule.migrations, TopologyModule.migrations,
        ]
        try await TestDatabase.with(engine, schema: schema) { database in
            let connection = try database.engine.connect(.general)
            let engine: any DatabaseEngine = switchable ? SwitchableEngine(database.engine) : database.engine
            let fixture = try Fixture(engine, connection, change)
            defer { fixture.kernel.stop() }
            try await body(fixture)
        }
    }

    init(_ engine: any DatabaseEngine, _ connection: any DatabaseConnection, _ change: (inout TopologySettings) -> Void) throws {
        self.engine = engine
        self.connection = connection
        let store = OrganizationStore(connection)
        let known = try store.all()
        let cafe = known.first { $0.slug == "cafe" } ?? Organization(name: "Café", slug: "cafe")
        let museum = known.first { $0.slug == "museum" } ?? Organization(name: "Museum", slug: "museum")
        (self.cafe, self.museum) = (cafe, museum)
        if known.isEmpty {
            try store.add(cafe)
            try store.add(museum)
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        kernel = Kernel(engine: engine, connections: 2, refreshInterval: .seconds(60), logger: logger)
        let all = ["topology", "node", "link"].flatMap { model in ["view", "add", "change", "delete"].map { "\($0)_\(model)" } }
        func person(_ name: String, in organization: Organization? = nil, _ permissions: [String] = [], isRoot: Bool = false) -> Principal {
            Principal(
                id: name, username: name, method: .apiToken, isSuperuser: isRoot,
                memberships: organization.map { [$0.id: Principal.Role.manager] } ?? [:], permissions: Set(permissions))
        }
        authenticator = FixedAuthenticator([
            "root": person("root", isRoot: true), "manager": person("manager", in: cafe, all),
            "viewer": person("viewer", in: cafe, ["view_topology"]), "changer": person("changer", in: cafe, ["change_topology"]),
            "powerless": person("powerless", in: cafe), "foreigner": person("foreigner", in: museum, all),
            "nobody": person("nobody", all),
        ])
        var settings = TopologySettings()
        settings.timeZone = TimeZone(identifier: "UTC") ?? .current
        change(&settings)
        module = TopologyModule(kernel, settings: settings, authenticator: authenticator) { file, _ in
            WebResponse(contentType: "text/html", body: "page \(file)")
        }
        client = TestClient(module.routes, sockets: module.sockets, authenticator: authenticator)
    }

    /// The client with somebody's token.
    func user(_ name: String) -> TestClient { client.bearing(name) }

    /// Adds a topology of `cafe`.
    func topology(
        _ label: String = "mesh", strategy: NetworkTopology.Strategy = .fetch, expiration: Int64 = 0, isShared: Bool = false,
        isPublished: Bool = true, url: String = "http://192.0.2.1/"
    ) throws -> NetworkTopology {
        let topology = NetworkTopology(
            organizationID: isShared ? nil : cafe.id, label: label, format: .netjson, strategy: strategy,
            url: strategy == .fetch ? url : "", key: "secret", expirationTime: expiration, isPublished: isPublished)
        try TopologyStore(connection).add(topology)
        return topology
    }

    func stored(_ id: String) throws -> NetworkTopology? { try TopologyStore(connection).topology(id: id) }

    @discardableResult
    func take(_ graph: NetworkGraph, _ id: String, now: Int64 = NetworkTopology.now()) throws -> TopologyEngine.Outcome? {
        try module.engine.take(graph, for: id, now: now, over: connection)
    }

    /// Everything that the tables hold of nodes and links.
    func rows() throws -> [[String]] {
        try connection.table("SELECT * FROM radian_topology_node ORDER BY id")
            + connection.table("SELECT * FROM radian_topology_link ORDER BY id")
    }

    /// A chain of nodes, each with a link to the next.
    static func chain(_ count: Int, cost: Double = 1) -> NetworkGraph {
        let nodes = (0..<count).map { GraphNode(id: "10.0.\($0 / 250).\($0 % 250)", properties: ["number": .integer(Int64($0))]) }
        let links = zip(nodes, nodes.dropFirst()).map { GraphLink(source: $0.id, target: $1.id, cost: cost) }
        return NetworkGraph(protocolName: "OLSR", version: "0.8", metric: "ETX", nodes: nodes, links: links)
    }

    static let netJSON = """
        {"type":"NetworkGraph","protocol":"OLSR","version":"0.8","metric":"ETX","nodes":[{"id":"10.0.0.1","label":"one"},{"id":"10.0.0.2"}],
        "links":[{"source":"10.0.0.1","target":"10.0.0.2","cost":1.5}]}
        """
}
