import Database

/// Tables of one-time passwords.
enum BackEndsMigrations {
    static let all = [
        Migration(feature: "BackEnds", number: 1, name: "one-time passwords") { connection throws(DatabaseError) in
            try connection.script(
                """
                CREATE TABLE radian_otp (
                    id {{bigserial}},
                    username varchar(255) NOT NULL,
                    organization_id varchar(36) REFERENCES radian_organization (id) ON DELETE CASCADE,
                    secret varchar(255) NOT NULL,
                    digits integer NOT NULL,
                    period_seconds integer NOT NULL,
                    algorithm varchar(10) NOT NULL,
                    mode varchar(10) NOT NULL,
                    created bigint NOT NULL
                );
                CREATE INDEX radian_otp_username ON radian_otp (username);
                CREATE TABLE radian_otp_use (
                    username varchar(255) NOT NULL,
                    organization_id varchar(36) NOT NULL DEFAULT '',
                    counter bigint NOT NULL,
                    PRIMARY KEY (username, organization_id)
                );
                """)
        }
    ]
}
