import Database

/// SQL about snapshots (`radian_topology_snapshot`): a topology's graph as it was on a day, one for each.
struct SnapshotStore {
    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let save = Statement(
        """
        INSERT INTO radian_topology_snapshot (topology_id, day, data, changes, created) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (topology_id, day) DO UPDATE SET data = excluded.data, changes = excluded.changes, created = excluded.created
        """)
    private static let ofDay = Statement("SELECT data FROM radian_topology_snapshot WHERE topology_id = $1 AND day = $2")
    private static let known = Statement("SELECT topology_id, changes FROM radian_topology_snapshot WHERE day = $1")
    private static let purge = Statement("DELETE FROM radian_topology_snapshot WHERE day < $1")
    private static let days = Statement("SELECT day FROM radian_topology_snapshot WHERE topology_id = $1 ORDER BY day DESC LIMIT 1000")

    /// Stores a day's graph in the place of the one that it had.
    func save(_ graph: [UInt8], of topology: NetworkTopology, day: String, at time: Int64) throws(DatabaseError) {
        try connection.execute(
            Self.save,
            [
                .text(topology.id), .text(day), .text(String(decoding: graph, as: UTF8.self)), .integer(topology.changes), .integer(time),
            ])
    }

    /// The graph of a day `2026-01-31` in UTF-8; nil where there is none.
    func graph(of topologyID: String, day: String) throws(DatabaseError) -> [UInt8]? {
        try connection.first(Self.ofDay, [.text(topologyID), .text(day)]) { $0.bytes(0) }
    }

    /// Topologies that have a snapshot of a day, with the changes that it has.
    func changes(on day: String) throws(DatabaseError) -> [String: Int64] {
        var found: [String: Int64] = [:]
        try connection.query(Self.known, [.text(day)]) { row in found[row.text(0)] = row.integer(1) }
        return found
    }

    /// Days of a topology's snapshots, the latest first.
    func days(of topologyID: String) throws(DatabaseError) -> [String] {
        try connection.rows(Self.days, [.text(topologyID)]) { $0.text(0) }
    }

    /// Deletes what is older than a day.
    func purge(before day: String) throws(DatabaseError) {
        try connection.execute(Self.purge, [.text(day)])
    }
}
