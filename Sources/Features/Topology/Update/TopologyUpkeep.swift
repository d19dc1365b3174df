import Accounts
public import Database
import Foundation

/// What time does to topologies: links that nobody names any more go down, what is gone for long is deleted, each day has its snapshot.
public struct TopologyUpkeep: Sendable {
    private let engine: TopologyEngine
    private let settings: TopologySettings

    public init(_ engine: TopologyEngine, settings: TopologySettings) {
        self.engine = engine
        self.settings = settings
    }

    private static let overdueTopologies = Statement(
        """
        SELECT DISTINCT l.topology_id FROM radian_topology_link l JOIN radian_topology t ON t.id = l.topology_id
        WHERE l.is_up = 1 AND t.strategy = 'receive' AND t.is_published = 1 AND t.expiration_time > 0
            AND l.modified < $1 - t.expiration_time * 1000000
        """)
    private static let takeOverdueDown = Statement(
        """
        UPDATE radian_topology_link SET is_up = 0, status_changed = $2, modified = $2
        WHERE topology_id = $1 AND is_up = 1 AND modified < $3 RETURNING id
        """)
    private static let expiredLinkTopologies = Statement(
        "SELECT DISTINCT topology_id FROM radian_topology_link WHERE is_up = 0 AND modified < $1")
    private static let deleteLinks = Statement("DELETE FROM radian_topology_link WHERE topology_id = $1 AND is_up = 0 AND modified < $2")
    private static let loneNode = """
        modified < $1 AND NOT EXISTS (SELECT 1 FROM radian_topology_link l
            WHERE l.source_id = radian_topology_node.id OR l.target_id = radian_topology_node.id)
        """
    private static let expiredNodeTopologies = Statement("SELECT DISTINCT topology_id FROM radian_topology_node WHERE \(loneNode)")
    private static let deleteNodes = Statement("DELETE FROM radian_topology_node WHERE \(loneNode) AND topology_id = $2")

    /// Takes links down that no input named for longer than their topology allows, also where no input comes any more.
    /// - Parameter now: microseconds since 1970 UTC.
    public func takeOverdueLinksDown(now: Int64, over connection: any DatabaseConnection) throws {
        for id in try connection.rows(Self.overdueTopologies, [.integer(now)], { $0.text(0) }) {
            let down = try unlessGone {
                try engine.change(id, over: connection) { topology in
                    let limit = now - topology.expirationTime * 1_000_000
                    return try connection.rows(Self.takeOverdueDown, [.text(id), .integer(now), .integer(limit)]) { $0.text(0) }
                }
            }
            engine.publish(down: down ?? [], of: id)
        }
    }

    /// Deletes links that stay down, and nodes without links, as the settings say.
    public func deleteExpired(now: Int64, over connection: any DatabaseConnection) throws {
        guard let days = settings.linkExpirationDays else { return }
        let limit = now - days * 86_400_000_000
        for id in try connection.rows(Self.expiredLinkTopologies, [.integer(limit)], { $0.text(0) }) {
            try unlessGone {
                try engine.change(id, over: connection) { _ in
                    _ = try connection.execute(Self.deleteLinks, [.text(id), .integer(limit)])
                }
            }
        }
        guard let days = settings.nodeExpirationDays else { return }
        let nodeLimit = now - days * 86_400_000_000
        for id in try connection.rows(Self.expiredNodeTopologies, [.integer(nodeLimit)], { $0.text(0) }) {
            try unlessGone {
                try engine.change(id, over: connection) { _ in
                    _ = try connection.execute(Self.deleteNodes, [.integer(nodeLimit), .text(id)])
                }
            }
        }
    }

    /// Stores today's graph of published topologies, where it is not stored as it is.
    /// - Parameter label: part of the label of those that are meant; nil for all.
    /// - Returns: how many were stored.
    @discardableResult
    public func saveSnapshots(now: Int64, label: String? = nil, over connection: any DatabaseConnection) throws -> Int {
        let day = TopologyTime.day(now, in: settings.timeZone)
        let store = SnapshotStore(connection)
        let known = try store.changes(on: day)
        var filter = TopologyStore.Filter()
        filter.label = label
        var saved = 0
        for topology in try TopologyStore(connection).topologies(filter) where known[topology.id] != topology.changes {
            guard let document = try engine.document(topology.id, over: connection) else { continue }
            try store.save(document.short, of: document.topology, day: day, at: now)
            saved += 1
        }
        if let days = settings.snapshotDays {
            try store.purge(before: TopologyTime.day(now - days * 86_400_000_000, in: settings.timeZone))
        }
        return saved
    }

    @discardableResult
    private func unlessGone<R>(_ body: () throws -> R) throws -> R? {
        do {
            return try body()
        } catch is TopologyGone {
            return nil
        }
    }
}
