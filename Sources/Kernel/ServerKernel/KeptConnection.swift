public import Database
import Dispatch

/// One thread's own database connection: opened when first needed, opened again after a loss, with growing pauses between attempts
/// so that a packet thread whose database is away goes on emptying its socket.
///
/// Confined to the thread that made it.
public final class KeptConnection {
    private let engine: any DatabaseEngine
    private let purpose: ConnectionPurpose
    private var connection: (any DatabaseConnection)?
    private var failures = 0
    private var nextAttempt: UInt64 = 0
    private static let firstPause: UInt64 = 50_000_000
    private static let longestPause: UInt64 = 2_000_000_000

    /// For a thread that must not wait for a database: it is always away.
    public static func absent(_ engine: any DatabaseEngine) -> KeptConnection {
        let connection = KeptConnection(engine, .packets)
        connection.nextAttempt = .max
        return connection
    }

    /// Opens nothing yet.
    public init(_ engine: any DatabaseEngine, _ purpose: ConnectionPurpose) {
        self.engine = engine
        self.purpose = purpose
    }

    /// Runs `body` with the connection. A body that finds the connection lost is run once more over a new one, so it must be
    /// safe to repeat.
    /// - Throws: kind `connection` while the database is away, at once when the last attempt is only a moment ago.
    public func use<R>(_ body: (any DatabaseConnection) throws(DatabaseError) -> R) throws(DatabaseError) -> R {
        let hadConnection = connection?.isUsable == true
        do {
            return try body(try usable())
        } catch {
            guard error.kind == .connection, hadConnection else { throw error }
            return try body(try usable())
        }
    }

    private func usable() throws(DatabaseError) -> any DatabaseConnection {
        if let connection, connection.isUsable { return connection }
        guard DispatchTime.now().uptimeNanoseconds >= nextAttempt else {
            throw DatabaseError(.connection, "the database is away; the next attempt to reach it is due shortly")
        }
        do {
            if let connection {
                try connection.reconnect()
                failures = 0
                return connection
            }
            let opened = try engine.connect(purpose)
            connection = opened
            failures = 0
            return opened
        } catch {
            let pause = min(Self.firstPause << UInt64(min(failures, 6)), Self.longestPause)
            failures += 1
            nextAttempt = DispatchTime.now().uptimeNanoseconds + pause
            throw error
        }
    }
}
