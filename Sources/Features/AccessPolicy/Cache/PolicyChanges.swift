import Database
import RADIUSPipeline
import Sessions

/// What changed in the tables of policies since somebody looked last.
struct PolicyChanges {
    /// Where the next look goes on: PostgreSQL's snapshot, SQLite's count.
    var position: String
    /// The server's session that told; 0 where there are none.
    var session: Int64 = 0
    /// Whose policies changed.
    var names: Set<StoredName> = []
    /// Anybody's may have changed.
    var isEverybody = false
    /// How those stand who were asked for.
    var activities: [StoredName: Activity] = [:]

    /// What of a user's policy each accounting packet may change.
    struct Activity {
        /// ``UsageHistory/stamp``.
        var stamp: Int64 = 0
        var openSessions: [(id: Int64, session: OpenSession)] = []
    }

    var isEmpty: Bool { !isEverybody && names.isEmpty }

    /// A position before everything that was written down.
    static let beginning = "1:1:"
    /// For how long changes are written down, seconds.
    static let kept: Int64 = 7200

    /// Rows that this snapshot sees and the last one did not, in whatever order their transactions were committed.
    private static let changed = """
        {{postgres: SELECT 0, CAST(pg_current_snapshot() AS text), pg_backend_pid(), '', '', '', '', 0
            UNION ALL SELECT CASE WHEN c.usernames IS NULL THEN 1 ELSE 2 END, COALESCE(n.name, ''), 0, '', '', '', '', 0
            FROM radian_policy_change c LEFT JOIN LATERAL unnest(c.usernames) AS n(name) ON true
            WHERE c.transaction_id >= pg_snapshot_xmin(CAST($1 AS pg_snapshot))
                AND NOT pg_visible_in_snapshot(c.transaction_id, CAST($1 AS pg_snapshot))}}
        {{sqlite: SELECT CASE WHEN CAST(id AS text) = $1 THEN 0 ELSE 3 END, CAST(id AS text), 0, '', '', '', '', 0 FROM radian_policy_change}}
        """
    private static let look = Statement(changed)
    private static let lookWithActivities = Statement(
        """
        \(changed)
        UNION ALL \(PolicyLoader.openSessions(4, "{{any $2 text}}"))
        UNION ALL \(UsageSQL.changedStamps(5))
        """)
    private static let remove = Statement("DELETE FROM radian_policy_change WHERE changed < $1 AND changed > 0")

    /// One visit.
    /// - Parameter active: users whose activities are told, too, and their stamps as far as is known.
    static func since(
        _ position: String, active: [StoredName: Int64] = [:], over connection: any DatabaseConnection
    ) throws(DatabaseError) -> PolicyChanges {
        var changes = PolicyChanges(position: position, activities: active.mapValues { Activity(stamp: $0) })
        var arguments: [DatabaseValue] = [.text(position)]
        if !active.isEmpty { arguments += [.texts(active.keys.map(\.text)), .integers(Array(active.values))] }
        try connection.query(active.isEmpty ? look : lookWithActivities, arguments) { row in
            switch row.integer(0) {
            case 0:
                changes.position = row.text(1)
                changes.session = row.integer(2)
            case 1: changes.isEverybody = true
            case 2: changes.names.insert(StoredName(row.text(1)))
            case 4: changes.activities[StoredName(row.text(1))]?.openSessions.append(PolicyLoader.openSession(row))
            case 5: changes.activities[StoredName(row.text(1))]?.stamp = row.integer(2)
            default:
                changes.position = row.text(1)
                changes.isEverybody = true
            }
        }
        return changes
    }

    /// Drops what was written down before.
    /// - Parameter time: seconds since 1970 UTC.
    static func forget(before time: Int64, over connection: any DatabaseConnection) throws(DatabaseError) {
        try connection.execute(remove, [.integer(time)])
    }
}
