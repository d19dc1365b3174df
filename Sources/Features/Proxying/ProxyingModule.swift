public import Database
import Foundation
public import RADIUSProxy
public import ServerKernel
public import ServiceLifecycle

/// Realms, home servers and pools, and the queue of accounting to home servers.
public struct ProxyingModule: FeatureModule {
    public static let name = "Proxying"
    public static var migrations: [Migration] { ProxyingMigrations.all }
    public var jobs: [Job] {
        [
            Job("proxy.refresh", every: kernel.refreshInterval) { [directory, kernel] in
                try await kernel.withConnection { connection in try directory.refresh(over: connection) }
            }
        ]
    }
    public var services: [any Service] { [drain, ProxyShutdown(router: router)] }
    /// What is in force; the stages go by it.
    public let router: ProxyRouter
    /// File and tables together.
    public let directory: ProxyDirectory
    private let kernel: Kernel
    private let drain: RelayDrain

    /// - Parameters:
    ///   - router: without realms yet; ``directory`` gives it some.
    ///   - configured: those of the configuration file.
    public init(_ kernel: Kernel, router: ProxyRouter, configured: ConfiguredProxies) {
        self.kernel = kernel
        self.router = router
        directory = ProxyDirectory(configured, router: router, logger: kernel.logger)
        let (wakeUp, waker) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        drain = RelayDrain(kernel: kernel, router: router, wakeUp: wakeUp, wake: { waker.yield() })
    }

    /// The queue's entrance for one packet thread.
    public func relayQueue(over connection: KeptConnection) -> RelayQueue { RelayQueue(connection, onEnqueue: drain.wake) }

    /// For the control socket: `home-server.status` prints one JSON object a line, `home-server.set-state` takes `name` and `state`
    /// (`up` or `down`).
    public var controlCommands: [String: ControlCommand] {
        [
            "home-server.status": { [router] _ in
                AsyncStream { lines in
                    let encoder = JSONEncoder()
                    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                    for status in router.statuses {
                        if let line = try? encoder.encode(status) { lines.yield(String(decoding: line, as: UTF8.self)) }
                    }
                    lines.finish()
                }
            },
            "home-server.set-state": { [router] options in
                AsyncStream { lines in
                    let isDown = options["state"] == "down"
                    if !isDown, options["state"] != "up" {
                        lines.yield("the state must be up or down")
                    } else if !router.setDown(options["name"] ?? "", isDown) {
                        lines.yield("there is no home server of this name")
                    } else {
                        lines.yield("ok")
                    }
                    lines.finish()
                }
            },
        ]
    }
}

/// Ends the router's timers when the program ends.
private struct ProxyShutdown: Service {
    let router: ProxyRouter

    func run() async throws {
        try? await gracefulShutdown()
        router.stop()
    }
}
