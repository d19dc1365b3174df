import Database

/// Tables of the feature: FreeRADIUS's `radacct` and `radpostauth`, with columns of ours beside theirs.
enum SessionsMigrations {
    static let all = [
        Migration(feature: "Sessions", number: 1, name: "radacct, radpostauth") { connection throws(DatabaseError) in
            if try !connection.tableExists("radacct") { try connection.script(radacct) }
            // Databases made by older FreeRADIUS versions lack the columns that came later.
            for (column, definition) in laterColumns {
                try connection.addColumnIfMissing(table: "radacct", column: column, definition: definition)
            }
            try connection.addColumnIfMissing(table: "radacct", column: "organization_id", definition: "varchar(36)")
            try connection.script("CREATE INDEX IF NOT EXISTS radacct_open_user ON radacct (username) WHERE acctstoptime IS NULL")

            if try !connection.tableExists("radpostauth") { try connection.script(radpostauth) }
            for column in ["calledstationid", "callingstationid", "nasname"] {
                try connection.addColumnIfMissing(
                    table: "radpostauth", column: column, definition: "{{postgres: text}}{{sqlite: varchar(253)}}")
            }
            try connection.addColumnIfMissing(
                table: "radpostauth", column: "class", definition: "{{postgres: text}}{{sqlite: varchar(64)}}")
            try connection.addColumnIfMissing(table: "radpostauth", column: "reason", definition: "varchar(64)")
            try connection.addColumnIfMissing(table: "radpostauth", column: "organization_id", definition: "varchar(36)")
        },
        Migration(feature: "Sessions", number: 2, name: "kept usage", change: UsageMigration.apply),
        Migration(feature: "Sessions", number: 3, name: "vendors' session ids") { connection throws(DatabaseError) in
            try connection.addColumnIfMissing(
                table: "radacct", column: "vendorsessionid", definition: "{{postgres: text}}{{sqlite: varchar(64)}}")
        },
        Migration(feature: "Sessions", number: 4, name: "sessions that were given up") { connection throws(DatabaseError) in
            try connection.addColumnIfMissing(table: "radacct", column: "given_up_at", definition: "bigint")
        },
        Migration(
            feature: "Sessions", number: 5, name: "tunnels",
            sql: """
                CREATE TABLE radian_tunnel_event (
                    id {{bigserial}},
                    event_key varchar(32) NOT NULL,
                    happened bigint NOT NULL,
                    event varchar(32) NOT NULL,
                    nas varchar(45) NOT NULL,
                    username text NOT NULL,
                    session_id text NOT NULL,
                    organization_id varchar(36),
                    type text,
                    medium_type text,
                    connection text,
                    client_endpoint text,
                    server_endpoint text,
                    client_auth_id text,
                    server_auth_id text,
                    assignment_id text,
                    seconds bigint,
                    packets_lost bigint,
                    input_octets bigint,
                    output_octets bigint,
                    cause text,
                    UNIQUE (event_key, happened)
                );
                CREATE INDEX radian_tunnel_event_happened ON radian_tunnel_event (happened);
                CREATE INDEX radian_tunnel_event_user ON radian_tunnel_event (username, happened);
                """),
        Migration(feature: "Sessions", number: 6, name: "groups of sessions") { connection throws(DatabaseError) in
            try connection.addColumnIfMissing(
                table: "radacct", column: "groupname", definition: "{{postgres: text}}{{sqlite: varchar(253)}}")
        },
        Migration(feature: "Sessions", number: 7, name: "called stations of concentrators") { connection throws(DatabaseError) in
            try connection.addColumnIfMissing(
                table: "radacct", column: "reportedstationid", definition: "{{postgres: text}}{{sqlite: varchar(253)}}")
        },
        Migration(
            feature: "Sessions", number: 8, name: "open sessions by address",
            sql: """
                CREATE INDEX IF NOT EXISTS radacct_open_address ON radacct (framedipaddress)
                    WHERE acctstoptime IS NULL AND framedipaddress IS NOT NULL;
                CREATE INDEX IF NOT EXISTS radacct_open_address6 ON radacct (framedipv6address)
                    WHERE acctstoptime IS NULL AND framedipv6address IS NOT NULL;
                """),
        Migration(feature: "Sessions", number: 9, name: "methods and moments of authentications") { connection throws(DatabaseError) in
            try connection.addColumnIfMissing(table: "radpostauth", column: "method", definition: "varchar(16)")
            try connection.script("CREATE INDEX IF NOT EXISTS radpostauth_authdate ON radpostauth (authdate)")
        },
        Migration(feature: "Sessions", number: 10, name: "cheaper records") { connection throws(DatabaseError) in
            guard connection.dialect == .postgres else { return }
            // With room in its page an Interim-Update changes the row in place and no index (PostgreSQL's "HOT" updates). A partitioned
            // table has no pages of its own.
            try connection.script(
                """
                DO $$ BEGIN
                    IF (SELECT relkind FROM pg_catalog.pg_class WHERE oid = 'radacct'::regclass) = 'r' THEN
                        ALTER TABLE radacct SET (fillfactor = 70);
                    END IF;
                END $$;
                """)
            // acctuniqueid is unique: another index of it, of open sessions, finds nothing faster.
            try connection.script("DROP INDEX IF EXISTS radacct_active_session_idx")
            // Most rows have no Class.
            for (index, table) in [("radacct_calss_idx", "radacct"), ("radpostauth_class_idx", "radpostauth")] {
                try connection.script(
                    "DROP INDEX IF EXISTS \(index); CREATE INDEX \(index) ON \(table) (class) WHERE class IS NOT NULL")
            }
        },
        Migration(feature: "Sessions", number: 11, name: "stamps of kept usage") { connection throws(DatabaseError) in
            try connection.addColumnIfMissing(table: "radian_usage", column: "stamp", definition: "bigint NOT NULL DEFAULT 0")
        },
        // In a table of its own, which stays small and in memory however long the history is.
        Migration(feature: "Sessions", number: 12, name: "table of the stamps of kept usage") { connection throws(DatabaseError) in
            try connection.script(
                """
                ALTER TABLE radian_usage DROP COLUMN stamp;
                CREATE TABLE radian_usage_stamp (
                    username {{postgres: text}}{{sqlite: varchar(253)}} NOT NULL PRIMARY KEY,
                    stamp bigint NOT NULL
                ){{postgres: WITH (fillfactor = 50)}}{{sqlite: WITHOUT ROWID}};
                """)
        },
        Migration(feature: "Sessions", number: 13, name: "histories that are counted without marks") { connection throws(DatabaseError) in
            try connection.addColumnIfMissing(table: "radian_usage_stamp", column: "settled", definition: "bigint NOT NULL DEFAULT 0")
        },
    ]

    private static let laterColumns = [
        ("acctupdatetime", "{{timestamptz}}"), ("acctinterval", "bigint"), ("framedipv6address", "{{inettype}}"),
        ("framedipv6prefix", "{{inettype}}"), ("framedinterfaceid", "varchar(44)"), ("delegatedipv6prefix", "{{inettype}}"),
        ("class", "{{postgres: text}}{{sqlite: varchar(64)}}"),
    ]

    // Hexadecimal digits need no language's order, in which texts are compared more slowly.
    private static let radacct = """
        CREATE TABLE radacct (
            radacctid {{bigserial}},
            acctsessionid {{postgres: text}}{{sqlite: varchar(64)}} NOT NULL,
            acctuniqueid {{postgres: text COLLATE "C"}}{{sqlite: varchar(32)}} NOT NULL UNIQUE,
            username {{postgres: text}}{{sqlite: varchar(64)}},
            realm {{postgres: text}}{{sqlite: varchar(64)}},
            nasipaddress {{inettype}} NOT NULL,
            nasportid {{postgres: text}}{{sqlite: varchar(32)}},
            nasporttype {{postgres: text}}{{sqlite: varchar(32)}},
            acctstarttime {{timestamptz}},
            acctupdatetime {{timestamptz}},
            acctstoptime {{timestamptz}},
            acctinterval bigint,
            acctsessiontime bigint,
            acctauthentic {{postgres: text}}{{sqlite: varchar(32)}},
            connectinfo_start {{postgres: text}}{{sqlite: varchar(128)}},
            connectinfo_stop {{postgres: text}}{{sqlite: varchar(128)}},
            acctinputoctets bigint,
            acctoutputoctets bigint,
            calledstationid {{postgres: text}}{{sqlite: varchar(50)}},
            callingstationid {{postgres: text}}{{sqlite: varchar(50)}},
            acctterminatecause {{postgres: text}}{{sqlite: varchar(32)}},
            servicetype {{postgres: text}}{{sqlite: varchar(32)}},
            framedprotocol {{postgres: text}}{{sqlite: varchar(32)}},
            framedipaddress {{inettype}},
            framedipv6address {{inettype}},
            framedipv6prefix {{inettype}},
            framedinterfaceid {{postgres: text}}{{sqlite: varchar(44)}},
            delegatedipv6prefix {{inettype}},
            class {{postgres: text}}{{sqlite: varchar(64)}}
        );
        {{postgres: CREATE INDEX radacct_active_session_idx ON radacct (acctuniqueid) WHERE acctstoptime IS NULL;}}
        CREATE INDEX radacct_bulk_close ON radacct (nasipaddress, acctstarttime) WHERE acctstoptime IS NULL;
        CREATE INDEX radacct_start_user_idx ON radacct (acctstarttime, username);
        {{postgres: CREATE INDEX radacct_calss_idx ON radacct (class);}}
        {{sqlite: CREATE INDEX username ON radacct (username);}}
        """

    private static let radpostauth = """
        CREATE TABLE radpostauth (
            id {{bigserial}},
            username {{postgres: text}}{{sqlite: varchar(64)}} NOT NULL,
            pass {{postgres: text}}{{sqlite: varchar(64)}},
            reply {{postgres: text}}{{sqlite: varchar(32)}},
            calledstationid {{postgres: text}}{{sqlite: varchar(253)}},
            callingstationid {{postgres: text}}{{sqlite: varchar(253)}},
            authdate {{postgres: timestamp with time zone NOT NULL DEFAULT now()}}{{sqlite: timestamp NOT NULL}},
            class {{postgres: text}}{{sqlite: varchar(64)}}
        );
        CREATE INDEX radpostauth_username_idx ON radpostauth (username);
        CREATE INDEX radpostauth_class_idx ON radpostauth (class);
        """
}
