public import Database
public import WebRouting

/// Which sessions a list shows.
public struct SessionFilter: Sendable, Equatable {
    public var username: String?
    /// As stored.
    public var calledStationID: String?
    /// As stored.
    public var callingStationID: String?
    /// Begun then or later, seconds since 1970 UTC.
    public var startedFrom: Int64?
    /// Stopped then or before, seconds since 1970 UTC.
    public var stoppedUntil: Int64?
    public var isOpen: Bool?
    /// Acct-Unique-Session-Id.
    public var uniqueID: String?
    /// Whether stations' addresses are compared without letter case and with `:` and `-` alike.
    public var ignoresSpelling = false

    public init() {}
}

/// One session with all that the API tells of it.
public struct SessionDetails: Sendable, Equatable {
    public var session: Session
    public var organizationID: String?
    public var realm, groupName, nasPortID, nasPortType, authentication, connectInfoStart, connectInfoStop: String?
    public var calledStationID, serviceType, framedProtocol: String?
    public var framedIPv6Address, framedIPv6Prefix, framedInterfaceID, delegatedIPv6Prefix: String?
    /// Seconds since 1970 UTC.
    public var updatedAt: Int64?
    public var intervalSeconds: Int64?
}

/// Pages of sessions, newest first.
public struct SessionListStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let condition = """
        ($1 = 1 OR organization_id {{any $2 text}}) AND ($3 = '' OR username = $3)
            AND ($4 = '' OR calledstationid = $4) AND ($5 = '' OR callingstationid = $5)
            AND ($6 = CAST(0 AS bigint) OR acctstarttime >= {{timestamp $6}})
            AND ($7 = CAST(0 AS bigint) OR acctstoptime <= {{timestamp $7}})
            AND ($8 = 0 OR ($8 = 1 AND acctstoptime IS NULL) OR ($8 = 2 AND acctstoptime IS NOT NULL))
            AND ($9 = '' OR lower(replace(calledstationid, ':', '-')) = $9) AND ($10 = '' OR lower(replace(callingstationid, ':', '-')) = $10)
        """
    private static let columns = """
        acctuniqueid, acctsessionid, username, {{host nasipaddress}}, callingstationid, {{host framedipaddress}},
            {{epoch acctstarttime}}, {{epoch acctstoptime}}, acctsessiontime, acctinputoctets, acctoutputoctets, acctterminatecause,
            organization_id, realm, groupname, nasportid, nasporttype, acctauthentic, connectinfo_start, connectinfo_stop, calledstationid,
            servicetype, framedprotocol, {{host framedipv6address}}, {{postgres: CAST(framedipv6prefix AS text)}}{{sqlite: framedipv6prefix}},
            framedinterfaceid, {{postgres: CAST(delegatedipv6prefix AS text)}}{{sqlite: delegatedipv6prefix}}, {{epoch acctupdatetime}},
            acctinterval
        """
    /// SQLite plans a statement once, whatever its arguments: an index is found only where the id stands alone.
    private static func count(_ id: String) -> Statement { Statement("SELECT count(*) FROM radacct WHERE \(id) AND \(condition)") }
    private static func page(_ id: String) -> Statement {
        Statement(
            """
            SELECT \(columns) FROM radacct WHERE \(id) AND \(condition)
            ORDER BY acctstarttime DESC, radacctid DESC LIMIT $12 OFFSET $13
            """)
    }
    private static let all = (count: count("$11 = ''"), page: page("$11 = ''"))
    private static let single = (count: count("acctuniqueid = $11"), page: page("acctuniqueid = $11"))
    private static let named = Statement("SELECT \(columns) FROM radacct WHERE acctuniqueid {{any $1 text}}")
    private static let openReports = Statement(
        "SELECT acctuniqueid, {{epoch acctupdatetime}} FROM radacct WHERE acctstoptime IS NULL LIMIT $1")

    /// One page and the number of all.
    public func sessions(_ filter: SessionFilter, in tenancy: Tenancy, page: Page) throws(DatabaseError) -> (
        sessions: [SessionDetails], total: Int
    ) {
        let arguments = Self.arguments(filter, tenancy)
        let statements = filter.uniqueID == nil ? Self.all : Self.single
        let total = try connection.first(statements.count, arguments) { row throws(DatabaseError) in Int(row.integer(0)) } ?? 0
        let sessions = try connection.rows(statements.page, arguments + [.integer(Int64(page.size)), .integer(page.offset)]) {
            (row) throws(DatabaseError) in Self.decode(row)
        }
        return (sessions, total)
    }

    /// Sessions by their unique ids, in any order; of any organization.
    public func sessions(_ uniqueIDs: [String]) throws(DatabaseError) -> [SessionDetails] {
        try connection.rows(Self.named, [.texts(uniqueIDs)]) { (row) throws(DatabaseError) in Self.decode(row) }
    }

    /// When each open session was last told of, in seconds since 1970 UTC, by unique id; of any organization.
    /// - Returns: nil when more than `limit` are open.
    func lastReports(limit: Int) throws(DatabaseError) -> [String: Int64]? {
        var reports: [String: Int64] = [:]
        try connection.query(Self.openReports, [.integer(Int64(limit) + 1)]) { row in reports[row.text(0)] = row.integer(1) }
        return reports.count > limit ? nil : reports
    }

    private static func decode(_ row: any DatabaseRow) -> SessionDetails {
        func text(_ column: Int) -> String? { row.textOrNil(column).flatMap { $0.isEmpty ? nil : $0 } }
        let session = Session(
            uniqueID: row.text(0), sessionID: row.text(1), userName: row.text(2), nasAddress: row.text(3),
            callingStationID: row.text(4), framedIPAddress: row.text(5), startedAt: row.integerOrNil(6), stoppedAt: row.integerOrNil(7),
            sessionTimeSeconds: row.integer(8), inputOctets: row.integer(9), outputOctets: row.integer(10), terminateCause: row.text(11)
        )
        return SessionDetails(
            session: session, organizationID: row.textOrNil(12), realm: text(13), groupName: text(14), nasPortID: text(15),
            nasPortType: text(16), authentication: text(17), connectInfoStart: text(18), connectInfoStop: text(19),
            calledStationID: text(20), serviceType: text(21), framedProtocol: text(22), framedIPv6Address: text(23),
            framedIPv6Prefix: text(24), framedInterfaceID: text(25), delegatedIPv6Prefix: text(26), updatedAt: row.integerOrNil(27),
            intervalSeconds: row.integerOrNil(28))
    }

    private static func arguments(_ filter: SessionFilter, _ tenancy: Tenancy) -> [DatabaseValue] {
        var organizations: [String] = []
        if case .only(let ids) = tenancy { organizations = Array(ids) }
        func spelled(_ text: String?) -> String { (text ?? "").lowercased().replacing(":", with: "-") }
        let exact = !filter.ignoresSpelling
        return [
            .integer(tenancy == .all ? 1 : 0), .texts(organizations), .text(filter.username ?? ""),
            .text(exact ? filter.calledStationID ?? "" : ""), .text(exact ? filter.callingStationID ?? "" : ""),
            .integer(filter.startedFrom ?? 0), .integer(filter.stoppedUntil ?? 0), .integer(filter.isOpen.map { $0 ? 1 : 2 } ?? 0),
            .text(exact ? "" : spelled(filter.calledStationID)), .text(exact ? "" : spelled(filter.callingStationID)),
            .text(filter.uniqueID ?? ""),
        ]
    }
}
