public import Database
import Foundation
public import Logging
public import RADIUSPipeline
import ServerKernel

/// Which authentications are written to `radpostauth`.
public enum LoggedAuthentications: String, Sendable, CaseIterable {
    case all, rejects, none
}

/// Writes `radpostauth` off the reply path: decisions wait in a bounded queue and one thread writes whatever has gathered.
///
/// A full queue (database away, or slower than the decisions come) drops the oldest entries and counts them.
public final class PostAuthenticationLog: AuthenticationLog, @unchecked Sendable {
    // `condition` guards `queue`, `waiting`, `dropped` and `stopping`; the connection lives on the writer's thread.
    private let condition = NSCondition()
    /// In the order of their coming, in pieces, so that to take one moves no other, and memory of a burst goes with it.
    private var queue: [[AuthenticationLogEntry]] = []
    private var waiting = 0
    private var dropped = 0
    private var stopping = false
    private let finished = DispatchSemaphore(value: 0)
    private let engine: any DatabaseEngine
    private let scope: LoggedAuthentications
    private let capacity: Int
    /// Entries of a piece, which is a batch for the database and what a full queue drops at once.
    private let pieceSize: Int
    private let logger: Logger

    static let insert = Statement(
        """
        INSERT INTO radpostauth (username, pass, reply, calledstationid, callingstationid, authdate, class, nasname, reason, organization_id,
            method)
        SELECT r.username, '', r.reply, r.called, r.calling,
            {{postgres: to_timestamp(r.at / 1000000.0)}}{{sqlite: strftime('%Y-%m-%d %H:%M:%f', r.at / 1000000.0, 'unixepoch')}},
            r.class, r.nas, r.reason, r.organization, r.method
        FROM {{rows username text, reply text, called text, calling text, at bigint, class text, nas text, reason text, organization text,
            method text}}
        """)

    /// - Parameters:
    ///   - scope: what is written; the rest is left out.
    ///   - capacity: entries that may wait.
    public init(engine: any DatabaseEngine, scope: LoggedAuthentications = .all, capacity: Int = 100_000, logger: Logger) {
        self.engine = engine
        self.scope = scope
        self.capacity = capacity
        pieceSize = min(1000, max(1, capacity / 10))
        self.logger = logger
    }

    /// Starts the writer's thread; entries may be appended before.
    public func start() {
        let thread = Thread { [self] in write() }
        thread.name = "post-auth-log"
        thread.start()
    }

    /// Entries dropped so far because the queue was full.
    public var droppedEntries: Int {
        condition.lock()
        defer { condition.unlock() }
        return dropped
    }

    public func keeps(accepted: Bool) -> Bool {
        switch scope {
        case .all: true
        case .rejects: !accepted
        case .none: false
        }
    }

    public func append(_ entry: AuthenticationLogEntry) {
        guard keeps(accepted: entry.accepted) else { return }
        condition.lock()
        if waiting >= capacity { dropped += takeFirst().count }
        if queue.last.map({ $0.count < pieceSize }) ?? false {
            queue[queue.count - 1].append(entry)
        } else {
            queue.append([entry])
        }
        waiting += 1
        if waiting == 1 { condition.signal() }
        condition.unlock()
    }

    /// Writes what waits, as far as the database takes it, and ends the thread.
    public func stop() {
        condition.lock()
        stopping = true
        condition.broadcast()
        condition.unlock()
        finished.wait()
    }

    private func write() {
        let connection = KeptConnection(engine, .log)
        var isWaiting = false
        var reported: Set<String> = []
        while let batch = next() {
            // In order; a part that the database refuses is halved, so that an entry at fault costs one entry.
            var parts = [batch[...]]
            while let part = parts.popLast() {
                do {
                    try connection.use { connection throws(DatabaseError) in
                        _ = try connection.executeRows(Self.insert, columns: Self.columns(part))
                    }
                    if isWaiting { logger.info("the authentication log is being written again") }
                    isWaiting = false
                } catch {
                    switch error.kind {
                    case .connection, .busy, .timeout:
                        if !isWaiting { logger.warning("the authentication log waits: \(error)") }
                        isWaiting = true
                        putBack(batch[part.startIndex...])
                        parts = []
                    // `where` belongs to one pattern only.
                    case .data where part.count > 1, .notNull where part.count > 1, .foreignKey where part.count > 1,
                        .unique where part.count > 1:
                        let middle = part.startIndex + part.count / 2
                        parts += [part[middle...], part[..<middle]]
                    default:
                        if reported.insert(error.description).inserted { logger.warning("the authentication log loses entries: \(error)") }
                        countLost(part.count)
                    }
                }
            }
        }
        finished.signal()
    }

    private func next() -> [AuthenticationLogEntry]? {
        condition.lock()
        defer { condition.unlock() }
        while queue.isEmpty {
            if stopping { return nil }
            condition.wait()
        }
        // A moment's wait lets many entries share one commit; nobody waits for this log.
        if !stopping && waiting < pieceSize { _ = condition.wait(until: Date(timeIntervalSinceNow: 0.05)) }
        return takeFirst()
    }

    private func takeFirst() -> [AuthenticationLogEntry] {
        let first = queue.removeFirst()
        waiting -= first.count
        return first
    }

    private func putBack(_ batch: ArraySlice<AuthenticationLogEntry>) {
        condition.lock()
        defer { condition.unlock() }
        if stopping {
            // At the end of the program nothing waits for a database that is away.
            dropped += batch.count + waiting
            waiting = 0
            return queue.removeAll()
        }
        let kept = Array(batch.suffix(max(0, capacity - waiting)))
        dropped += batch.count - kept.count
        if !kept.isEmpty { queue.insert(kept, at: 0) }
        waiting += kept.count
        _ = condition.wait(until: Date(timeIntervalSinceNow: 0.5))
    }

    private func countLost(_ count: Int) {
        condition.lock()
        dropped += count
        condition.unlock()
    }

    private static func columns(_ batch: ArraySlice<AuthenticationLogEntry>) -> [DatabaseColumn] {
        func text(_ value: (AuthenticationLogEntry) -> String?) -> DatabaseColumn { .text(batch.map { value($0)?.withoutNUL }) }
        return [
            text(\.userName), text(\.replyName), text(\.calledStationID), text(\.callingStationID),
            .integer(batch.map(\.epochMicroseconds)), text(\.classText), text(\.nasName), text(\.reason), text(\.organizationID),
            text(\.method),
        ]
    }
}
