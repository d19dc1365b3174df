import Accounts
import Database
import WebRouting

/// SQL that gathers what happened to a user, over one connection: one statement over the tables of all features.
struct UserTimelineStore {
    private let connection: any DatabaseConnection
    /// Entries of one answer, and rows of each kind that it is made from.
    static let limit = 200

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    // $1 user id, $2 whether everything is seen, $3 the organizations otherwise, $4 end of the time, $5 rows of each kind,
    // $6 user names as devices send them.
    private static func isSeen(_ organization: String) -> String { "($2 = 1 OR \(organization) {{any $3 text}})" }

    /// `authdate` in microseconds; SQLite has a text.
    private static let loginTime = """
        {{postgres: CAST(extract(epoch FROM p.authdate) * 1000000 AS bigint)}}\
        {{sqlite: CAST(round((julianday(p.authdate) - 2440587.5) * 86400000) AS integer) * 1000}}
        """

    // PostgreSQL wants to know what is missing.
    private static let noText = "CAST(NULL AS text)"
    private static let noNumber = "CAST(NULL AS bigint)"
    private static let noNumbers = [noNumber, noNumber, noNumber, noNumber].joined(separator: ", ")

    private static let account = """
        SELECT 'registered' AS kind, u.created AS time, CAST((
                SELECT max(r.method) FROM radian_registered_user r WHERE r.user_id = u.id AND \(isSeen("r.organization_id"))) AS text) AS t0,
            \(noText) AS t1, \(noText) AS t2, \(noText) AS t3, \(noText) AS t4, \(noNumber) AS n0, \(noNumber) AS n1,
            \(noNumber) AS n2, \(noNumber) AS n3
        FROM radian_user u WHERE u.id = $1 AND u.created < $4
        """
    private static let verifications = """
        SELECT 'verified', r.modified, CAST(r.method AS text), CAST(o.name AS text), \(noText), \(noText), \(noText), \(noNumbers)
        FROM radian_registered_user r JOIN radian_organization o ON o.id = r.organization_id
        WHERE r.user_id = $1 AND r.is_verified = 1 AND r.modified < $4 AND \(isSeen("r.organization_id"))
        """
    private static let logins = """
        SELECT CASE WHEN p.reply = 'Access-Accept' THEN 'login' ELSE 'reject' END, \(loginTime), CAST(p.reply AS text),
            CAST(p.reason AS text), CAST(p.nasname AS text), CAST(p.callingstationid AS text), \(noText), CAST(p.id AS bigint),
            \(noNumber), \(noNumber), \(noNumber)
        FROM radpostauth p WHERE p.username {{any $6 text}} AND \(loginTime) < $4 AND \(isSeen("p.organization_id"))
        ORDER BY p.id DESC LIMIT $5
        """
    private static let sessions = """
        SELECT 'session', {{epoch a.acctstarttime}} * 1000000, CAST({{host a.nasipaddress}} AS text), CAST(a.acctterminatecause AS text),
            CAST(a.acctuniqueid AS text), CAST({{host a.framedipaddress}} AS text), \(noText), CAST(a.acctsessiontime AS bigint),
            CAST(a.acctinputoctets AS bigint), CAST(a.acctoutputoctets AS bigint),
            CAST(CASE WHEN a.acctstoptime IS NULL THEN 1 ELSE 0 END AS bigint)
        FROM radacct a WHERE a.username {{any $6 text}} AND {{epoch a.acctstarttime}} * 1000000 < $4 AND \(isSeen("a.organization_id"))
        ORDER BY a.acctstarttime DESC LIMIT $5
        """
    private static let quotas = """
        SELECT 'quota', q.taken_at * 1000000, CAST(q.quota AS text), CAST(q.action AS text), \(noText), \(noText), \(noText), \(noNumbers)
        FROM radian_quota_action q JOIN radacct a ON a.acctuniqueid = q.acctuniqueid
        WHERE a.username {{any $6 text}} AND q.taken_at * 1000000 < $4 AND \(isSeen("a.organization_id"))
        ORDER BY q.taken_at DESC LIMIT $5
        """
    private static let actions = """
        SELECT 'coa', s.requested, CAST(s.action AS text), CAST(s.result AS text), CAST(s.requested_by AS text), CAST(s.reason AS text),
            \(noText), CAST(s.error_cause AS bigint), \(noNumber), \(noNumber), \(noNumber)
        FROM radian_session_action s WHERE s.username {{any $6 text}} AND s.requested < $4 AND \(isSeen("s.organization_id"))
        ORDER BY s.id DESC LIMIT $5
        """
    private static let changes = """
        SELECT 'change', c.created, CAST(c.action AS text), CAST(c.object_type AS text), CAST(c.actor AS text),
            CAST(c.object_label AS text), c.new_values, \(noNumbers)
        FROM radian_audit c WHERE c.user_id = $1 AND c.created < $4 AND ($2 = 1 OR EXISTS (
            SELECT 1 FROM radian_audit_organization o WHERE o.audit_id = c.id AND o.organization_id {{any $3 text}}))
        ORDER BY c.id DESC LIMIT $5
        """
    private static let notes = """
        SELECT 'note', n.created, n.content, CAST(n.author AS text), \(noText), \(noText), \(noText), \(noNumbers)
        FROM radian_user_note n WHERE n.user_id = $1 AND n.created < $4 AND (n.organization_id IS NULL OR \(isSeen("n.organization_id")))
        ORDER BY n.created DESC, n.id DESC LIMIT $5
        """
    private static let gathered = Statement(
        "\(account) UNION ALL \(verifications) UNION ALL "
            + [logins, sessions, quotas, actions, changes, notes].enumerated().map { "SELECT * FROM (\($1)) AS part\($0)" }
            .joined(separator: " UNION ALL ") + " ORDER BY time DESC LIMIT $5")
    private static let addNote = Statement(
        "INSERT INTO radian_user_note (user_id, organization_id, author, content, created) VALUES ($1, $2, $3, $4, $5)")

    /// What happened to a user, the newest first.
    /// - Parameters:
    ///   - names: user names as devices send them.
    ///   - time: only what was before, microseconds since 1970 UTC.
    func entries(of userID: String, names: [String], before time: Int64, in tenancy: Tenancy) throws(DatabaseError) -> [TimelineEntry] {
        var organizations: [String] = []
        if case .only(let ids) = tenancy { organizations = ids.sorted() }
        return try connection.rows(
            Self.gathered,
            [
                .text(userID), .integer(tenancy == .all ? 1 : 0), .texts(organizations), .integer(time), .integer(Int64(Self.limit)),
                .texts(names),
            ]
        ) { row in
            TimelineRow(
                kind: row.text(0), time: row.integer(1), texts: (2...6).map { row.textOrNil($0) },
                numbers: (7...10).map { row.integerOrNil($0) })
        }.compactMap(\.entry)
    }

    /// Notes something about a user.
    /// - Parameters:
    ///   - organizationID: whose managers read it; nil for everybody who sees the user.
    ///   - time: microseconds since 1970 UTC.
    func add(_ text: String, about userID: String, organizationID: String?, author: String, at time: Int64) throws(DatabaseError) {
        try connection.execute(
            Self.addNote, [.text(userID), .optional(organizationID), .text(author), .text(text), .integer(time)])
    }
}
