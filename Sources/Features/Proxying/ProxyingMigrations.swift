import Database

/// Tables of the feature.
enum ProxyingMigrations {
    static let all = [
        Migration(
            feature: "Proxying", number: 1, name: "radian_realm, radian_home_server, radian_home_server_pool, radian_relay",
            sql: """
                CREATE TABLE radian_realm (
                    id {{serial}},
                    name varchar(253) NOT NULL UNIQUE,
                    position integer NOT NULL DEFAULT 0,
                    settings text NOT NULL DEFAULT '{}'
                );
                CREATE TABLE radian_home_server (
                    id {{serial}},
                    name varchar(253) NOT NULL UNIQUE,
                    host varchar(253) NOT NULL,
                    secret text NOT NULL,
                    settings text NOT NULL DEFAULT '{}'
                );
                CREATE TABLE radian_home_server_pool (
                    id {{serial}},
                    name varchar(253) NOT NULL UNIQUE,
                    servers text NOT NULL,
                    settings text NOT NULL DEFAULT '{}'
                );
                CREATE TABLE radian_relay (
                    id {{bigserial}},
                    destination varchar(253) NOT NULL,
                    session varchar(64) NOT NULL,
                    packet text NOT NULL,
                    received_at bigint NOT NULL,
                    attempts integer NOT NULL DEFAULT 0,
                    next_attempt_at bigint NOT NULL DEFAULT 0,
                    leased_until bigint NOT NULL DEFAULT 0
                );
                CREATE INDEX radian_relay_session ON radian_relay (destination, session, id);
                CREATE INDEX radian_relay_order ON radian_relay (destination, id);
                """)
    ]
}
