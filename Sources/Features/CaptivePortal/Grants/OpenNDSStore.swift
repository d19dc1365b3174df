import CaptiveDialects
import Database
import Foundation

/// SQL about `radian_opennds_entry`: who may go online at gateways that ask for it, over one connection. Times are microseconds since
/// 1970 UTC.
struct OpenNDSStore {
    private let connection: any DatabaseConnection
    private let organizationID: String

    init(_ connection: any DatabaseConnection, organizationID: String) {
        self.connection = connection
        self.organizationID = organizationID
    }

    /// After this a gateway that has not asked will not.
    static let lifetime: Int64 = 600 * 1_000_000

    private static let upsert = Statement(
        """
        INSERT INTO radian_opennds_entry (organization_id, gateway, id, entry, created) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (organization_id, gateway, id) DO UPDATE SET entry = excluded.entry, created = excluded.created
        """)
    private static let waiting = Statement(
        """
        SELECT entry FROM radian_opennds_entry WHERE organization_id = $1 AND gateway = $2 AND created >= $3 ORDER BY created, id LIMIT $4
        """)
    private static let isWaiting = Statement(
        "SELECT count(*) FROM radian_opennds_entry WHERE organization_id = $1 AND gateway = $2 AND id = $3")
    private static let removal = Statement(
        "DELETE FROM radian_opennds_entry WHERE organization_id = $1 AND gateway = $2 AND id {{any $3 text}}")
    private static let clearance = Statement("DELETE FROM radian_opennds_entry WHERE organization_id = $1 AND gateway = $2")
    private static let pruning = Statement("DELETE FROM radian_opennds_entry WHERE created < $1")

    func add(_ entry: OpenNDSPoll.Entry, at now: Int64) throws {
        let text = String(decoding: try JSONEncoder().encode(entry), as: UTF8.self)
        try connection.execute(
            Self.upsert, [.text(organizationID), .text(entry.gateway), .text(entry.id), .text(text), .integer(now)])
    }

    /// The oldest entries of a gateway, as many as one answer holds.
    func entries(of gateway: String, at now: Int64) throws(DatabaseError) -> [OpenNDSPoll.Entry] {
        try connection.rows(
            Self.waiting,
            [.text(organizationID), .text(gateway), .integer(now - Self.lifetime), .integer(Int64(OpenNDSPoll.maximumEntries))]
        ) { row throws(DatabaseError) in row.text(0) }.compactMap {
            try? JSONDecoder().decode(OpenNDSPoll.Entry.self, from: Data($0.utf8))
        }
    }

    /// Whether the gateway has not said yet that it let somebody in.
    func isWaiting(_ entry: OpenNDSPoll.Entry) throws(DatabaseError) -> Bool {
        try connection.first(Self.isWaiting, [.text(organizationID), .text(entry.gateway), .text(entry.id)]) {
            row throws(DatabaseError) in row.integer(0)
        } != 0
    }

    func remove(_ ids: [String], of gateway: String) throws(DatabaseError) {
        guard !ids.isEmpty else { return }
        try connection.execute(Self.removal, [.text(organizationID), .text(gateway), .texts(ids)])
    }

    func clear(_ gateway: String) throws(DatabaseError) {
        try connection.execute(Self.clearance, [.text(organizationID), .text(gateway)])
    }

    /// Forgets, for all organizations, what is too old.
    static func prune(_ connection: any DatabaseConnection, at now: Int64) throws(DatabaseError) {
        try connection.execute(pruning, [.integer(now - lifetime)])
    }
}
