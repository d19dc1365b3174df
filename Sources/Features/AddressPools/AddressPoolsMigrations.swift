import Database

/// Tables of the feature: FreeRADIUS's `radippool` is served where it exists; these are for pools by range.
enum AddressPoolsMigrations {
    static let all = [
        Migration(feature: "AddressPools", number: 1, name: "pools by range") { connection throws(DatabaseError) in
            try connection.script(
                """
                CREATE TABLE radian_pool (
                    name varchar(253) NOT NULL PRIMARY KEY,
                    kind varchar(20) NOT NULL,
                    ranges text NOT NULL,
                    prefix_length integer,
                    lease_seconds bigint NOT NULL,
                    organization_id varchar(36) REFERENCES radian_organization (id) ON DELETE CASCADE,
                    next_position bigint NOT NULL DEFAULT 0,
                    created bigint NOT NULL
                );
                CREATE TABLE radian_lease (
                    pool varchar(253) NOT NULL,
                    address varchar(50) NOT NULL,
                    nas varchar(45) NOT NULL,
                    pool_key {{postgres: text}}{{sqlite: varchar(253)}} NOT NULL,
                    username {{postgres: text}}{{sqlite: varchar(253)}} NOT NULL,
                    station {{postgres: text}}{{sqlite: varchar(253)}} NOT NULL,
                    expires bigint NOT NULL,
                    changed bigint NOT NULL,
                    PRIMARY KEY (pool, address)
                );
                CREATE INDEX radian_lease_expires ON radian_lease (pool, expires);
                CREATE INDEX radian_lease_holder ON radian_lease (pool, username, station);
                CREATE INDEX radian_lease_session ON radian_lease (nas, pool_key);
                """)
            // Who had what last is asked at each login.
            if try connection.tableExists("radippool") {
                try connection.script("CREATE INDEX IF NOT EXISTS radippool_holder ON radippool (pool_name, username, callingstationid)")
            }
        }
    ]
}
