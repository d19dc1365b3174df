public import Database
public import Logging

/// What every module gets: the database, the event bus, the log.
public struct Kernel: Sendable {
    /// The one database.
    public let engine: any DatabaseEngine
    /// Facts after their commit.
    public let events: EventBus
    /// The program's log.
    public let logger: Logger
    /// How often snapshots of the database (NAS devices, organizations) are read again.
    public let refreshInterval: Duration
    private let pool: ConnectionPool
    private let batchPool: ConnectionPool

    /// - Parameter connections: size of the pool behind ``withConnection(_:)``.
    public init(engine: any DatabaseEngine, connections: Int, refreshInterval: Duration, logger: Logger) {
        self.engine = engine
        self.logger = logger
        self.refreshInterval = refreshInterval
        events = EventBus()
        pool = ConnectionPool(engine: engine, size: connections)
        batchPool = ConnectionPool(engine: engine, size: 2, purpose: .bulk)
    }

    /// Runs blocking database work off the cooperative threads; see ``ConnectionPool/withConnection(_:)``.
    public func withConnection<R: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> R) async throws -> R {
        try await pool.withConnection(body)
    }

    /// The same for batches of changes that find everything by an index; no other work is before them.
    public func withBatchConnection<R: Sendable>(
        _ body: @escaping @Sendable (any DatabaseConnection) throws -> R
    ) async throws -> R {
        try await batchPool.withConnection(body)
    }

    /// Lets the pools' threads end.
    public func stop() {
        pool.stop()
        batchPool.stop()
    }
}
