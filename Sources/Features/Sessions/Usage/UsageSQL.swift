import Database
import RADIUSPipeline

/// Statements about kept usage, and the parts of them that others join to their own.
public enum UsageSQL {
    /// Names whose usage is kept: `r` a row per organization, `d` how far back to look, for the names of the list `$1`.
    public static let kept = """
        r AS MATERIALIZED (SELECT username, organization_id, zone, hours_back, days_back, granted
            FROM radian_usage_user WHERE username {{any $1 text}}),
        d AS MATERIALIZED (SELECT username, max(hours_back) AS hours, max(days_back) AS days FROM r GROUP BY username)
        """

    /// Rows of `r` and of their usage up to the moment `$2`, eight columns each: the part's number, name, integer, four texts, integer.
    /// - Parameters:
    ///   - registration: number of the rows of `r`.
    ///   - bucket: number of the rows of usage.
    ///   - stamp: number of the rows that hold a stamp in their integer.
    public static func rows(registration: Int64, bucket: Int64, stamp: Int64) -> String {
        // Name by name, whatever the statistics say: plans are kept, also one that was made while there was no usage. SQLite keeps to the
        // order of a CROSS JOIN; PostgreSQL goes through a subquery that it cannot merge.
        func usage(_ grain: UsageSplit.Grain, _ condition: String) -> String {
            let usage = "radian_usage u WHERE u.username = d.username AND u.grain = \(grain.rawValue) AND \(condition)"
            return "d CROSS JOIN {{postgres: LATERAL (SELECT * FROM \(usage) OFFSET 0) u}}{{sqlite: \(usage)}}"
        }
        func buckets(_ grain: UsageSplit.Grain, _ column: String, _ condition: String) -> String {
            """
            SELECT \(bucket), u.username, \(column), CAST(u.seconds AS text), CAST(u.input_octets AS text), CAST(u.output_octets AS text),
                u.organization_id, \(grain.rawValue) FROM \(usage(grain, condition))
            """
        }
        return """
            SELECT \(registration), username, hours_back, zone, granted, '', organization_id, days_back FROM r
            UNION ALL SELECT \(stamp), username, stamp, '', '', '', '', 0 FROM radian_usage_stamp WHERE username {{any $1 text}}
            UNION ALL \(buckets(.total, "u.first_start", "u.began = 0"))
            UNION ALL \(buckets(.hour, "u.began", "u.began > CAST($2 AS bigint) - d.hours * 3600 - 3600"))
            UNION ALL \(buckets(.day, "u.began", "u.began > CAST($2 AS bigint) - d.days * 86400 - 86400"))
            """
    }

    /// Rows of the stamps of those names of the list `$2` whose stamp is not the one in the same place of the list `$3`, as
    /// ``rows(registration:bucket:stamp:)`` returns them.
    public static func changedStamps(_ number: Int64) -> String {
        """
        SELECT \(number), k.username, COALESCE(s.stamp, 0), '', '', '', '', 0 FROM
            {{postgres: unnest($2::text[], $3::bigint[]) AS k (username, stamp)}}
            {{sqlite: (SELECT value AS username, $3 ->> key AS stamp FROM json_each($2)) AS k}}
            LEFT JOIN radian_usage_stamp s ON s.username = k.username WHERE COALESCE(s.stamp, 0) <> k.stamp
        """
    }

    static let load = Statement("WITH \(kept) \(rows(registration: 0, bucket: 1, stamp: 2))")

    private static let session = """
        SELECT a.acctuniqueid, a.username, COALESCE(a.organization_id, ''), {{epoch a.acctstarttime}},
            {{epoch COALESCE(a.acctupdatetime, a.acctstoptime, a.acctstarttime)}}, COALESCE(a.acctsessiontime, 0),
            COALESCE(a.acctinputoctets, 0), COALESCE(a.acctoutputoctets, 0), a.counted_start, a.counted_seconds, a.counted_input,
            a.counted_output
        """
    /// With the moment before which sessions of the user may be counted without a mark.
    private static let unmarkedSession = """
        \(session), CASE WHEN a.counted_start IS NULL THEN (SELECT s.settled FROM radian_usage_stamp s WHERE s.username = a.username) END
        """
    private static let isKept = "EXISTS (SELECT 1 FROM radian_usage_user u WHERE u.username = a.username)"

    /// Sessions of the list `$1` whose users' usage is kept. Where nobody's is, no session is looked for.
    static let keptSessions = Statement(
        """
        \(unmarkedSession) FROM radacct a
            WHERE EXISTS (SELECT 1 FROM radian_usage_user) AND a.acctuniqueid {{any $1 text}} AND \(isKept)
        """)
    /// Sessions of the users of the list `$1` that run or began since `$2`, locked against packets that arrive meanwhile.
    static let recentSessions = Statement(
        """
        {{postgres: SELECT s.* FROM unnest($1::text[]) AS n(name) CROSS JOIN LATERAL (
            \(session), NULL FROM radacct a WHERE a.username = n.name AND \(isRecent) ORDER BY a.acctuniqueid FOR UPDATE OF a) AS s}}
        {{sqlite: \(session), NULL FROM radacct a WHERE a.username {{any $1 text}} AND \(isRecent)}}
        """)
    /// Their other sessions.
    static let settledSessions = Statement(
        """
        {{postgres: SELECT s.* FROM unnest($1::text[]) AS n(name) CROSS JOIN LATERAL (
            \(session), NULL FROM radacct a WHERE a.username = n.name AND NOT \(isRecent) OFFSET 0) AS s}}
        {{sqlite: \(session), NULL FROM radacct a WHERE a.username {{any $1 text}} AND NOT \(isRecent)}}
        """)
    private static let isRecent = "(a.acctstoptime IS NULL OR a.acctstarttime IS NULL OR a.acctstarttime >= {{timestamp $2}})"
    /// All sessions of the user `$1`, for reading only.
    static let readUserSessions = Statement("\(session), NULL FROM radacct a WHERE a.username = $1")
    /// Sessions that run or began after `$1`, and changed since they were counted, as when another program writes them.
    static let uncountedSessions = Statement(
        """
        \(unmarkedSession) FROM radian_usage_user k CROSS JOIN radacct a
            WHERE a.username = k.username AND (a.acctstoptime IS NULL OR a.acctstarttime > {{timestamp $1}})
            AND (a.counted_start IS NULL OR COALESCE(a.acctsessiontime, 0) <> a.counted_seconds
                OR COALESCE(a.acctinputoctets, 0) <> a.counted_input OR COALESCE(a.acctoutputoctets, 0) <> a.counted_output)
            ORDER BY a.acctuniqueid LIMIT 10000 {{postgres: FOR UPDATE OF a}}
        """)
    /// Open sessions that an Accounting-On or -Off of the NAS `$1` at `$2` is about to end.
    static let closing = Statement(
        """
        SELECT a.acctuniqueid FROM radacct a
            WHERE a.nasipaddress = {{inet $1}} AND a.acctstoptime IS NULL AND a.acctstarttime <= {{timestamp $2}} AND \(isKept)
        """)

    static let mark = Statement(
        """
        UPDATE radacct SET counted_start = r.began, counted_seconds = r.seconds, counted_input = r.input, counted_output = r.output
            FROM {{rows uniqueid text, began bigint, seconds bigint, input bigint, output bigint}}
            WHERE radacct.acctuniqueid = r.uniqueid
        """)
    static let add = Statement(
        """
        INSERT INTO radian_usage AS u (username, organization_id, grain, began, seconds, input_octets, output_octets, first_start)
        SELECT r.username, r.organization, r.grain, r.began, r.seconds, r.input, r.output, r.first
            FROM {{rows username text, organization text, grain bigint, began bigint, seconds bigint, input bigint, output bigint, first bigint}}
            WHERE true
        ON CONFLICT (username, grain, began, organization_id) DO UPDATE SET
            seconds = u.seconds + excluded.seconds, input_octets = u.input_octets + excluded.input_octets,
            output_octets = u.output_octets + excluded.output_octets,
            first_start = COALESCE({{least}}(u.first_start, excluded.first_start), u.first_start, excluded.first_start)
        """)
    static let restamp = Statement(
        """
        INSERT INTO radian_usage_stamp AS s (username, stamp)
        SELECT r.username, r.stamp FROM {{rows username text, stamp bigint}} WHERE true
        ON CONFLICT (username) DO UPDATE SET stamp = excluded.stamp
        """)
    static let settle = Statement("UPDATE radian_usage_stamp SET settled = $2 WHERE username {{any $1 text}}")

    static let registrations = Statement("SELECT username, zone FROM radian_usage_user WHERE username {{any $1 text}}")
    static let register = Statement(
        """
        INSERT INTO radian_usage_user AS u (username, organization_id, zone, hours_back, days_back, granted)
        SELECT r.username, r.organization, r.zone, r.hours, r.days, r.granted
            FROM {{rows username text, organization text, zone text, hours bigint, days bigint, granted text}}
            WHERE true
        ON CONFLICT (username, organization_id) DO UPDATE SET zone = excluded.zone, granted = excluded.granted,
            hours_back = {{greatest}}(u.hours_back, excluded.hours_back), days_back = {{greatest}}(u.days_back, excluded.days_back)
        """)
    static let deepen = Statement(
        """
        UPDATE radian_usage_user SET hours_back = {{greatest}}(hours_back, CAST($2 AS integer)),
            days_back = {{greatest}}(days_back, CAST($3 AS integer)) WHERE username = $1
        """)
    static let alignZones = Statement("UPDATE radian_usage_user SET zone = $2 WHERE username {{any $1 text}} AND zone <> $2")
    static let clear = Statement("DELETE FROM radian_usage WHERE username {{any $1 text}}")
    static let pruneHours = Statement("DELETE FROM radian_usage WHERE grain = 1 AND began < $1")
    static let pruneDays = Statement("DELETE FROM radian_usage WHERE grain = 2 AND began < $1")
    /// Names to check next, oldest check first, marked as checked.
    static let nextChecks = Statement(
        "SELECT DISTINCT username FROM (SELECT username FROM radian_usage_user ORDER BY checked_at LIMIT $1) AS q")
    static let checked = Statement("UPDATE radian_usage_user SET checked_at = $2 WHERE username {{any $1 text}}")
    /// The sums of the user `$1`, kept and found, with what a session counts at most as `$2`.
    static let sums = Statement(
        """
        SELECT COALESCE(u.seconds, 0), COALESCE(u.input, 0), COALESCE(u.output, 0), COALESCE(a.seconds, 0), COALESCE(a.input, 0),
            COALESCE(a.output, 0)
            FROM (SELECT sum(seconds) AS seconds, sum(input_octets) AS input, sum(output_octets) AS output
                FROM radian_usage WHERE username = $1 AND grain = 0) AS u
            CROSS JOIN (SELECT sum({{least}}(COALESCE(acctsessiontime, 0), CAST($2 AS bigint))) AS seconds,
                    sum({{least}}(COALESCE(acctinputoctets, 0), CAST($2 AS bigint))) AS input,
                    sum({{least}}(COALESCE(acctoutputoctets, 0), CAST($2 AS bigint))) AS output
                FROM radacct WHERE username = $1) AS a
        """)

    static func session(_ row: any DatabaseRow) -> MeteredSession {
        func bounded(_ column: Int) -> Int64 { max(0, min(MeteredSession.largest, row.integer(column))) }
        let amount = UsageAmount(seconds: min(bounded(5), 1 << 32), inputOctets: bounded(6), outputOctets: bounded(7))
        let updated = row.integer(4)
        let counted = row.integerOrNil(8).map {
            (start: $0, amount: UsageAmount(seconds: row.integer(9), inputOctets: row.integer(10), outputOctets: row.integer(11)))
        }
        let start = row.integerOrNil(3)
        let settled = row.integerOrNil(12)
        return MeteredSession(
            uniqueID: row.text(0), userName: StoredName(row.text(1)), organizationID: row.text(2),
            start: start ?? updated - amount.seconds, amount: amount, counted: counted,
            settled: settled.flatMap { settled in start.flatMap { $0 < settled ? settled : nil } }, updated: updated)
    }
}
