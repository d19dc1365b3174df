public import Database
import Digests
public import RADIUSPipeline

/// A queued packet that this node may send until its lease ends.
public struct LeasedRelay: Sendable, Equatable {
    public let id: Int64
    public let entry: RelayEntry
    /// Failed before, so many times.
    public let attempts: Int
}

/// SQL about the queue's other end, over one connection. Times are seconds since 1970 UTC and come from the caller.
public struct RelayLeases {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let selectDestinations = Statement("SELECT DISTINCT destination FROM radian_relay ORDER BY destination")
    private static let count = Statement("SELECT count(*) FROM radian_relay")
    /// The oldest packet of each session only, so that a session's packets arrive in their order.
    static let lease = Statement(
        """
        UPDATE radian_relay SET leased_until = $3 WHERE id IN (
            SELECT r.id FROM radian_relay r
            WHERE r.destination = $1 AND r.next_attempt_at <= $2 AND r.leased_until <= $2
                AND NOT EXISTS (
                    SELECT 1 FROM radian_relay e WHERE e.destination = r.destination AND e.session = r.session AND e.id < r.id)
            ORDER BY r.id LIMIT $4 {{postgres: FOR UPDATE SKIP LOCKED}})
        RETURNING id, destination, session, packet, received_at, attempts
        """)
    private static let delete = Statement("DELETE FROM radian_relay WHERE id {{any $1 bigint}}")
    private static let postpone = Statement(
        "UPDATE radian_relay SET attempts = attempts + 1, next_attempt_at = $2, leased_until = 0 WHERE id = $1")

    /// Pools that packets wait for.
    public func destinations() throws(DatabaseError) -> [String] {
        try connection.rows(Self.selectDestinations) { row throws(DatabaseError) in row.text(0) }
    }

    /// Packets that wait.
    public func waiting() throws(DatabaseError) -> Int64 {
        try connection.first(Self.count) { row throws(DatabaseError) in row.integer(0) } ?? 0
    }

    /// Takes packets for this node; no other gets them before the lease ends or ``postpone(_:until:)``.
    public func lease(_ destination: String, now: Int64, until: Int64, limit: Int) throws(DatabaseError) -> [LeasedRelay] {
        var leased: [LeasedRelay] = []
        try connection.query(
            Self.lease, [.text(destination), .integer(now), .integer(until), .integer(Int64(limit))]
        ) { row throws(DatabaseError) in
            leased.append(
                LeasedRelay(
                    id: row.integer(0),
                    entry: RelayEntry(
                        destination: row.text(1), session: row.text(2), attributes: Hexadecimal.decode(row.text(3).utf8) ?? [],
                        receivedEpoch: row.integer(4)),
                    attempts: Int(row.integer(5))))
        }
        return leased.sorted { $0.id < $1.id }
    }

    /// Forgets packets that a home server has.
    public func delete(_ ids: [Int64]) throws(DatabaseError) {
        if !ids.isEmpty { try connection.execute(Self.delete, [.integers(ids)]) }
    }

    /// Gives a packet back that nobody took.
    public func postpone(_ id: Int64, until: Int64) throws(DatabaseError) {
        try connection.execute(Self.postpone, [.integer(id), .integer(until)])
    }
}
