public import Database
public import RADIUSTransport
public import ServerKernel
public import ServiceLifecycle
public import WebRouting

/// NAS devices: addresses, secrets, and the snapshot that the listeners read.
public struct NASClientsModule: FeatureModule {
    public static let name = "NASClients"
    public static var migrations: [Migration] { NASClientsMigrations.all }
    public var jobs: [Job] {
        [
            Job("nas.activity", every: .seconds(5)) { [activity, kernel] in
                try await kernel.withConnection { connection in try activity.write(over: connection) }
            },
            Job("nas.refresh", every: kernel.refreshInterval) { [registry, huntGroups, kernel] in
                try await kernel.withConnection { connection in
                    try registry.refresh(over: connection)
                    try huntGroups.refresh(over: connection)
                }
            },
        ]
    }
    public var services: [any Service] { [NASRefreshOnDemand(registry: registry, kernel: kernel)] }
    /// The devices as the listeners see them.
    public let registry: NASRegistry
    public let huntGroups = HuntGroupDirectory()
    private let kernel: Kernel
    private let activity: NASActivity
    private let server: NASServerSettings

    /// - Parameters:
    ///   - configured: devices of the configuration file.
    ///   - counters: of the listeners, which tell who was heard.
    ///   - server: where devices find this server.
    public init(
        _ kernel: Kernel, configured: [NASClient], counters: RADIUSCounters = RADIUSCounters(),
        server: NASServerSettings = NASServerSettings()
    ) {
        self.kernel = kernel
        self.server = server
        activity = NASActivity(counters)
        registry = NASRegistry(configured: configured, logger: kernel.logger)
    }

    public var routes: [Route] {
        NASRoutes(devices: NASService(kernel: kernel, registry: registry, activity: activity), server: server).all
    }
    public var permissions: [Permission] { Permission.all(NASRoutes.model, label: "NAS device") }
}

/// Refreshes the devices when a packet came from an unknown address or something was learned, at most once in half a second.
struct NASRefreshOnDemand: Service {
    let registry: NASRegistry
    let kernel: Kernel

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in registry.wakeUps() {
                // A database that is away shows itself in the periodic job's log line; here the next wake-up tries again.
                try? await kernel.withConnection { [registry] connection in try registry.refresh(over: connection) }
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}
