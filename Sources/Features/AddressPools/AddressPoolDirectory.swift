public import Database
import NIOConcurrencyHelpers
import RADIUSPipeline

/// The pools as packet threads see them, swapped whole.
public final class AddressPoolDirectory: Sendable {
    struct Snapshot: Sendable {
        var pools: [String: AddressPool] = [:]
        /// Whether FreeRADIUS's table exists and has rows.
        var hasTable = false
        var isEmpty: Bool { pools.isEmpty && !hasTable }
    }

    private let snapshot = NIOLockedValueBox(Snapshot())

    public init() {}

    var current: Snapshot { snapshot.withLockedValue { $0 } }

    /// Reads the pools again.
    public func refresh(over connection: any DatabaseConnection) throws(DatabaseError) {
        var fresh = Snapshot()
        for pool in try AddressPoolStore(connection).all() { fresh.pools[pool.name] = pool }
        if try connection.tableExists("radippool") { fresh.hasTable = try FreeRADIUSPool.hasRows(connection) }
        snapshot.withLockedValue { $0 = fresh }
    }
}
