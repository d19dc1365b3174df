import Database

/// Tables of kept usage, and beside each session what of it was counted already.
enum UsageMigration {
    static let counted = ["counted_start", "counted_seconds", "counted_input", "counted_output"]

    static func apply(_ connection: any DatabaseConnection) throws(DatabaseError) {
        for column in counted { try connection.addColumnIfMissing(table: "radacct", column: column, definition: "bigint") }
        try connection.script(
            """
            {{postgres: CREATE INDEX IF NOT EXISTS radacct_username ON radacct (username, acctstarttime);}}
            CREATE TABLE radian_usage_user (
                username {{postgres: text}}{{sqlite: varchar(253)}} NOT NULL,
                organization_id varchar(36) NOT NULL DEFAULT '',
                zone varchar(64) NOT NULL,
                hours_back integer NOT NULL,
                days_back integer NOT NULL,
                granted text NOT NULL,
                checked_at bigint NOT NULL DEFAULT 0,
                PRIMARY KEY (username, organization_id)
            ){{sqlite: WITHOUT ROWID}};
            CREATE INDEX radian_usage_user_checked ON radian_usage_user (checked_at);
            CREATE TABLE radian_usage (
                username {{postgres: text}}{{sqlite: varchar(253)}} NOT NULL,
                organization_id varchar(36) NOT NULL DEFAULT '',
                grain smallint NOT NULL,
                began bigint NOT NULL,
                seconds bigint NOT NULL,
                input_octets bigint NOT NULL,
                output_octets bigint NOT NULL,
                first_start bigint,
                PRIMARY KEY (username, grain, began, organization_id)
            ){{sqlite: WITHOUT ROWID}};
            """)
    }
}
