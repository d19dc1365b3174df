import Database

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
    ]

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
