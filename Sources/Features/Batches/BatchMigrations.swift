import Database

/// Tables of the feature: `radian_batch`, its users, refused rows and sealed credentials.
enum BatchMigrations {
    static let all = [
        Migration(
            feature: "Batches", number: 1, name: "batches of users",
            sql: """
                CREATE TABLE radian_batch (
                    id varchar(36) PRIMARY KEY,
                    organization_id varchar(36) NOT NULL REFERENCES radian_organization (id) ON DELETE CASCADE,
                    name varchar(128) NOT NULL,
                    strategy varchar(16) NOT NULL,
                    status varchar(16) NOT NULL,
                    prefix varchar(20),
                    item_count bigint NOT NULL,
                    group_id varchar(36),
                    group_name varchar(255),
                    expiration_date varchar(10),
                    notes text NOT NULL DEFAULT '',
                    takes_plain_passwords smallint NOT NULL,
                    mails_passwords smallint NOT NULL,
                    password_scheme varchar(16) NOT NULL,
                    password_length smallint NOT NULL,
                    created_by varchar(36) REFERENCES radian_user (id) ON DELETE SET NULL,
                    error text,
                    position bigint NOT NULL DEFAULT 0,
                    created_users bigint NOT NULL DEFAULT 0,
                    linked_users bigint NOT NULL DEFAULT 0,
                    refused_rows bigint NOT NULL DEFAULT 0,
                    lease_owner varchar(255) NOT NULL DEFAULT '',
                    lease_until bigint NOT NULL DEFAULT 0,
                    credentials_until bigint,
                    created bigint NOT NULL,
                    modified bigint NOT NULL,
                    UNIQUE (organization_id, name)
                );
                CREATE INDEX radian_batch_status ON radian_batch (status, created);
                CREATE INDEX radian_batch_created_by ON radian_batch (created_by);
                CREATE INDEX radian_batch_created ON radian_batch (created, id);
                CREATE TABLE radian_batch_user (
                    batch_id varchar(36) NOT NULL REFERENCES radian_batch (id) ON DELETE CASCADE,
                    user_id varchar(36) NOT NULL REFERENCES radian_user (id) ON DELETE CASCADE,
                    is_created smallint NOT NULL,
                    is_joined smallint NOT NULL,
                    PRIMARY KEY (batch_id, user_id)
                );
                CREATE INDEX radian_batch_user_user ON radian_batch_user (user_id);
                CREATE TABLE radian_batch_problem (
                    batch_id varchar(36) NOT NULL REFERENCES radian_batch (id) ON DELETE CASCADE,
                    line bigint NOT NULL,
                    field varchar(16),
                    message text NOT NULL,
                    cells text NOT NULL,
                    PRIMARY KEY (batch_id, line)
                );
                CREATE TABLE radian_batch_credential (
                    batch_id varchar(36) NOT NULL REFERENCES radian_batch (id) ON DELETE CASCADE,
                    position bigint NOT NULL,
                    sealed text NOT NULL,
                    PRIMARY KEY (batch_id, position)
                );
                """)
    ]
}
