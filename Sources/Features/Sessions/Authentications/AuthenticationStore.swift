public import Database
public import WebRouting

/// Which entries of the authentication log a list shows.
public struct AuthenticationFilter: Sendable, Equatable {
    /// As received.
    public var username: String?
    /// In any spelling.
    public var callingStationID: String?
    /// The NAS's name, in any case.
    public var nas: String?
    public var isAccepted: Bool?
    public var reason: String?
    /// Microseconds since 1970 UTC.
    public var since: Int64?
    /// Microseconds since 1970 UTC.
    public var until: Int64?
    /// Part of a user name, a station or a NAS, in any case.
    public var text: String?

    public init() {}
}

/// Pages of `radpostauth`, newest first, over one connection.
public struct AuthenticationStore {
    /// Entries that a list reaches; narrower filters reach older ones.
    public static let reach = 10_000

    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    /// A moment in the column's form.
    /// - Parameter microseconds: SQL of an integer.
    public static func moment(_ microseconds: String) -> String {
        """
        {{postgres: to_timestamp(\(microseconds) / 1000000.0)}}{{sqlite: strftime('%Y-%m-%d %H:%M:%f', \(microseconds) / 1000000.0, 'unixepoch')}}
        """
    }

    private static let isVisible = "($1 = 1 OR p.organization_id {{any $2 text}})"
    private static let condition = """
        \(isVisible) AND p.authdate >= \(moment("CAST($4 AS bigint)")) AND p.authdate <= \(moment("CAST($5 AS bigint)"))
            AND ($6 = '' OR lower(replace(replace(replace(p.callingstationid, ':', ''), '-', ''), '.', '')) = $6)
            AND ($7 = '' OR lower(p.nasname) = $7) AND ($8 = '' OR p.reply = $8) AND ($9 = '' OR p.reason = $9)
            AND ($10 = '' OR \(contains("p.username")) OR \(contains("p.callingstationid")) OR \(contains("p.nasname")))
        """

    private static func contains(_ column: String) -> String {
        "{{postgres: strpos(lower(\(column)), $10) > 0}}{{sqlite: instr(lower(\(column)), $10) > 0}}"
    }

    private static let columns = """
        p.id, {{postgres: CAST(extract(epoch FROM p.authdate) * 1000 AS bigint)}}{{sqlite:
            CAST(round((julianday(p.authdate) - 2440587.5) * 86400000.0) AS INTEGER)}}, p.username, p.reply, p.reason, p.nasname,
            (SELECT min(n.id) FROM nas n WHERE COALESCE(NULLIF(n.shortname, ''), n.nasname) = p.nasname
                AND (n.organization_id IS NULL OR n.organization_id = p.organization_id)
                AND ($1 = 1 OR n.organization_id {{any $2 text}})),
            p.callingstationid, p.calledstationid, p.organization_id, p.method,
            (SELECT u.id FROM radian_user u WHERE u.username = p.username AND ($1 = 1 OR u.is_superuser = 0 AND EXISTS (
                SELECT 1 FROM radian_organization_user m WHERE m.user_id = u.id AND m.organization_id {{any $2 text}})))
        """

    private static func count(_ user: String) -> Statement {
        Statement("SELECT count(*) FROM (SELECT 1 FROM radpostauth p WHERE \(user) AND \(condition) LIMIT \(reach)) AS found")
    }
    private static func page(_ user: String) -> Statement {
        Statement(
            """
            SELECT \(columns) FROM radpostauth p WHERE \(user) AND \(condition)
            ORDER BY p.authdate DESC, p.id DESC LIMIT $11 OFFSET $12
            """)
    }
    /// SQLite plans a statement once, whatever its arguments: the index of names is found only where the name stands alone.
    private static let everybody = (count: count("$3 = ''"), page: page("$3 = ''"))
    private static let oneUser = (count: count("p.username = $3"), page: page("p.username = $3"))
    private static let one = Statement("SELECT \(columns) FROM radpostauth p WHERE p.id = $3 AND \(isVisible)")

    /// One page and the number of all, ``reach`` at most.
    public func entries(_ filter: AuthenticationFilter, in tenancy: Tenancy, page: Page) throws(DatabaseError) -> (
        entries: [AuthenticationEntry], total: Int
    ) {
        let arguments = Self.arguments(filter, tenancy)
        let statements = filter.username == nil ? Self.everybody : Self.oneUser
        let total = try connection.first(statements.count, arguments) { row throws(DatabaseError) in Int(row.integer(0)) } ?? 0
        let entries = try connection.rows(statements.page, arguments + [.integer(Int64(page.size)), .integer(page.offset)]) {
            (row) throws(DatabaseError) in Self.decode(row)
        }
        return (entries, total)
    }

    /// One entry; nil when there is none, or of an organization outside.
    public func entry(_ id: Int64, in tenancy: Tenancy) throws(DatabaseError) -> AuthenticationEntry? {
        try connection.first(Self.one, Self.scope(tenancy) + [.integer(id)]) { (row) throws(DatabaseError) in Self.decode(row) }
    }

    private static func scope(_ tenancy: Tenancy) -> [DatabaseValue] {
        guard case .only(let ids) = tenancy else { return [.integer(1), .texts([])] }
        return [.integer(0), .texts(Array(ids))]
    }

    /// 9999-12-31T23:59:59Z.
    private static let farAway: Int64 = 253_402_300_799_000_000

    private static func arguments(_ filter: AuthenticationFilter, _ tenancy: Tenancy) -> [DatabaseValue] {
        let station = (filter.callingStationID ?? "").lowercased().filter { !":-.".contains($0) }
        let reply = filter.isAccepted.map { $0 ? "Access-Accept" : "Access-Reject" } ?? ""
        return scope(tenancy) + [
            .text(filter.username ?? ""), .integer(max(filter.since ?? 0, 0)), .integer(min(filter.until ?? farAway, farAway)),
            .text(station), .text(filter.nas?.lowercased() ?? ""), .text(reply), .text(filter.reason ?? ""),
            .text(filter.text?.lowercased() ?? ""),
        ]
    }

    private static func decode(_ row: any DatabaseRow) -> AuthenticationEntry {
        func text(_ column: Int) -> String? { row.textOrNil(column).flatMap { $0.isEmpty ? nil : $0 } }
        return AuthenticationEntry(
            id: row.integer(0), time: row.integer(1) * 1000, username: row.text(2), reply: row.text(3), reason: text(4), nasName: text(5),
            nasID: row.integerOrNil(6), callingStationID: text(7), calledStationID: text(8), organizationID: text(9), method: text(10),
            userID: text(11))
    }
}
