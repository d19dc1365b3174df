import Database

/// Tables of the feature: `radian_organization`, `radian_user`, `radian_organization_user`, `radian_change`.
enum AccountsMigrations {
    static let all = [
        Migration(
            feature: "Accounts", number: 1, name: "organizations, users, memberships",
            sql: """
                CREATE TABLE radian_organization (
                    id varchar(36) PRIMARY KEY,
                    name varchar(255) NOT NULL,
                    slug varchar(64) NOT NULL UNIQUE,
                    is_active smallint NOT NULL DEFAULT 1,
                    created bigint NOT NULL,
                    modified bigint NOT NULL
                );
                CREATE TABLE radian_user (
                    id varchar(36) PRIMARY KEY,
                    username varchar(253) NOT NULL UNIQUE,
                    email varchar(254),
                    first_name varchar(150) NOT NULL DEFAULT '',
                    last_name varchar(150) NOT NULL DEFAULT '',
                    is_active smallint NOT NULL DEFAULT 1,
                    expires_at bigint,
                    created bigint NOT NULL,
                    modified bigint NOT NULL
                );
                CREATE UNIQUE INDEX radian_user_email ON radian_user (lower(email));
                CREATE TABLE radian_organization_user (
                    organization_id varchar(36) NOT NULL REFERENCES radian_organization (id) ON DELETE CASCADE,
                    user_id varchar(36) NOT NULL REFERENCES radian_user (id) ON DELETE CASCADE,
                    created bigint NOT NULL,
                    PRIMARY KEY (organization_id, user_id)
                );
                CREATE INDEX radian_organization_user_user ON radian_organization_user (user_id);
                """),
        Migration(
            feature: "Accounts", number: 2, name: "changes for running servers",
            sql: """
                CREATE TABLE radian_change (
                    id {{bigserial}},
                    kind varchar(32) NOT NULL,
                    subject varchar(253) NOT NULL,
                    created bigint NOT NULL
                );
                """),
    ]
}
