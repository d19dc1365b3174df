import Database
import Foundation
import Logging
import NIOConcurrencyHelpers
import ServerKernel
import ServiceLifecycle

/// Hears of changes that other processes made: at once where the database tells (PostgreSQL), and by looking every second.
final class TopologyFeed: Service {
    /// PostgreSQL's channel; the payload is a topology's id.
    static let channel = "radian_topology"

    private let kernel: Kernel
    private let hub: TopologyHub
    private let isOver = NIOLockedValueBox(false)

    init(_ kernel: Kernel, hub: TopologyHub) {
        self.kernel = kernel
        self.hub = hub
    }

    /// Looks whether watched topologies are what their watchers know.
    func look() async throws {
        let watched = hub.watched
        if watched.isEmpty { return }
        let changes = try await kernel.withConnection { try TopologyStore($0).changes(of: watched.keys.sorted()) }
        for (id, known) in watched where changes[id] != known { hub.changed(id) }
    }

    /// Listens until the program shuts down.
    func run() async throws {
        let thread = Thread { [self] in listen() }
        thread.name = "topology-feed"
        thread.start()
        try? await gracefulShutdown()
        isOver.withLockedValue { $0 = true }
    }

    private func listen() {
        var listener: (any DatabaseListener)?
        while !isOver.withLockedValue({ $0 }) {
            do throws(DatabaseError) {
                if listener == nil {
                    // An engine without this is looked at only.
                    guard let fresh = try kernel.engine.listen(to: Self.channel) else { return }
                    listener = fresh
                    // What happened before nobody told.
                    for id in hub.watched.keys { hub.changed(id) }
                }
                for id in try listener?.wait(milliseconds: 500) ?? [] { hub.changed(id) }
            } catch {
                listener = nil
                Thread.sleep(forTimeInterval: 1)
            }
        }
    }
}
