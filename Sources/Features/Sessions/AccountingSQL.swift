import Database
import RADIUSPipeline

/// The one upsert that writes accounting, and the rows it is given.
///
/// Rules, so that any order of a session's packets ends in the same row: start time is the earliest known, counters and session
/// time are the largest, other values come from the newest packet, a stop time once set stays. `connectinfo_start` is null until a
/// Start was seen. (A value that the newest packet lacks comes from whichever of the older ones arrived first.)
enum AccountingSQL {
    /// Seconds by which a packet may contradict the row's own times before it is taken for one of another session that used the same id.
    private static let slack = 60

    /// Columns that take the newest packet's value; inet columns are NULL when absent, some text columns are '' on FreeRADIUS's SQLite.
    private static let texts = [
        "username", "realm", "nasportid", "nasporttype", "acctauthentic", "calledstationid", "callingstationid", "acctterminatecause",
        "servicetype", "framedprotocol", "framedinterfaceid", "class", "organization_id", "vendorsessionid",
    ]
    private static let addresses = ["framedipaddress", "framedipv6address", "framedipv6prefix", "delegatedipv6prefix"]
    private static let notNullOnSQLite: Set<String> = [
        "username", "calledstationid", "callingstationid", "acctterminatecause", "framedinterfaceid", "framedipaddress",
        "framedipv6address", "framedipv6prefix", "delegatedipv6prefix",
    ]

    private static func inserted(_ column: String) -> String {
        let value = addresses.contains(column) ? "{{inet r.\(column)}}" : "r.\(column)"
        return notNullOnSQLite.contains(column) ? "{{postgres: \(value)}}{{sqlite: COALESCE(r.\(column), '')}}" : value
    }

    /// The newest packet's value, else the other one's.
    private static func newest(_ column: String) -> String {
        let new = "{{postgres: excluded.\(column)}}{{sqlite: NULLIF(excluded.\(column), '')}}"
        let old = "{{postgres: a.\(column)}}{{sqlite: NULLIF(a.\(column), '')}}"
        let empty = notNullOnSQLite.contains(column) ? "{{sqlite: , ''}}" : ""
        let exception =
            switch column {
            case "acctterminatecause": "WHEN \(isBack) THEN excluded.acctterminatecause "
            // The id of a VPN concentrator whose access point was found out.
            case "calledstationid": "WHEN excluded.calledstationid = a.reportedstationid THEN a.calledstationid "
            default: ""
            }
        return
            "\(column) = CASE \(exception)WHEN \(isNewer) THEN COALESCE(\(new), \(old)\(empty)) ELSE COALESCE(\(old), \(new)\(empty)) END"
    }

    /// Of packets with the same time, as when a NAS without Event-Timestamp empties its queue, the one further into the session is newer.
    private static let isNewer = """
        (excluded.acctupdatetime, excluded.acctsessiontime)
            >= (COALESCE(a.acctupdatetime, a.acctstarttime, excluded.acctupdatetime), COALESCE(a.acctsessiontime, 0))
        """
    private static func earliest(_ column: String) -> String {
        "COALESCE({{least}}(a.\(column), excluded.\(column)), a.\(column), excluded.\(column))"
    }
    /// A session that was given up and is heard of again goes on, or ended later than was thought.
    private static let isBack = "(a.given_up_at IS NOT NULL AND excluded.acctupdatetime > a.acctstoptime)"
    private static let stopped = """
        CASE WHEN \(isBack) THEN excluded.acctstoptime ELSE \(earliest("acctstoptime")) END
        """
    private static func plus(_ time: String) -> String { "\(time) + {{postgres: interval '\(slack) seconds'}}{{sqlite: \(slack)}}" }

    /// What each column becomes of the row that is there, `a`, and the packet's, `excluded`.
    private static let assignments: [(column: String, assignment: String)] =
        [
            ("acctstarttime", "acctstarttime = \(earliest("acctstarttime"))"),
            (
                "acctupdatetime",
                """
                acctupdatetime = COALESCE({{greatest}}(a.acctupdatetime, excluded.acctupdatetime), a.acctupdatetime, excluded.acctupdatetime)
                """
            ),
            ("acctstoptime", "acctstoptime = \(stopped)"),
            ("given_up_at", "given_up_at = CASE WHEN \(isBack) THEN NULL ELSE a.given_up_at END"),
            (
                "acctinterval",
                """
                acctinterval = CASE WHEN excluded.connectinfo_start IS NULL AND excluded.acctstoptime IS NULL AND \(isNewer)
                    THEN {{epoch excluded.acctupdatetime}} - {{epoch COALESCE(a.acctupdatetime, a.acctstarttime)}} ELSE a.acctinterval END
                """
            ),
            (
                "acctsessiontime",
                """
                acctsessiontime = {{greatest}}(COALESCE(a.acctsessiontime, 0), excluded.acctsessiontime,
                    CASE WHEN excluded.acctstoptime IS NOT NULL AND excluded.acctsessiontime = 0
                            OR a.acctstoptime IS NOT NULL AND COALESCE(a.acctsessiontime, 0) = 0
                        THEN COALESCE({{epoch \(stopped)}} - {{epoch \(earliest("acctstarttime"))}}, 0) ELSE 0 END)
                """
            ),
            ("connectinfo_start", "connectinfo_start = COALESCE(a.connectinfo_start, excluded.connectinfo_start)"),
            ("connectinfo_stop", "connectinfo_stop = COALESCE(excluded.connectinfo_stop, a.connectinfo_stop)"),
            ("acctinputoctets", "acctinputoctets = {{greatest}}(COALESCE(a.acctinputoctets, 0), excluded.acctinputoctets)"),
            ("acctoutputoctets", "acctoutputoctets = {{greatest}}(COALESCE(a.acctoutputoctets, 0), excluded.acctoutputoctets)"),
        ] + (texts + addresses).map { ($0, newest($0)) }

    private static let upsertText = """
        INSERT INTO radacct AS a (\(columnNames.joined(separator: ", ")))
        SELECT r.sessionid, r.uniqueid, {{inet r.nas}}, {{timestamp r.started}}, {{timestamp r.updated}}, {{timestamp r.stopped}}, r.duration,
            r.connectinfo_start, r.connectinfo_stop, r.input, r.output,
            \((texts + addresses).map(inserted).joined(separator: ", "))
        FROM {{rows sessionid text, uniqueid text, nas text, started bigint, updated bigint, stopped bigint, duration bigint,
            connectinfo_start text, connectinfo_stop text, input bigint, output bigint,
            \((texts + addresses).map { "\($0) text" }.joined(separator: ", "))}}
        WHERE true
        ON CONFLICT (acctuniqueid) DO UPDATE SET
            \(assignments.map(\.assignment).joined(separator: ",\n            "))
        WHERE NOT COALESCE(excluded.connectinfo_start IS NOT NULL AND \(plus("a.acctstoptime")) < excluded.acctstarttime, false)
            AND NOT COALESCE(a.connectinfo_start IS NOT NULL AND \(plus("excluded.acctupdatetime")) < a.acctstarttime, false)
        """

    static let upsert = Statement(upsertText)
    /// For Interim-Updates, which rarely change what SQLite's indexes hold.
    private static let upsertOfInterim = Statement(upsertText, firstOnSQLite: update(keeping: ["acctstoptime"], "$6 IS NULL"))
    /// For Stops, which end what the indexes of open sessions hold.
    private static let upsertOfStop = Statement(upsertText, firstOnSQLite: update(keeping: [], "$6 IS NOT NULL"))

    /// Columns of ``upsert``, in the order of its token, by their names in the table.
    private static let columnNames =
        [
            "acctsessionid", "acctuniqueid", "nasipaddress", "acctstarttime", "acctupdatetime", "acctstoptime", "acctsessiontime",
            "connectinfo_start", "connectinfo_stop", "acctinputoctets", "acctoutputoctets",
        ] + texts + addresses

    /// The upsert's update of an open session whose start, user and addresses stay.
    /// - Parameters:
    ///   - kept: columns that stay, too.
    ///   - condition: which packets are meant, those of Starts left out.
    private static func update(keeping kept: Set<String>, _ condition: String) -> Statement {
        let indexed: Set = ["acctstarttime", "username", "framedipaddress", "framedipv6address", "given_up_at", "connectinfo_start"]
        let changes = assignments.filter { !indexed.union(kept).contains($0.column) }.map(\.assignment).joined(separator: ", ")
        let same = ["username", "framedipaddress", "framedipv6address"].map {
            "AND a.\($0) = COALESCE(NULLIF(excluded.\($0), ''), a.\($0))"
        }
        var sql = """
            UPDATE radacct AS a SET \(changes)
            WHERE \(condition) AND excluded.connectinfo_start IS NULL AND a.acctuniqueid = excluded.acctuniqueid
                AND a.acctstoptime IS NULL AND a.acctstarttime <= excluded.acctstarttime \(same.joined(separator: " "))
            """
        // The longest first: some names begin as others do.
        for (index, name) in columnNames.enumerated().sorted(by: { $0.element.count > $1.element.count }) {
            sql = sql.replacing("excluded.\(name)", with: "$\(index + 1)")
        }
        return Statement(sql)
    }

    /// The statements that write records, each with the places of those that it writes.
    /// - Parameter places: of records of different sessions.
    static func statements(
        for records: [AccountingRecord], at places: [Int], _ dialect: Dialect
    ) -> [(statement: Statement, places: [Int])] {
        guard dialect == .sqlite else { return [(upsert, places)] }
        return [(upsert, .start), (upsertOfInterim, .interimUpdate), (upsertOfStop, .stop)].map { statement, type in
            (statement, places.filter { records[$0].statusType == type })
        }
    }

    /// Sets an ended session aside, so that a new one of the same NAS may use its id.
    static let setAside = Statement(
        "UPDATE radacct SET acctuniqueid = $2 WHERE acctuniqueid = $1 AND \(plus("acctstoptime")) < {{timestamp $3}}")

    /// Accounting-On and -Off at `$2` end every session of the NAS that began until then (RFC 2866 §5.1), but those of the list `$4`.
    static let closeAll = Statement(
        """
        UPDATE radacct SET acctstoptime = {{timestamp $2}}, acctupdatetime = {{timestamp $2}},
            acctsessiontime = {{greatest}}(COALESCE(acctsessiontime, 0), COALESCE($2 - {{epoch acctstarttime}}, 0)), acctterminatecause = $3
        WHERE nasipaddress = {{inet $1}} AND acctstoptime IS NULL AND acctstarttime <= {{timestamp $2}}
            AND NOT acctuniqueid {{any $4 text}}
        """)

    /// The columns of ``upsert``, in the order of its token.
    /// - Parameter places: of the records that are meant, in the order of the rows.
    static func columns(_ records: [AccountingRecord], at places: [Int]) -> [DatabaseColumn] {
        func text(_ value: (AccountingRecord) -> String?) -> DatabaseColumn {
            .text(places.map { value(records[$0])?.withoutNUL })
        }
        func integer(_ value: (AccountingRecord) -> Int64?) -> DatabaseColumn { .integer(places.map { value(records[$0]) }) }
        // Where a value is made of several fields, who is handed the record gets a copy.
        func text(at value: (Int) -> String?) -> DatabaseColumn { .text(places.map { value($0)?.withoutNUL }) }
        func integer(at value: (Int) -> Int64?) -> DatabaseColumn { .integer(places.map(value)) }
        return [
            text { $0.acctSessionID }, text { $0.uniqueID }, text { $0.nasIPAddress },
            integer(at: { records[$0].eventEpoch - (records[$0].statusType == .start ? 0 : records[$0].sessionTime ?? 0) }),
            integer { $0.eventEpoch }, integer(at: { records[$0].statusType == .stop ? records[$0].eventEpoch : nil }),
            integer { $0.sessionTime ?? 0 }, text(at: { records[$0].statusType == .start ? records[$0].connectInfo ?? "" : nil }),
            text(at: { records[$0].statusType == .stop ? records[$0].connectInfo ?? "" : nil }),
            integer { $0.inputOctets ?? 0 }, integer { $0.outputOctets ?? 0 },
            text { $0.userName }, text { $0.realm }, text { $0.nasPortID }, text { $0.nasPortType }, text { $0.acctAuthentic },
            text { $0.calledStationID }, text { $0.callingStationID }, text { $0.terminateCause }, text { $0.serviceType },
            text { $0.framedProtocol }, text { $0.framedInterfaceID }, text { $0.classText }, text { $0.organizationID },
            text { $0.vendorSessionID },
            text { $0.framedIPAddress }, text { $0.framedIPv6Address }, text { $0.framedIPv6Prefix }, text { $0.delegatedIPv6Prefix },
        ]
    }
}

extension String {
    /// PostgreSQL cannot store U+0000; a NAS that pads its texts must not lose its records for that.
    var withoutNUL: String {
        // Texts of a packet lie in one piece, which is looked through much faster than character by character.
        let hasNUL = utf8.withContiguousStorageIfAvailable { $0.contains(0) } ?? utf8.contains(0)
        return hasNUL ? String(String.UnicodeScalarView(unicodeScalars.filter { $0.value != 0 })) : self
    }
}
