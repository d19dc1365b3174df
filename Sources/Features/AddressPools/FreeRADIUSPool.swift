import Database
import RADIUSPipeline

/// The statements of FreeRADIUS's rlm_sqlippool on its table `radippool`, made safe: a running lease goes to nobody but its holder.
///
/// The table's times have no zone: on PostgreSQL they are the database's local time, on SQLite UTC as text.
enum FreeRADIUSPool {
    private static func time(_ parameter: String) -> String {
        "{{postgres: CAST(to_timestamp(\(parameter)) AS timestamp(0))}}{{sqlite: datetime(\(parameter), 'unixepoch')}}"
    }
    // SQLite's table may have rows without an id.
    private static let id = "{{postgres: id}}{{sqlite: rowid}}"
    private static let lock = "{{postgres: FOR UPDATE SKIP LOCKED}}"

    private static func assign(_ condition: String) -> Statement {
        Statement(
            """
            UPDATE radippool SET nasipaddress = $2, pool_key = $3, username = $4, callingstationid = $5, expiry_time = \(time("$6"))
                WHERE \(id) = (SELECT \(id) FROM radippool WHERE pool_name = $1 AND \(condition) LIMIT 1 \(lock))
                RETURNING {{host framedipaddress}}
            """)
    }
    private static let holds = "(expiry_time <= \(time("$7")) OR username = $4 OR callingstationid = $5 AND $5 <> '')"
    /// What the NAS has for this key already.
    private static let existing = assign("nasipaddress = $2 AND pool_key = $3 AND $3 <> '' AND \(holds) ORDER BY expiry_time DESC")
    /// What this device of the user had last.
    private static let previous = assign(
        "username = $4 AND callingstationid = $5 AND $5 <> '' AND expiry_time <= \(time("$7")) ORDER BY expiry_time DESC")
    private static let free = assign("expiry_time <= \(time("$7")) ORDER BY expiry_time")

    private static let exists = Statement("SELECT 1 FROM radippool WHERE pool_name = $1 LIMIT 1")
    private static let any = Statement("SELECT 1 FROM radippool LIMIT 1")
    private static let undo = Statement(
        "UPDATE radippool SET expiry_time = \(time("$3")) WHERE pool_name = $1 AND framedipaddress = {{inet $2}}")
    private static let releaseAddress = Statement(
        "UPDATE radippool SET expiry_time = \(time("$2")) WHERE framedipaddress = {{inet $1}} AND expiry_time > \(time("$2"))")

    private static let session = """
        radippool.nasipaddress = r.nas AND radippool.pool_key = r.key
            AND (radippool.username = r.username OR radippool.callingstationid = r.station AND r.station <> '')
            AND (r.address IS NULL OR radippool.framedipaddress = {{inet r.address}})
        """
    private static let rows = """
        {{rows nas text, key text, username text, station text, address text, now bigint, until bigint, epoch bigint, lease bigint}}
        """
    private static let extend = Statement(
        "UPDATE radippool SET expiry_time = \(time("r.until")) FROM \(rows) WHERE \(session) AND expiry_time < \(time("r.until"))")
    /// A Stop from before the lease was renewed is another session's.
    private static let end = Statement(
        """
        UPDATE radippool SET expiry_time = \(time("r.now")) FROM \(rows)
            WHERE \(session) AND expiry_time > \(time("r.now")) AND expiry_time <= \(time("r.epoch + r.lease"))
        """)
    private static let endAll = Statement(
        """
        UPDATE radippool SET expiry_time = \(time("$2"))
            WHERE nasipaddress = $1 AND expiry_time > \(time("$2")) AND expiry_time <= \(time("CAST($3 AS bigint)"))
        """)

    static func hasRows(_ connection: any DatabaseConnection) throws(DatabaseError) -> Bool {
        try connection.first(any) { (_) throws(DatabaseError) in true } ?? false
    }

    /// Whether the table has the pool.
    static func has(_ pool: String, over connection: any DatabaseConnection) throws(DatabaseError) -> Bool {
        try connection.first(exists, [.text(pool)]) { (_) throws(DatabaseError) in true } ?? false
    }

    /// An address for the holder; nil when none is free.
    static func lease(
        _ pool: String, to holder: LeaseHolder, over connection: any DatabaseConnection, at epoch: Int64, seconds: Int64
    ) throws(DatabaseError) -> String? {
        let arguments: [DatabaseValue] = [
            .text(pool), .text(holder.nasAddress), .text(holder.key), .text(holder.userName), .text(holder.stationID),
            .integer(epoch + seconds),
        ]
        for statement in [existing, previous, free] {
            let found = try connection.first(statement, arguments + [.integer(epoch)]) { (row) throws(DatabaseError) in row.text(0) }
            if let found { return found }
        }
        return nil
    }

    /// Gives back what a query took in vain.
    static func undo(_ lease: AddressLease, over connection: any DatabaseConnection, at epoch: Int64) throws(DatabaseError) {
        try connection.execute(undo, [.text(lease.pool), .text(lease.address), .integer(epoch)])
    }

    static func release(_ address: String, over connection: any DatabaseConnection, at epoch: Int64) throws(DatabaseError) -> Int {
        try connection.execute(releaseAddress, [.text(address), .integer(epoch)])
    }

    static func update(
        _ updates: [LeaseUpdate], over connection: any DatabaseConnection, at epoch: Int64, seconds: Int64
    ) throws(DatabaseError) {
        for (event, statement) in [(LeaseUpdate.Event.extend, extend), (.release, end)] {
            let some = updates.filter { $0.event == event }
            try connection.executeRows(
                statement,
                columns: [
                    .text(some.map(\.holder.nasAddress)), .text(some.map(\.holder.key)), .text(some.map(\.holder.userName)),
                    .text(some.map(\.holder.stationID)), .text(some.map(\.ipv4)), .integer(some.map { _ in epoch }),
                    .integer(some.map { _ in epoch + seconds }), .integer(some.map(\.epoch)), .integer(some.map { _ in seconds }),
                ])
        }
        for update in updates where update.event == .releaseAll {
            try connection.execute(
                endAll, [.text(update.holder.nasAddress), .integer(epoch), .integer(update.epoch + seconds)])
        }
    }
}
