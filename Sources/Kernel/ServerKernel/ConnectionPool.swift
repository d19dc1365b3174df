public import Database
import Foundation
import WebRouting

/// A few threads with one database connection each, for work off the packet path: jobs, the control socket, later the REST API.
///
/// Connections are opened when first needed and opened again after a loss. Never use it from an event loop by blocking: the
/// only way in is `await`.
public final class ConnectionPool: @unchecked Sendable {
    // `condition` guards `queue` and `stopped`; connections live on their threads' stacks.
    private let condition = NSCondition()
    private var queue: [(inout (any DatabaseConnection)?) -> Void] = []
    private var stopped = false
    private let engine: any DatabaseEngine
    private let purpose: ConnectionPurpose

    /// - Parameter size: number of connections, 1 or more.
    public init(engine: any DatabaseEngine, size: Int, purpose: ConnectionPurpose = .general) {
        self.engine = engine
        self.purpose = purpose
        for index in 0..<size {
            let thread = Thread { [self] in work() }
            thread.name = "db-\(purpose)-\(index)"
            thread.start()
        }
    }

    /// Runs `body` on a pool thread with its connection, on behalf of the caller's ``WebRouting/ChangeAuthor``. The connection must not leave
    /// the closure.
    public func withConnection<R: Sendable>(
        _ body: @escaping @Sendable (any DatabaseConnection) throws -> R
    ) async throws -> R {
        let author = ChangeAuthor.current
        return try await withCheckedThrowingContinuation { continuation in
            condition.lock()
            defer { condition.unlock() }
            if stopped { return continuation.resume(throwing: CancellationError()) }
            queue.append { [self] kept in
                let result = ChangeAuthor.$current.withValue(author) { Result { try body(try usable(&kept)) } }
                continuation.resume(with: result)
            }
            condition.signal()
        }
    }

    /// Ends the threads once the queue is empty.
    public func stop() {
        condition.lock()
        stopped = true
        condition.broadcast()
        condition.unlock()
    }

    private func usable(_ kept: inout (any DatabaseConnection)?) throws(DatabaseError) -> any DatabaseConnection {
        if let connection = kept {
            if !connection.isUsable { try connection.reconnect() }
            return connection
        }
        let connection = try engine.connect(purpose)
        kept = connection
        return connection
    }

    private func work() {
        var connection: (any DatabaseConnection)?
        while let job = next() { job(&connection) }
    }

    private func next() -> ((inout (any DatabaseConnection)?) -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while queue.isEmpty {
            if stopped { return nil }
            condition.wait()
        }
        return queue.removeFirst()
    }
}
