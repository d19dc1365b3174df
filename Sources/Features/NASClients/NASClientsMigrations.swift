import Database

/// Tables of the feature: FreeRADIUS's `nas`, `nasreload` and `radhuntgroup`, with columns of ours beside theirs, and `radian_nas_state`.
enum NASClientsMigrations {
    static let all = [
        Migration(feature: "NASClients", number: 1, name: "nas, nasreload") { connection throws(DatabaseError) in
            try connection.script(
                """
                CREATE TABLE IF NOT EXISTS nas (
                    id {{serial}},
                    nasname {{postgres: text}}{{sqlite: varchar(128)}} NOT NULL,
                    shortname {{postgres: text}}{{sqlite: varchar(32)}} NOT NULL,
                    type {{postgres: text}}{{sqlite: varchar(30)}} NOT NULL DEFAULT 'other',
                    ports {{postgres: integer}}{{sqlite: int(5)}},
                    secret {{postgres: text}}{{sqlite: varchar(60)}} NOT NULL,
                    server {{postgres: text}}{{sqlite: varchar(64)}},
                    community {{postgres: text}}{{sqlite: varchar(50)}},
                    description {{postgres: text}}{{sqlite: varchar(200)}}
                );
                CREATE INDEX IF NOT EXISTS nas_nasname ON nas (nasname);
                CREATE TABLE IF NOT EXISTS nasreload (
                    nasipaddress {{postgres: inet}}{{sqlite: varchar(15)}} PRIMARY KEY,
                    reloadtime {{timestamptz}} NOT NULL
                );
                """)
            try connection.addColumnIfMissing(table: "nas", column: "organization_id", definition: "varchar(36)")
            try connection.addColumnIfMissing(table: "nas", column: "require_ma", definition: "varchar(4) NOT NULL DEFAULT 'auto'")
            try connection.addColumnIfMissing(table: "nas", column: "limit_proxy_state", definition: "varchar(4) NOT NULL DEFAULT 'auto'")
            try connection.addColumnIfMissing(table: "nas", column: "send_ma", definition: "varchar(4) NOT NULL DEFAULT 'yes'")
        },
        // All may be null, so that FreeRADIUS and old programs go on inserting rows.
        Migration(feature: "NASClients", number: 2, name: "transports, certificates, keys and limits of nas") {
            connection throws(DatabaseError) in
            for (column, definition) in [
                ("transports", "varchar(32)"), ("certificate", "varchar(255)"), ("psk_identity", "varchar(128)"),
                ("psk_key", "varchar(1024)"), ("nas_identifier", "varchar(253)"), ("max_connections", "integer"), ("lifetime", "integer"),
                ("idle_timeout", "integer"),
            ] {
                try connection.addColumnIfMissing(table: "nas", column: column, definition: definition)
            }
        },
        // FreeRADIUS has no schema of its own for it; sites make it as its documentation shows.
        Migration(feature: "NASClients", number: 3, name: "radhuntgroup") { connection throws(DatabaseError) in
            try connection.script(
                """
                CREATE TABLE IF NOT EXISTS radhuntgroup (
                    id {{bigserial}},
                    groupname varchar(64) NOT NULL DEFAULT '',
                    nasipaddress varchar(64) NOT NULL DEFAULT '',
                    nasportid varchar(64)
                );
                """)
            try connection.addColumnIfMissing(table: "radhuntgroup", column: "id", definition: "{{postgres: serial}}{{sqlite: integer}}")
            try connection.addColumnIfMissing(table: "radhuntgroup", column: "nasportid", definition: "varchar(64)")
        },
        // No foreign key: other programs replace rows of `nas` as they like.
        Migration(feature: "NASClients", number: 4, name: "what is heard of devices") { connection throws(DatabaseError) in
            try connection.script(
                """
                CREATE TABLE radian_nas_state (
                    nas_id bigint PRIMARY KEY,
                    packets bigint NOT NULL,
                    last_seen bigint NOT NULL,
                    wrong_secret_at bigint
                );
                """)
            try connection.addColumnIfMissing(table: "nas", column: "ma_learned", definition: "smallint")
        },
    ]
}
