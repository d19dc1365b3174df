public import Database
import Digests
import RADIUSPipeline

/// SQL about `radian_tunnel_event`, over one connection. Times are seconds since 1970 UTC.
public struct TunnelEventStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    /// Seconds by which the time of an event may differ between its retransmissions, where it is reckoned from their receipt.
    private static let slack: Int64 = 60

    private static let texts = [
        "event", "nas", "username", "session_id", "cause", "organization_id", "type", "medium_type", "connection", "client_endpoint",
        "server_endpoint", "client_auth_id", "server_auth_id", "assignment_id",
    ]
    private static let numbers = ["seconds", "packets_lost", "input_octets", "output_octets"]

    private static let insert = Statement(
        """
        INSERT INTO radian_tunnel_event (event_key, happened, \((texts + numbers).joined(separator: ", ")))
        SELECT r.event_key, r.happened, \((texts + numbers).map { "r.\($0)" }.joined(separator: ", "))
        FROM {{rows event_key text, happened bigint, slack bigint, \(texts.map { "\($0) text" }.joined(separator: ", ")),
            \(numbers.map { "\($0) bigint" }.joined(separator: ", "))}}
        WHERE NOT EXISTS (
            SELECT 1 FROM radian_tunnel_event e
            WHERE e.event_key = r.event_key AND e.happened BETWEEN r.happened - r.slack AND r.happened + r.slack)
        ON CONFLICT (event_key, happened) DO NOTHING
        """)
    private static let list = Statement(
        """
        SELECT happened, \((texts + numbers).joined(separator: ", ")) FROM radian_tunnel_event
        WHERE ($1 = '' OR username = $1) ORDER BY happened DESC, id DESC LIMIT $2
        """)
    private static let prune = Statement("DELETE FROM radian_tunnel_event WHERE happened < $1")

    /// Writes the events of a range of records; one that is there already, as a NAS repeats what was not answered, is left alone.
    func write(_ records: [AccountingRecord], _ range: Range<Int>) throws(DatabaseError) {
        var rows: [(key: String, slack: Int64, event: TunnelEvent, record: AccountingRecord)] = []
        for place in range {
            guard case .tunnel(let event) = records[place].statusType else { continue }
            let record = records[place]
            let row = (key: Self.key(event, record), slack: record.hasEventTimestamp ? 0 : Self.slack, event: event, record: record)
            // One statement does not see its own rows.
            if rows.contains(where: { $0.key == row.key && abs($0.record.eventEpoch - record.eventEpoch) <= row.slack }) { continue }
            rows.append(row)
        }
        guard !rows.isEmpty else { return }
        // In the order of their keys: two nodes that write the same events then wait for each other instead of deadlocking.
        rows.sort { ($0.key, $0.record.eventEpoch) < ($1.key, $1.record.eventEpoch) }
        let records = rows.map(\.record)
        func text(_ value: (AccountingRecord) -> String?) -> DatabaseColumn { .text(records.map { value($0)?.withoutNUL }) }
        try connection.executeRows(
            Self.insert,
            columns: [
                .text(rows.map(\.key)), .integer(records.map(\.eventEpoch)), .integer(rows.map(\.slack)), .text(rows.map(\.event.name)),
                text(\.nasIPAddress), text { $0.userName ?? "" }, text(\.acctSessionID), text(\.terminateCause), text(\.organizationID),
                text(\.tunnel?.type), text(\.tunnel?.mediumType), text(\.tunnel?.connection), text(\.tunnel?.clientEndpoint),
                text(\.tunnel?.serverEndpoint), text(\.tunnel?.clientAuthID), text(\.tunnel?.serverAuthID), text(\.tunnel?.assignmentID),
                .integer(records.map(\.sessionTime)), .integer(records.map(\.tunnel?.packetsLost)), .integer(records.map(\.inputOctets)),
                .integer(records.map(\.outputOctets)),
            ])
    }

    /// What does not change between retransmissions of the same event.
    private static func key(_ event: TunnelEvent, _ record: AccountingRecord) -> String {
        let tunnel = record.tunnel
        let parts = [
            event.name, record.uniqueID, tunnel?.connection ?? "", tunnel?.clientEndpoint ?? "", tunnel?.serverEndpoint ?? "",
            tunnel?.assignmentID ?? "",
        ]
        return Hexadecimal.encode(MD5.hash(Array(parts.joined(separator: "\u{0}").utf8)).bytes)
    }

    /// Events, newest first.
    /// - Parameters:
    ///   - userName: only this user's; nil for everyone's.
    ///   - limit: at most so many.
    public func events(userName: String? = nil, limit: Int) throws(DatabaseError) -> [TunnelEventRecord] {
        try connection.rows(Self.list, [.text(userName ?? ""), .integer(Int64(limit))]) { row throws(DatabaseError) in
            TunnelEventRecord(
                event: row.text(1), happenedAt: row.integer(0), nasAddress: row.text(2), userName: row.text(3), sessionID: row.text(4),
                type: row.textOrNil(7), mediumType: row.textOrNil(8), connection: row.textOrNil(9), clientEndpoint: row.textOrNil(10),
                serverEndpoint: row.textOrNil(11), clientAuthID: row.textOrNil(12), serverAuthID: row.textOrNil(13),
                assignmentID: row.textOrNil(14), seconds: row.integerOrNil(15), packetsLost: row.integerOrNil(16),
                inputOctets: row.integerOrNil(17), outputOctets: row.integerOrNil(18), cause: row.textOrNil(5))
        }
    }

    /// Forgets events that happened before.
    func prune(before epoch: Int64) throws(DatabaseError) {
        try connection.execute(Self.prune, [.integer(epoch)])
    }
}
