import Database
import Sessions
import WebRouting

/// The figures of an overview, over one connection. Each statement is bounded by the open sessions, the authentications of the span and
/// ``sessionLimit``.
struct OverviewStore {
    /// Sessions whose traffic is counted at most, of those that are open and of those that ended.
    private static let sessionLimit = 100_000
    /// How long before the span a session that ended in it may have begun, to be counted; seconds.
    private static let longestEnded: Int64 = 6 * 3600
    private static let reasonLimit = 10

    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let isVisible = "($1 = 1 OR organization_id {{any $2 text}})"
    private static let online = Statement(
        "SELECT count(*), count(DISTINCT username) FROM radacct WHERE acctstoptime IS NULL AND \(isVisible)")
    private static let allUsers = Statement("SELECT count(*) FROM radian_user")
    private static let members = Statement(
        "SELECT count(DISTINCT user_id) FROM radian_organization_user WHERE organization_id {{any $1 text}}")
    private static let logins = Statement(
        """
        SELECT step, reply, reason, count(*) FROM (
            SELECT {{postgres: CAST(floor(extract(epoch FROM authdate)) AS bigint)}}{{sqlite: CAST(strftime('%s', authdate) AS INTEGER)}}
                    / CAST($4 AS bigint) AS step, reply, COALESCE(reason, '') AS reason
            FROM radpostauth WHERE authdate >= \(AuthenticationStore.moment("CAST($3 AS bigint) * 1000000")) AND \(isVisible)) AS q
        GROUP BY step, reply, reason
        """)
    private static let heardNames = Statement(
        """
        SELECT DISTINCT nasname FROM radpostauth
        WHERE nasname IS NOT NULL AND authdate >= \(AuthenticationStore.moment("CAST($1 AS bigint) * 1000000"))
        """)
    private static let heardAddresses = Statement(
        "SELECT DISTINCT {{host nasipaddress}} FROM radacct WHERE acctstoptime IS NULL AND acctupdatetime >= {{timestamp CAST($1 AS bigint)}}"
    )
    /// Sums by the steps in which sessions begin and end, of what they moved since the span began if they moved it evenly.
    private static let traffic = Statement(
        """
        SELECT first / CAST($4 AS bigint), last / CAST($4 AS bigint), sum(input * share), sum(output * share) FROM (
            SELECT {{greatest}}(began, CAST($3 AS bigint)) AS first, ended AS last, input, output,
                CASE WHEN ended > began
                    THEN CAST(ended - {{greatest}}(began, CAST($3 AS bigint)) AS double precision) / (ended - began) ELSE 1 END AS share
            FROM (
                SELECT * FROM (
                    SELECT {{epoch acctstarttime}} AS began, {{epoch COALESCE(acctupdatetime, acctstarttime)}} AS ended,
                        COALESCE(acctinputoctets, 0) AS input, COALESCE(acctoutputoctets, 0) AS output
                    FROM radacct WHERE acctstoptime IS NULL AND acctupdatetime >= {{timestamp CAST($3 AS bigint)}} AND \(isVisible)
                    LIMIT \(sessionLimit)) AS open
                UNION ALL SELECT * FROM (
                    SELECT {{epoch acctstarttime}}, {{epoch acctstoptime}}, COALESCE(acctinputoctets, 0), COALESCE(acctoutputoctets, 0)
                    FROM radacct WHERE acctstarttime >= {{timestamp CAST($5 AS bigint)}} AND acctstoptime >= {{timestamp CAST($3 AS bigint)}} AND \(isVisible)
                    LIMIT \(sessionLimit)) AS ended) AS sessions
            WHERE began IS NOT NULL AND ended >= CAST($3 AS bigint)) AS shares
        GROUP BY 1, 2
        """)

    /// Everything but the devices.
    func overview(of span: OverviewSpan, in tenancy: Tenancy) throws(DatabaseError) -> Overview {
        var overview = Overview()
        (overview.steps, overview.stepSeconds) = (span.steps, span.stepSeconds)
        let scope = Self.scope(tenancy)
        try connection.query(Self.online, scope) { row in
            (overview.online, overview.onlineUsers) = (Int(row.integer(0)), Int(row.integer(1)))
        }
        let users: (Statement, [DatabaseValue]) = tenancy == .all ? (Self.allUsers, []) : (Self.members, [scope[1]])
        try connection.query(users.0, users.1) { row in overview.userCount = Int(row.integer(0)) }
        let window: [DatabaseValue] = scope + [.integer(span.begin), .integer(span.stepSeconds)]
        try addLogins(to: &overview, span, window)
        try connection.query(Self.traffic, window + [.integer(span.begin - Self.longestEnded)]) { row in
            let first = span.index(row.integer(0) * span.stepSeconds)
            // A clock that was set may end a session before its begin.
            let last = max(first, span.index(row.integer(1) * span.stepSeconds))
            for index in first...last {
                overview.steps[index].input += row.real(2) / Double(last - first + 1)
                overview.steps[index].output += row.real(3) / Double(last - first + 1)
            }
        }
        return overview
    }

    private func addLogins(to overview: inout Overview, _ span: OverviewSpan, _ window: [DatabaseValue]) throws(DatabaseError) {
        var steps = overview.steps
        var reasons: [String: Int64] = [:]
        try connection.query(Self.logins, window) { row in
            let (index, count) = (span.index(row.integer(0) * span.stepSeconds), row.integer(3))
            if row.text(1) == "Access-Accept" {
                steps[index].accepts += count
            } else if row.text(1) == "Access-Reject" {
                steps[index].rejects += count
                reasons[row.text(2), default: 0] += count
            }
        }
        overview.steps = steps
        overview.reasons = reasons.filter { !$0.key.isEmpty }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .prefix(Self.reasonLimit).map { (code: $0.key, count: $0.value) }
    }

    /// Names and addresses of the devices that any node has heard since a moment, in seconds since 1970 UTC.
    func heard(since epoch: Int64) throws(DatabaseError) -> (names: Set<String>, addresses: Set<String>) {
        let names = try connection.rows(Self.heardNames, [.integer(epoch)]) { (row) throws(DatabaseError) in row.text(0) }
        let addresses = try connection.rows(Self.heardAddresses, [.integer(epoch)]) { (row) throws(DatabaseError) in row.text(0) }
        return (Set(names), Set(addresses))
    }

    private static func scope(_ tenancy: Tenancy) -> [DatabaseValue] {
        guard case .only(let ids) = tenancy else { return [.integer(1), .texts([])] }
        return [.integer(0), .texts(Array(ids))]
    }
}
