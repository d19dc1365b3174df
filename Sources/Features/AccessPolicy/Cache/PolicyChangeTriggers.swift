/// SQL that writes down, in the transaction of each change, whose policy it changes: whoever changes a table, Radian, another program or
/// an operator at the database's prompt.
///
/// PostgreSQL keeps a row for each change, with the names and the transaction (``PolicyChanges``); SQLite, which has one writer, counts
/// in a single row.
enum PolicyChangeTriggers {
    /// What tells whose row a row is.
    private enum Key: String {
        /// Column `username`.
        case username
        /// Column `user_id`. When the user goes too, radian_user tells.
        case userID = "user_id"
        /// Rows that are about many users.
        case everybody
    }

    private struct Watched {
        var table: String
        var key: Key
        /// Only rows that are new matter where a user who has one already is not kept (``PolicyCache``), or by a later script.
        var events: [String] = ["INSERT", "UPDATE", "DELETE"]
        /// What matters of an update on SQLite; PostgreSQL forgets one user and needs no list.
        var columns = ""
        /// Whether the table has a trigger of TRUNCATE by an earlier script.
        var isWatchedAlready = false
    }

    private static let watched = [
        Watched(table: "radcheck", key: .username), Watched(table: "radreply", key: .username),
        Watched(table: "radusergroup", key: .username), Watched(table: "radgroupcheck", key: .everybody),
        Watched(table: "radgroupreply", key: .everybody),
        Watched(table: "radian_user", key: .username, columns: "id, username, is_active, is_staff, expires_at, password_updated"),
        Watched(table: "radian_organization_user", key: .userID), Watched(table: "radian_registered_user", key: .userID),
        Watched(table: "radian_radius_token", key: .userID, events: ["INSERT"]),
        Watched(table: "radian_usage_user", key: .username, events: ["INSERT"]),
        Watched(table: "radian_quota", key: .everybody, events: ["INSERT", "UPDATE"]),
        Watched(table: "radian_organization", key: .everybody, events: ["UPDATE", "DELETE"], columns: "id, slug"),
    ]
    /// What matters since users with quotas are kept, too. The jobs that check usage are no change.
    private static let watchedOfLimits = [
        Watched(
            table: "radian_usage_user", key: .username, events: ["UPDATE", "DELETE"],
            columns: "username, zone, hours_back, days_back, granted",
            isWatchedAlready: true),
        Watched(table: "radian_quota", key: .everybody, events: ["DELETE"], isWatchedAlready: true),
    ]

    /// The table, PostgreSQL's function, and the triggers of every table.
    static var script: String {
        """
        CREATE TABLE radian_policy_change (
            id {{bigserial}},
            usernames {{postgres: text[]}}{{sqlite: text}},
            changed bigint NOT NULL,
            transaction_id {{postgres: xid8 NOT NULL DEFAULT pg_current_xact_id()}}{{sqlite: integer}}
        );
        {{postgres: CREATE INDEX radian_policy_change_transaction ON radian_policy_change (transaction_id); \(function)}}
        {{sqlite: INSERT INTO radian_policy_change (id, changed) VALUES (1, 0);}}
        \(triggers(of: watched))
        """
    }

    /// The triggers that came later.
    static var scriptOfLimits: String { triggers(of: watchedOfLimits) }

    private static func triggers(of tables: [Watched]) -> String {
        tables.map { "{{postgres: \(postgres($0))}}{{sqlite: \(sqlite($0))}}" }.joined(separator: "\n")
    }

    /// Names of one statement beyond which everybody is meant.
    private static let namesLimit = 100

    /// With the rights of the schema's owner: programs that may write radcheck need no right to Radian's tables.
    private static let function = """
        CREATE FUNCTION radian_policy_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $body$
        DECLARE names text[];
        BEGIN
            IF TG_OP <> 'TRUNCATE' THEN
                IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
                IF TG_ARGV[0] <> 'everybody' AND (SELECT count(*) FROM (SELECT FROM changed LIMIT \(namesLimit + 1)) AS few) <= \(namesLimit) THEN
                    IF TG_ARGV[0] = 'username' THEN
                        names := ARRAY(SELECT DISTINCT CAST(username AS text) FROM changed);
                    ELSE
                        names := ARRAY(SELECT DISTINCT CAST(u.username AS text) FROM changed c JOIN radian_user u ON u.id = c.user_id);
                        IF cardinality(names) = 0 THEN RETURN NULL; END IF;
                    END IF;
                END IF;
            END IF;
            INSERT INTO radian_policy_change (usernames, changed) VALUES (names, extract(epoch FROM clock_timestamp()));
            RETURN NULL;
        END $body$;
        """

    private static func postgres(_ watched: Watched) -> String {
        func trigger(_ name: String, _ event: String, _ rows: String?) -> String {
            """
            CREATE TRIGGER radian_policy_\(name) AFTER \(event) ON \(watched.table) \(rows.map { "REFERENCING \($0) TABLE AS changed" } ?? "")
                FOR EACH STATEMENT EXECUTE FUNCTION radian_policy_changed('\(watched.key.rawValue)');

            """
        }
        let row = watched.events.map { event in
            switch event {
            case "INSERT": trigger("insert", event, "NEW")
            case "DELETE": trigger("delete", event, "OLD")
            // A name that changes is two users.
            default: trigger("update_from", event, "OLD") + trigger("update_to", event, "NEW")
            }
        }
        return row.joined() + (watched.isWatchedAlready ? "" : trigger("truncate", "TRUNCATE", nil))
    }

    private static func sqlite(_ watched: Watched) -> String {
        watched.events.map { event in
            let columns = event == "UPDATE" && !watched.columns.isEmpty ? " OF \(watched.columns)" : ""
            return """
                CREATE TRIGGER radian_policy_\(watched.table)_\(event.lowercased()) AFTER \(event)\(columns) ON \(watched.table)
                    BEGIN UPDATE radian_policy_change SET id = id + 1; END;

                """
        }.joined()
    }
}
