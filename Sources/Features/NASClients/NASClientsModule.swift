public import Database
public import RADIUSTransport
public import ServerKernel
public import ServiceLifecycle

/// NAS devices: addresses, secrets, and the snapshot that the listeners read.
public struct NASClientsModule: FeatureModule {
    public static let name = "NASClients"
    public static var migrations: [Migration] { NASClientsMigrations.all }
    public var jobs: [Job] {
        [
            Job("nas.refresh", every: kernel.refreshInterval) { [registry, huntGroups, kernel] in
                try await kernel.withConnection { connection in
                    try registry.refresh(over: connection)
                    try huntGroups.refresh(over: connection)
                }
            }
        ]
    }
    public var services: [any Service] { [NASRefreshOnDemand(registry: registry, kernel: kernel)] }
    /// The devices as the listeners see them.
    public let registry: NASRegistry
    public let huntGroups = HuntGroupDirectory()
    private let kernel: Kernel

    /// - Parameter configured: devices of the configuration file.
    public init(_ kernel: Kernel, configured: [NASClient]) {
        self.kernel = kernel
        registry = NASRegistry(configured: configured, logger: kernel.logger)
    }
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
