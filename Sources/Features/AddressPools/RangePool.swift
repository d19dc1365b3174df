import Database
import RADIUSPipeline

/// The statements of pools by range. An address gets its row in `radian_lease` when it is handed out for the first time.
///
/// In order: what the session or the device has, what the device had last, an address nobody had yet, the one that is free longest.
enum RangePool {
    private static let lock = "{{postgres: FOR UPDATE SKIP LOCKED}}"

    private static func assign(_ condition: String) -> Statement {
        Statement(
            """
            UPDATE radian_lease SET nas = $2, pool_key = $3, username = $4, station = $5, expires = $6, changed = $7
                WHERE pool = $1 AND address = (SELECT address FROM radian_lease WHERE pool = $1 AND \(condition) LIMIT 1 \(lock))
                RETURNING address
            """)
    }
    private static let ofSession = assign(
        """
        nas = $2 AND pool_key = $3 AND $3 <> '' AND (username = $4 OR station = $5 AND $5 <> '') ORDER BY expires DESC
        """)
    /// A device that roams keeps its address while the key says it is the same session; otherwise only a lease that is over.
    private static let ofDevice = assign(
        """
        username = $4 AND station = $5 AND $5 <> '' AND (expires <= $7 OR pool_key = $3 AND $3 <> '') ORDER BY expires DESC
        """)
    private static let expired = assign("expires <= $7 ORDER BY expires")
    private static let next = Statement(
        "UPDATE radian_pool SET next_position = next_position + 1 WHERE name = $1 AND next_position < $2 RETURNING next_position - 1")
    private static let insert = Statement(
        """
        INSERT INTO radian_lease (pool, address, nas, pool_key, username, station, expires, changed)
            VALUES ($1, $8, $2, $3, $4, $5, $6, $7) ON CONFLICT (pool, address) DO NOTHING
        """)
    private static let forget = Statement("DELETE FROM radian_lease WHERE pool = $1 AND address = $2")
    private static let undo = Statement("UPDATE radian_lease SET expires = $3, changed = $3 WHERE pool = $1 AND address = $2")

    private static let session = """
        radian_lease.nas = r.nas AND radian_lease.pool_key = r.key
            AND (radian_lease.username = r.username OR radian_lease.station = r.station AND r.station <> '')
            AND radian_lease.changed <= r.epoch
        """
    private static let rows = "{{rows nas text, key text, username text, station text, epoch bigint, now bigint}}"
    private static let extend = Statement(
        """
        UPDATE radian_lease SET changed = {{greatest}}(radian_lease.changed, r.epoch),
            expires = r.now + COALESCE((SELECT p.lease_seconds FROM radian_pool p WHERE p.name = radian_lease.pool), 0)
            FROM \(rows) WHERE \(session)
        """)
    private static let end = Statement(
        "UPDATE radian_lease SET expires = r.now, changed = r.now FROM \(rows) WHERE \(session) AND radian_lease.expires > r.now")
    private static let endAll = Statement(
        "UPDATE radian_lease SET expires = $2, changed = $2 WHERE nas = $1 AND expires > $2 AND changed <= $3")

    /// An address for the holder; nil when none is free.
    static func lease(
        _ pool: AddressPool, to holder: LeaseHolder, over connection: any DatabaseConnection, at epoch: Int64
    ) throws(DatabaseError) -> String? {
        let arguments: [DatabaseValue] = [
            .text(pool.name), .text(holder.nasAddress), .text(holder.key), .text(holder.userName), .text(holder.stationID),
            .integer(epoch + pool.leaseSeconds), .integer(epoch),
        ]
        func assigned(_ statement: Statement) throws(DatabaseError) -> String? {
            while true {
                let address = try connection.first(statement, arguments) { (row) throws(DatabaseError) in row.text(0) }
                guard let address, !pool.ranges.contains(address) else { return address }
                // Left over from ranges that the pool no longer has.
                try connection.execute(forget, [.text(pool.name), .text(address)])
            }
        }
        if let address = try assigned(ofSession) { return address }
        if let address = try assigned(ofDevice) { return address }
        while let address = try fresh(pool, over: connection) {
            if try connection.execute(insert, arguments + [.text(address)]) > 0 { return address }
        }
        return try assigned(expired)
    }

    /// An address that nobody had yet; nil when there is none.
    private static func fresh(_ pool: AddressPool, over connection: any DatabaseConnection) throws(DatabaseError) -> String? {
        let position = try connection.first(next, [.text(pool.name), .integer(pool.ranges.count)]) { (row) throws(DatabaseError) in
            row.integer(0)
        }
        return position.flatMap { pool.ranges.text(at: $0) }
    }

    /// Gives back what a query took in vain.
    static func undo(_ lease: AddressLease, over connection: any DatabaseConnection, at epoch: Int64) throws(DatabaseError) {
        try connection.execute(undo, [.text(lease.pool), .text(lease.address), .integer(epoch)])
    }

    static func update(_ updates: [LeaseUpdate], over connection: any DatabaseConnection, at epoch: Int64) throws(DatabaseError) {
        for (event, statement) in [(LeaseUpdate.Event.extend, extend), (.release, end)] {
            let some = updates.filter { $0.event == event }
            try connection.executeRows(
                statement,
                columns: [
                    .text(some.map(\.holder.nasAddress)), .text(some.map(\.holder.key)), .text(some.map(\.holder.userName)),
                    .text(some.map(\.holder.stationID)), .integer(some.map(\.epoch)), .integer(some.map { _ in epoch }),
                ])
        }
        for update in updates where update.event == .releaseAll {
            try connection.execute(endAll, [.text(update.holder.nasAddress), .integer(epoch), .integer(update.epoch)])
        }
    }
}
