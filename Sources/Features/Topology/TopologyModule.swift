public import Database
import Foundation
import Logging
public import ServerKernel
public import ServiceLifecycle
public import WebRouting

/// Network topologies: inputs fetched and received, their graph with its history, and everybody who watches it.
public struct TopologyModule: FeatureModule {
    public static let name = "Topology"
    public static var migrations: [Migration] { TopologyMigrations.all }

    private let kernel: Kernel
    private let settings: TopologySettings
    let engine: TopologyEngine
    let hub: TopologyHub
    let feed: TopologyFeed
    private let service: TopologyService
    let updater: TopologyUpdater
    private let authenticator: any Authenticator
    private let page: @Sendable (String, WebRequest) async throws -> WebResponse

    /// - Parameters:
    ///   - authenticator: finds out who opens a WebSocket, and whether that one may still watch.
    ///   - page: makes the page of a file of the console's folder.
    public init(
        _ kernel: Kernel, settings: TopologySettings, authenticator: any Authenticator,
        page: @escaping @Sendable (_ file: String, _ request: WebRequest) async throws -> WebResponse
    ) {
        self.kernel = kernel
        self.settings = settings
        self.authenticator = authenticator
        self.page = page
        let present = GraphPresence(kernel)
        let hub = TopologyHub(logger: kernel.logger) { id, known in try await present.state(of: id, knowing: known) }
        let engine = TopologyEngine(events: kernel.events, logger: kernel.logger) { hub.changed($0) }
        present.use(engine)
        self.hub = hub
        self.engine = engine
        feed = TopologyFeed(kernel, hub: hub)
        let queue = UpdateQueue()
        let fetcher = InputFetcher(settings)
        service = TopologyService(kernel: kernel, engine: engine, fetcher: fetcher, queue: queue, settings: settings)
        updater = TopologyUpdater(kernel: kernel, engine: engine, fetcher: fetcher, queue: queue, settings: settings)
    }

    public var routes: [Route] {
        TopologyRoutes(service: service).all + NodeRoutes(service: NodeService(kernel: kernel, engine: engine)).all
            + LinkRoutes(service: LinkService(kernel: kernel, engine: engine)).all + SourceRoutes(service: service).all
            + TopologyPages(service: service, make: page).all
    }

    public var sockets: [WebSocketRoute] {
        [TopologySocket(kernel: kernel, hub: hub, authenticator: authenticator, settings: settings).route]
    }

    public var permissions: [Permission] {
        Permission.all(TopologyAccess.topology, label: "topology") + Permission.all(TopologyAccess.node, label: "node of a topology")
            + Permission.all(TopologyAccess.link, label: "link of a topology")
    }

    public var services: [any Service] { [feed] }

    public var jobs: [Job] {
        let upkeep = TopologyUpkeep(engine, settings: settings)
        return [
            Job("topology.update", every: .seconds(5)) { [updater] in try await updater.updateDue() },
            Job("topology.watch", every: .seconds(1)) { [feed] in try await feed.look() },
            Job("topology.overdue", every: .seconds(30)) { [kernel] in
                try await kernel.withConnection { try upkeep.takeOverdueLinksDown(now: NetworkTopology.now(), over: $0) }
            },
            Job("topology.snapshots", every: .seconds(600)) { [kernel] in
                _ = try await kernel.withConnection { try upkeep.saveSnapshots(now: NetworkTopology.now(), over: $0) }
            },
            Job("topology.expired", every: .seconds(3600)) { [kernel] in
                try await kernel.withConnection { try upkeep.deleteExpired(now: NetworkTopology.now(), over: $0) }
            },
        ]
    }
}
