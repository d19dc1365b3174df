import Accounts
public import Database
import Foundation
import RADIUSWire
import WebRouting

/// SQL about `radian_session_action`: the queue and the history of actions, over one connection. Times are microseconds since 1970 UTC.
public struct SessionActionStore {
    /// An order taken from the queue, to be finished by ``finish(_:_:closeAfter:)``.
    struct Claim: Sendable {
        var id: Int64
        /// Nil when this program does not know the wish.
        var order: SessionActionOrder?
    }

    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let insert = Statement(
        """
        INSERT INTO radian_session_action (session_id, username, nas, organization_id, action, terms, or_disconnect, reason, requested_by,
            requested, state, lease_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id
        """)
    private static let isQueued = Statement(
        "SELECT count(*) FROM radian_session_action WHERE session_id = $1 AND action = $2 AND state = 'queued'")
    /// One action of a session at a time, in order, on whatever node.
    private static let claim = Statement(
        """
        UPDATE radian_session_action SET state = 'running', lease_until = $2 WHERE id IN (
            SELECT a.id FROM radian_session_action a
            WHERE a.state <> 'done' AND (a.state = 'queued' OR a.lease_until < $1)
                AND NOT EXISTS (
                    SELECT 1 FROM radian_session_action b WHERE b.session_id = a.session_id AND b.state <> 'done'
                        AND (b.id < a.id OR b.id > a.id AND b.state = 'running' AND b.lease_until >= $1))
            ORDER BY a.id LIMIT $3 {{postgres: FOR UPDATE SKIP LOCKED}})
        RETURNING id, session_id, action, terms, or_disconnect, reason, requested_by
        """)
    private static let isRunning = Statement(
        "SELECT count(*) FROM radian_session_action WHERE session_id = $1 AND state = 'running' AND lease_until >= $2")
    private static let finish = Statement(
        """
        UPDATE radian_session_action SET state = 'done', lease_until = NULL, finished = $2, result = $3, action = $4, error_cause = $5,
            attempts = $6, detail = $7, close_after = $8 WHERE id = $1
        """)
    private static let overdue = Statement(
        "UPDATE radian_session_action SET close_after = NULL WHERE close_after <= $1 RETURNING session_id")
    private static let prune = Statement("DELETE FROM radian_session_action WHERE state = 'done' AND finished < $1 AND close_after IS NULL")
    private static let history = Statement(
        """
        SELECT id, session_id, username, nas, action, reason, requested_by, requested, finished, result, error_cause, detail
        FROM radian_session_action WHERE ($1 = '' OR username = $1) ORDER BY id DESC LIMIT $2
        """)

    /// Adds an order to the queue unless the same one waits there for the same session.
    func enqueue(_ order: SessionActionOrder, session: ControlledSession, at now: Int64) throws(DatabaseError) {
        let waiting = try connection.first(Self.isQueued, [.text(order.sessionID), .text(order.wish.name)]) {
            row throws(DatabaseError) in row.integer(0)
        }
        if waiting == 0 { _ = try insert(order, session, at: now, state: "queued", leaseUntil: nil) }
    }

    /// Begins an order at once, beside the queue.
    /// - Returns: nil while another action of the session is under way.
    public func begin(_ order: SessionActionOrder, session: ControlledSession, at now: Int64, leaseUntil: Int64) throws(DatabaseError)
        -> Int64?
    {
        try connection.transaction { () throws(DatabaseError) in
            let running = try connection.first(Self.isRunning, [.text(order.sessionID), .integer(now)]) {
                row throws(DatabaseError) in row.integer(0)
            }
            guard running == 0, let id = try insert(order, session, at: now, state: "running", leaseUntil: leaseUntil) else { return nil }
            try audit(order, session)
            return id
        }
    }

    private func audit(_ order: SessionActionOrder, _ session: ControlledSession) throws(DatabaseError) {
        // Commands ask by the control socket, and say who they are.
        let author = ChangeAuthor.current ?? ChangeAuthor(name: order.requestedBy)
        try AuditLog(connection, author: author).record(
            order.wish == .disconnect ? .disconnected : .changeRequested,
            AuditObject(
                .session, id: order.sessionID, label: "\(session.userName) at \(session.nasAddress)",
                organizationIDs: session.organizationID.map { [$0] } ?? []))
    }

    private func insert(
        _ order: SessionActionOrder, _ session: ControlledSession, at now: Int64, state: String, leaseUntil: Int64?
    ) throws(DatabaseError) -> Int64? {
        try connection.first(
            Self.insert,
            [
                .text(order.sessionID), .text(session.userName), .text(session.nasAddress), .optional(session.organizationID),
                .text(order.wish.name), .optional(order.wish.terms), .integer(order.wish.orDisconnect ? 1 : 0), .text(order.reason),
                .text(order.requestedBy), .integer(now), .text(state), .optional(leaseUntil),
            ]
        ) { row throws(DatabaseError) in row.integer(0) }
    }

    /// Takes orders from the queue, the oldest first; none of a session of which another is under way. An order whose node has died is
    /// taken again when its lease is over.
    func claim(limit: Int, at now: Int64, leaseUntil: Int64) throws(DatabaseError) -> [Claim] {
        try connection.rows(Self.claim, [.integer(now), .integer(leaseUntil), .integer(Int64(limit))]) { row throws(DatabaseError) in
            let wish = SessionActionOrder.Wish(name: row.text(2), terms: row.textOrNil(3), orDisconnect: row.integer(4) != 0)
            return Claim(
                id: row.integer(0),
                order: wish.map { SessionActionOrder(sessionID: row.text(1), wish: $0, reason: row.text(5), requestedBy: row.text(6)) })
        }.sorted { $0.id < $1.id }
    }

    /// Records how an action ended.
    /// - Parameter closeAfter: when the session is to be closed unless its Stop has come; nil for never.
    public func finish(_ id: Int64, _ outcome: SessionActionOutcome, at now: Int64, closeAfter: Int64? = nil) throws(DatabaseError) {
        try connection.execute(
            Self.finish,
            [
                .integer(id), .integer(now), .text(outcome.result.rawValue), .text(outcome.action),
                .optional(outcome.errorCause.map { Int64($0.rawValue) }), .integer(Int64(outcome.attempts)), .text(outcome.detail),
                .optional(closeAfter),
            ])
    }

    /// Takes the sessions whose Stop is overdue, each once.
    func takeOverdue(at now: Int64) throws(DatabaseError) -> [String] {
        try connection.rows(Self.overdue, [.integer(now)]) { row throws(DatabaseError) in row.text(0) }
    }

    /// Forgets actions that ended before.
    func prune(before: Int64) throws(DatabaseError) {
        try connection.execute(Self.prune, [.integer(before)])
    }

    /// Actions, newest first.
    /// - Parameter userName: only this user's; nil for everyone's.
    public func history(userName: String? = nil, limit: Int) throws(DatabaseError) -> [SessionActionRecord] {
        try connection.rows(Self.history, [.text(userName ?? ""), .integer(Int64(limit))]) { row throws(DatabaseError) in
            SessionActionRecord(
                id: row.integer(0), sessionID: row.text(1), userName: row.text(2), nasAddress: row.text(3), action: row.text(4),
                reason: row.text(5), requestedBy: row.text(6), requestedAt: row.integer(7) / 1_000_000,
                finishedAt: row.integerOrNil(8).map { $0 / 1_000_000 }, result: row.textOrNil(9), errorCause: row.integerOrNil(10),
                detail: row.textOrNil(11))
        }
    }
}

/// Microseconds since 1970 UTC, the unit of time in tables of our own.
public func currentMicroseconds() -> Int64 {
    Int64(Date().timeIntervalSince1970 * 1_000_000)
}
