import Database

/// SQL about accounting and the log of logins, over the target's connection. Callers open the transaction.
struct MigratedSessionStore {
    let connection: any DatabaseConnection

    private static let texts = [
        "acctsessionid", "username", "groupname", "realm", "nasportid", "nasporttype", "acctauthentic", "connectinfo_start",
        "connectinfo_stop", "calledstationid", "callingstationid", "acctterminatecause", "servicetype", "framedprotocol",
        "framedinterfaceid", "class", "organization_id",
    ]
    private static let addresses = ["nasipaddress", "framedipaddress", "framedipv6address", "framedipv6prefix", "delegatedipv6prefix"]
    private static let times = ["acctstarttime", "acctupdatetime", "acctstoptime"]
    private static let numbers = ["acctinterval", "acctsessiontime", "acctinputoctets", "acctoutputoctets"]
    /// Columns that FreeRADIUS's schema for SQLite wants a text in.
    private static let neverNullOnSQLite: Set<String> = [
        "acctsessionid", "username", "calledstationid", "callingstationid", "acctterminatecause", "framedinterfaceid", "framedipaddress",
        "framedipv6address", "framedipv6prefix", "delegatedipv6prefix",
    ]
    private static let all = texts + addresses + times + numbers

    private static func value(_ column: String) -> String {
        if times.contains(column) { return "{{timestamp r.\(column)}}" }
        let value = addresses.contains(column) ? "{{inet r.\(column)}}" : "r.\(column)"
        return neverNullOnSQLite.contains(column) ? "{{postgres: \(value)}}{{sqlite: COALESCE(\(value), '')}}" : value
    }

    /// A session that is over here stays as it is; one that goes on gets what the source knows later.
    private static let upsert = Statement(
        """
        INSERT INTO radacct AS a (acctuniqueid, \(all.joined(separator: ", ")))
        SELECT r.acctuniqueid, \(all.map(value).joined(separator: ", "))
        FROM {{rows acctuniqueid text, \(texts.map { "\($0) text" }.joined(separator: ", ")),
            \(addresses.map { "\($0) text" }.joined(separator: ", ")), \((times + numbers).map { "\($0) bigint" }.joined(separator: ", "))}}
        WHERE true ON CONFLICT (acctuniqueid) DO UPDATE SET acctstoptime = excluded.acctstoptime,
            acctupdatetime = excluded.acctupdatetime, acctsessiontime = excluded.acctsessiontime,
            acctinputoctets = excluded.acctinputoctets, acctoutputoctets = excluded.acctoutputoctets,
            acctterminatecause = excluded.acctterminatecause, connectinfo_stop = excluded.connectinfo_stop
        WHERE a.acctstoptime IS NULL
            AND (excluded.acctstoptime IS NOT NULL OR excluded.acctupdatetime > COALESCE(a.acctupdatetime, a.acctstarttime))
        """)
    private static let present = Statement("SELECT acctuniqueid FROM radacct WHERE acctuniqueid {{any $1 text}}")
    private static let loginTime = """
        {{postgres: to_timestamp(r.at / 1000000.0)}}{{sqlite: strftime('%Y-%m-%d %H:%M:%f', r.at / 1000000.0, 'unixepoch')}}
        """
    private static let isLogged = """
        SELECT 1 FROM radpostauth p WHERE p.username = r.username AND p.authdate = \(loginTime)
            AND COALESCE(p.reply, '') = COALESCE(r.reply, '') AND COALESCE(p.callingstationid, '') = COALESCE(r.calling, '')
        """
    private static let loginRows =
        "{{rows username text, reply text, called text, calling text, class text, organization text, at bigint}}"
    private static let logins = Statement(
        """
        INSERT INTO radpostauth (username, pass, reply, calledstationid, callingstationid, class, organization_id, authdate)
        SELECT r.username, '', r.reply, r.called, r.calling, r.class, r.organization, \(loginTime)
        FROM \(loginRows) WHERE NOT EXISTS (\(isLogged))
        """)

    struct Session {
        var uniqueID: String
        /// By column.
        var texts: [String: String]
        var times: [String: Int64]
        var numbers: [String: Int64]
    }

    /// Those of the sessions that are there.
    func present(among uniqueIDs: [String]) throws(DatabaseError) -> Set<String> {
        Set(try connection.rows(Self.present, [.texts(uniqueIDs)]) { row throws(DatabaseError) in row.text(0) })
    }

    /// - Parameter sessions: each id once.
    /// - Returns: how many were written or brought up to date.
    func write(_ sessions: [Session]) throws(DatabaseError) -> Int {
        try connection.executeRows(
            Self.upsert,
            columns: [.text(sessions.map(\.uniqueID))]
                + (Self.texts + Self.addresses).map { column in .text(sessions.map { $0.texts[column] }) }
                + Self.times.map { column in .integer(sessions.map { $0.times[column] }) }
                + Self.numbers.map { column in .integer(sessions.map { $0.numbers[column] }) })
    }

    static let sessionTexts = texts
    static let sessionAddresses = addresses
    static let sessionTimes = times
    static let sessionNumbers = numbers

    struct Login: Hashable {
        var username: String
        var reply: String?
        var called: String?
        var calling: String?
        var classText: String?
        var organizationID: String?
        /// Microseconds since 1970 UTC.
        var time: Int64
    }

    /// Adds those that are not there.
    /// - Returns: how many.
    func write(_ logins: [Login]) throws(DatabaseError) -> Int {
        try connection.executeRows(
            Self.logins,
            columns: [
                .text(logins.map(\.username)), .text(logins.map(\.reply)), .text(logins.map(\.called)), .text(logins.map(\.calling)),
                .text(logins.map(\.classText)), .text(logins.map(\.organizationID)), .integer(logins.map(\.time)),
            ])
    }

    /// Looks for a login by user and time quickly while logins are taken over, and no longer.
    func beginLogins() throws(DatabaseError) {
        try connection.script("CREATE INDEX IF NOT EXISTS radian_migration_login ON radpostauth (username, authdate)")
    }

    func endLogins() throws(DatabaseError) {
        try connection.script("DROP INDEX IF EXISTS radian_migration_login")
    }
}
