import Database

/// Tables of the feature. Times are microseconds since 1970 UTC.
enum RegistrationMigrations {
    static let all = [
        Migration(
            feature: "Registration", number: 1, name: "codes sent to telephones",
            sql: """
                CREATE TABLE radian_phone_token (
                    id varchar(36) PRIMARY KEY,
                    user_id varchar(36) NOT NULL REFERENCES radian_user (id) ON DELETE CASCADE,
                    organization_id varchar(36) NOT NULL REFERENCES radian_organization (id) ON DELETE CASCADE,
                    number varchar(16) NOT NULL,
                    code_hash varchar(64) NOT NULL,
                    valid_until bigint NOT NULL,
                    attempts integer NOT NULL DEFAULT 0,
                    is_verified smallint NOT NULL DEFAULT 0,
                    address varchar(45) NOT NULL,
                    created bigint NOT NULL
                );
                CREATE INDEX radian_phone_token_user ON radian_phone_token (user_id, created);
                CREATE INDEX radian_phone_token_address ON radian_phone_token (address, created);
                """)
    ]
}
