import Database
import RADIUSPipeline

/// Statements of those who watch running sessions for used up quotas.
enum QuotaWatchSQL {
    /// Running sessions of the users of the list `$1` that no restart of their NAS ended.
    static let sessions = Statement(
        """
        SELECT a.acctuniqueid, a.username, a.organization_id, {{epoch a.acctstarttime}},
            {{epoch COALESCE(a.acctupdatetime, a.acctstarttime)}}, COALESCE(a.acctsessiontime, 0), COALESCE(a.acctinputoctets, 0),
            COALESCE(a.acctoutputoctets, 0)
            FROM radacct a WHERE a.acctstoptime IS NULL AND a.username {{any $1 text}}
            AND NOT EXISTS (SELECT 1 FROM nasreload n WHERE n.nasipaddress = a.nasipaddress AND n.reloadtime >= a.acctstarttime)
        """)
    /// Users with limits who are online.
    static let online = Statement(
        """
        SELECT DISTINCT u.username FROM radian_usage_user u
            WHERE EXISTS (SELECT 1 FROM radacct a WHERE a.username = u.username AND a.acctstoptime IS NULL)
        """)
    /// Notes an action unless it was taken in this period already.
    static let act = Statement(
        """
        INSERT INTO radian_quota_action AS q (acctuniqueid, quota, period_began, action, taken_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (acctuniqueid, quota) DO UPDATE SET period_began = excluded.period_began, action = excluded.action,
            taken_at = excluded.taken_at WHERE q.period_began <> excluded.period_began
        """)
    /// Actions taken on the sessions of the list `$1`.
    static let taken = Statement("SELECT acctuniqueid, quota, action FROM radian_quota_action WHERE acctuniqueid {{any $1 text}}")
    static let lift = Statement("DELETE FROM radian_quota_action WHERE acctuniqueid = $1 AND quota = $2")
    static let prune = Statement(
        """
        DELETE FROM radian_quota_action WHERE taken_at < $1
            AND NOT EXISTS (SELECT 1 FROM radacct a WHERE a.acctuniqueid = radian_quota_action.acctuniqueid AND a.acctstoptime IS NULL)
        """)
}

/// A running session, as the watch sees it.
struct WatchedSession {
    var uniqueID: String
    var userName: StoredName
    var organizationID: String?
    /// Newest packet, seconds since 1970 UTC.
    var updated: Int64
    var amount: UsageAmount

    init(_ row: any DatabaseRow) {
        uniqueID = row.text(0)
        userName = StoredName(row.text(1))
        organizationID = row.textOrNil(2)
        updated = row.integer(4)
        amount = UsageAmount(seconds: row.integer(5), inputOctets: row.integer(6), outputOctets: row.integer(7))
    }
}
