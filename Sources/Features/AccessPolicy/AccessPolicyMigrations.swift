import Database
import Foundation

/// Tables of the feature: FreeRADIUS's radcheck, radreply, radusergroup, radgroupcheck, radgroupreply with a column of ours, `radiusgroup` and
/// `radian_rule`.
enum AccessPolicyMigrations {
    static let all = [
        Migration(feature: "AccessPolicy", number: 1, name: "check and reply items, groups") { connection throws(DatabaseError) in
            try connection.script(["radcheck", "radreply"].map { items(table: $0, key: "username") }.joined())
            try connection.script(["radgroupcheck", "radgroupreply"].map { items(table: $0, key: "groupname") }.joined())
            try connection.script(
                """
                CREATE TABLE IF NOT EXISTS radusergroup (
                    id {{serial}},
                    username {{postgres: text}}{{sqlite: varchar(64)}} NOT NULL DEFAULT '',
                    groupname {{postgres: text}}{{sqlite: varchar(64)}} NOT NULL DEFAULT '',
                    priority integer NOT NULL DEFAULT {{postgres: 0}}{{sqlite: 1}}
                );
                CREATE INDEX IF NOT EXISTS radusergroup_username ON radusergroup (username);
                CREATE TABLE radiusgroup (
                    name varchar(255) PRIMARY KEY,
                    description varchar(255) NOT NULL DEFAULT '',
                    organization_id varchar(36) REFERENCES radian_organization (id) ON DELETE CASCADE,
                    created bigint NOT NULL
                );
                """)
            for table in ["radcheck", "radreply", "radgroupcheck", "radgroupreply", "radusergroup"] {
                try connection.addColumnIfMissing(table: table, column: "organization_id", definition: "varchar(36)")
            }
            // Older FreeRADIUS schemas have no id here; without one, rows keep no order of their own within a priority.
            try connection.addColumnIfMissing(table: "radusergroup", column: "id", definition: "{{postgres: serial}}{{sqlite: integer}}")
        },
        Migration(feature: "AccessPolicy", number: 2, name: "rules") { connection throws(DatabaseError) in
            try connection.script(
                """
                CREATE TABLE radian_rule (
                    id {{bigserial}},
                    name varchar(200) NOT NULL UNIQUE,
                    position bigint NOT NULL,
                    organization_id varchar(36) REFERENCES radian_organization (id) ON DELETE CASCADE,
                    definition text NOT NULL,
                    created bigint NOT NULL
                );
                """)
        },
        Migration(
            feature: "AccessPolicy", number: 3, name: "plans and quotas",
            sql: """
                CREATE TABLE radian_quota (
                    id {{bigserial}},
                    scope varchar(8) NOT NULL,
                    subject {{postgres: text}}{{sqlite: varchar(253)}} NOT NULL,
                    organization_id varchar(36) REFERENCES radian_organization (id) ON DELETE CASCADE,
                    measure varchar(8) NOT NULL,
                    period varchar(32) NOT NULL,
                    amount bigint NOT NULL,
                    action varchar(16) NOT NULL,
                    argument text NOT NULL DEFAULT '',
                    created bigint NOT NULL
                );
                CREATE INDEX radian_quota_subject ON radian_quota (subject, scope);
                CREATE TABLE radian_plan (
                    name varchar(253) NOT NULL,
                    organization_id varchar(36) NOT NULL DEFAULT '',
                    description text NOT NULL DEFAULT '',
                    terms text NOT NULL,
                    session_limit bigint,
                    created bigint NOT NULL,
                    PRIMARY KEY (name, organization_id)
                );
                """),
        Migration(
            feature: "AccessPolicy", number: 4, name: "actions on used up quotas",
            sql: """
                CREATE TABLE radian_quota_action (
                    acctuniqueid varchar(32) NOT NULL,
                    quota varchar(300) NOT NULL,
                    period_began bigint NOT NULL,
                    action varchar(16) NOT NULL,
                    taken_at bigint NOT NULL,
                    PRIMARY KEY (acctuniqueid, quota)
                );
                CREATE INDEX radian_quota_action_taken ON radian_quota_action (taken_at);
                """),
        Migration(
            feature: "AccessPolicy", number: 5, name: "user tokens, registrations, groups of organizations",
            change: { connection throws(DatabaseError) in
                try connection.script(
                    """
                    CREATE TABLE radian_radius_token (
                        user_id varchar(36) PRIMARY KEY REFERENCES radian_user (id) ON DELETE CASCADE,
                        key varchar(40) NOT NULL UNIQUE,
                        organization_id varchar(36) NOT NULL REFERENCES radian_organization (id) ON DELETE CASCADE,
                        can_auth smallint NOT NULL,
                        password_based smallint,
                        spent_at bigint,
                        spent_by varchar(300) NOT NULL DEFAULT '',
                        created bigint NOT NULL
                    );
                    CREATE TABLE radian_registered_user (
                        user_id varchar(36) NOT NULL REFERENCES radian_user (id) ON DELETE CASCADE,
                        organization_id varchar(36) NOT NULL REFERENCES radian_organization (id) ON DELETE CASCADE,
                        method varchar(64) NOT NULL DEFAULT '',
                        is_verified smallint NOT NULL DEFAULT 0,
                        modified bigint NOT NULL,
                        PRIMARY KEY (user_id, organization_id)
                    );
                    """)
                try connection.addColumnIfMissing(table: "radiusgroup", column: "id", definition: "varchar(36)")
                try connection.addColumnIfMissing(table: "radiusgroup", column: "is_default", definition: "smallint NOT NULL DEFAULT 0")
                try connection.addColumnIfMissing(table: "radiusgroup", column: "modified", definition: "bigint")
                var names: [String] = []
                try connection.query(Self.groupsWithoutID, []) { row in names.append(row.text(0)) }
                for name in names { try connection.execute(Self.setGroupID, [.text(name), .text(UUID().uuidString.lowercased())]) }
                try connection.script("CREATE UNIQUE INDEX radiusgroup_id ON radiusgroup (id)")
            }),
        Migration(feature: "AccessPolicy", number: 6, name: "ids of memberships, one default group") { connection throws(DatabaseError) in
            for (column, definition) in [("uuid", "varchar(36)"), ("created", "bigint"), ("modified", "bigint")] {
                try connection.addColumnIfMissing(table: "radusergroup", column: column, definition: definition)
            }
            try connection.script(
                """
                \(GroupAssignmentStore.completion);
                CREATE UNIQUE INDEX radusergroup_uuid ON radusergroup (uuid);
                CREATE INDEX radiusgroup_organization ON radiusgroup (organization_id, name);
                CREATE UNIQUE INDEX radiusgroup_default ON radiusgroup (organization_id) WHERE is_default = 1;
                """)
        },
        Migration(feature: "AccessPolicy", number: 7, name: "changes of policies", sql: PolicyChangeTriggers.script),
        Migration(feature: "AccessPolicy", number: 8, name: "changes of limits", sql: PolicyChangeTriggers.scriptOfLimits),
        Migration(
            feature: "AccessPolicy", number: 9, name: "user tokens that were replaced",
            sql: """
                ALTER TABLE radian_radius_token ADD COLUMN earlier_key varchar(40) NOT NULL DEFAULT '';
                ALTER TABLE radian_radius_token ADD COLUMN earlier_spent_by varchar(300) NOT NULL DEFAULT '';
                CREATE INDEX radian_radius_token_earlier ON radian_radius_token (earlier_key) WHERE earlier_key <> '';
                """),
    ]

    private static let groupsWithoutID = Statement("SELECT name FROM radiusgroup WHERE id IS NULL")
    private static let setGroupID = Statement("UPDATE radiusgroup SET id = $2, modified = created WHERE name = $1")

    private static func items(table: String, key: String) -> String {
        """
        CREATE TABLE IF NOT EXISTS \(table) (
            id {{serial}},
            \(key) {{postgres: text}}{{sqlite: varchar(64)}} NOT NULL DEFAULT '',
            attribute {{postgres: text}}{{sqlite: varchar(64)}} NOT NULL DEFAULT '',
            op {{postgres: varchar(2)}}{{sqlite: char(2)}} NOT NULL DEFAULT '\(table.hasSuffix("check") ? "==" : "=")',
            value {{postgres: text}}{{sqlite: varchar(253)}} NOT NULL DEFAULT ''
        );
        CREATE INDEX IF NOT EXISTS \(table)_\(key) ON \(table) (\(key), attribute);

        """
    }
}
