public import Database
import Foundation

/// A database that a test takes away and brings back. While it is away nothing can connect and every connection made before is lost,
/// as when a server stops.
public final class SwitchableEngine: DatabaseEngine, @unchecked Sendable {
    // `lock` guards `away`, `epoch` and `attempts`.
    private let lock = NSLock()
    private var away = false
    private var epoch = 0
    private var attempts = 0
    private let base: any DatabaseEngine

    public init(_ base: any DatabaseEngine) {
        self.base = base
    }

    public var dialect: Dialect { base.dialect }
    public var displayName: String { base.displayName }

    /// How often somebody tried to connect.
    public var connectionAttempts: Int { lock.withLock { attempts } }

    /// Loses all connections and lets nobody connect.
    public func takeAway() {
        lock.withLock {
            away = true
            epoch += 1
        }
    }

    /// Lets everybody connect again.
    public func bringBack() {
        lock.withLock { away = false }
    }

    /// Loses all connections; new ones can be made at once.
    public func cutConnections() {
        lock.withLock { epoch += 1 }
    }

    public func connect(_ purpose: ConnectionPurpose) throws(DatabaseError) -> any DatabaseConnection {
        let epoch = try admit()
        return SwitchableConnection(try base.connect(purpose), engine: self, epoch: epoch)
    }

    /// - Returns: the number that a connection made now belongs to.
    fileprivate func admit() throws(DatabaseError) -> Int {
        let (isAway, epoch) = lock.withLock { () -> (Bool, Int) in
            attempts += 1
            return (away, self.epoch)
        }
        if isAway { throw DatabaseError(.connection, "switched off") }
        return epoch
    }

    fileprivate func isCurrent(_ epoch: Int) -> Bool {
        lock.withLock { self.epoch == epoch }
    }
}

private final class SwitchableConnection: DatabaseConnection {
    private let base: any DatabaseConnection
    private let engine: SwitchableEngine
    private var epoch: Int
    private var isLost = false

    init(_ base: any DatabaseConnection, engine: SwitchableEngine, epoch: Int) {
        self.base = base
        self.engine = engine
        self.epoch = epoch
    }

    var dialect: Dialect { base.dialect }
    /// As with a real one, a loss shows at the first call after it.
    var isUsable: Bool { !isLost && base.isUsable }

    private func check() throws(DatabaseError) {
        if !isLost, engine.isCurrent(epoch) { return }
        isLost = true
        throw DatabaseError(.connection, "switched off")
    }

    func execute(_ statement: Statement, _ arguments: [DatabaseValue]) throws(DatabaseError) -> Int {
        try check()
        return try base.execute(statement, arguments)
    }

    func query(
        _ statement: Statement, _ arguments: [DatabaseValue], _ row: (any DatabaseRow) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        try check()
        try base.query(statement, arguments, row)
    }

    func executeRows(_ statement: Statement, columns: [DatabaseColumn]) throws(DatabaseError) -> Int {
        try check()
        return try base.executeRows(statement, columns: columns)
    }

    func transaction<R>(_ body: () throws(DatabaseError) -> R) throws(DatabaseError) -> R {
        try check()
        return try base.transaction { () throws(DatabaseError) -> R in
            let result = try body()
            try check()
            return result
        }
    }

    func script(_ sql: String) throws(DatabaseError) {
        try check()
        try base.script(sql)
    }

    func reconnect() throws(DatabaseError) {
        epoch = try engine.admit()
        try base.reconnect()
        isLost = false
    }
}
