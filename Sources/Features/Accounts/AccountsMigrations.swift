import Database

/// Tables of the feature: organizations, users and memberships (`radian_organization`, `radian_user`, `radian_organization_user`,
/// `radian_organization_owner`, `radian_email_address`), permissions (`radian_permission`, `radian_role` and what joins them to users),
/// credentials (`radian_api_token`, `radian_signing_key`, `radian_login`, `radian_ticket`, `radian_second_factor`, `radian_recovery_code`),
/// `radian_daily_run`, `radian_change`, and the audit (`radian_audit`, `radian_audit_organization`).
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
        Migration(feature: "Accounts", number: 3, name: "profiles, owners, e-mail addresses") { connection throws(DatabaseError) in
            try connection.script(profiles)
            try MembershipStore(connection).giveIDs()
            try connection.script("CREATE UNIQUE INDEX radian_organization_user_id ON radian_organization_user (id)")
        },
        Migration(
            feature: "Accounts", number: 4, name: "permissions and roles",
            sql: """
                CREATE TABLE radian_permission (
                    id {{bigserial}},
                    model varchar(64) NOT NULL,
                    code_name varchar(100) NOT NULL UNIQUE,
                    name varchar(255) NOT NULL
                );
                CREATE TABLE radian_role (
                    id {{bigserial}},
                    name varchar(150) NOT NULL UNIQUE,
                    created bigint NOT NULL
                );
                CREATE TABLE radian_role_permission (
                    role_id bigint NOT NULL REFERENCES radian_role (id) ON DELETE CASCADE,
                    permission_id bigint NOT NULL REFERENCES radian_permission (id) ON DELETE CASCADE,
                    PRIMARY KEY (role_id, permission_id)
                );
                CREATE TABLE radian_user_role (
                    user_id varchar(36) NOT NULL REFERENCES radian_user (id) ON DELETE CASCADE,
                    role_id bigint NOT NULL REFERENCES radian_role (id) ON DELETE CASCADE,
                    PRIMARY KEY (user_id, role_id)
                );
                CREATE INDEX radian_user_role_role ON radian_user_role (role_id);
                CREATE TABLE radian_user_permission (
                    user_id varchar(36) NOT NULL REFERENCES radian_user (id) ON DELETE CASCADE,
                    permission_id bigint NOT NULL REFERENCES radian_permission (id) ON DELETE CASCADE,
                    PRIMARY KEY (user_id, permission_id)
                );
                INSERT INTO radian_role (name, created) VALUES ('Operator', 0), ('Administrator', 0);
                """),
        Migration(
            feature: "Accounts", number: 5, name: "tokens, logins, tickets, second factors",
            sql: """
                CREATE TABLE radian_api_token (
                    user_id varchar(36) PRIMARY KEY REFERENCES radian_user (id) ON DELETE CASCADE,
                    token_sha256 varchar(64) NOT NULL UNIQUE,
                    generation bigint NOT NULL,
                    value varchar(64),
                    created bigint NOT NULL
                );
                CREATE TABLE radian_signing_key (
                    id {{bigserial}},
                    value varchar(64) NOT NULL,
                    is_active smallint NOT NULL,
                    created bigint NOT NULL,
                    retire_at bigint
                );
                CREATE UNIQUE INDEX radian_signing_key_active ON radian_signing_key (is_active) WHERE is_active = 1;
                CREATE TABLE radian_login (
                    id varchar(32) PRIMARY KEY,
                    kind varchar(8) NOT NULL,
                    token_sha256 varchar(64) NOT NULL UNIQUE,
                    user_id varchar(36) NOT NULL REFERENCES radian_user (id) ON DELETE CASCADE,
                    key_id bigint,
                    client_address varchar(45) NOT NULL,
                    user_agent varchar(255) NOT NULL,
                    password_based smallint NOT NULL,
                    created bigint NOT NULL,
                    expires bigint NOT NULL,
                    replaced_at bigint
                );
                CREATE INDEX radian_login_user ON radian_login (user_id);
                CREATE INDEX radian_login_expires ON radian_login (expires);
                CREATE TABLE radian_ticket (
                    ticket_sha256 varchar(64) PRIMARY KEY,
                    purpose varchar(32) NOT NULL,
                    user_id varchar(36) NOT NULL REFERENCES radian_user (id) ON DELETE CASCADE,
                    data text NOT NULL,
                    created bigint NOT NULL,
                    expires bigint NOT NULL
                );
                CREATE INDEX radian_ticket_user ON radian_ticket (user_id, purpose);
                CREATE INDEX radian_ticket_expires ON radian_ticket (expires);
                CREATE TABLE radian_second_factor (
                    user_id varchar(36) PRIMARY KEY REFERENCES radian_user (id) ON DELETE CASCADE,
                    secret varchar(64) NOT NULL,
                    is_confirmed smallint NOT NULL,
                    last_counter bigint NOT NULL,
                    created bigint NOT NULL
                );
                CREATE TABLE radian_daily_run (
                    name varchar(64) NOT NULL,
                    day varchar(10) NOT NULL,
                    PRIMARY KEY (name, day)
                );
                CREATE TABLE radian_recovery_code (
                    user_id varchar(36) NOT NULL REFERENCES radian_user (id) ON DELETE CASCADE,
                    code_sha256 varchar(64) NOT NULL,
                    PRIMARY KEY (user_id, code_sha256)
                );
                """),
        // Users and organizations that are gone stay in it by name.
        Migration(
            feature: "Accounts", number: 6, name: "audit",
            sql: """
                CREATE TABLE radian_audit (
                    id {{bigserial}},
                    created bigint NOT NULL,
                    actor_id varchar(36),
                    actor varchar(253) NOT NULL,
                    address varchar(45),
                    action varchar(32) NOT NULL,
                    object_type varchar(32) NOT NULL,
                    object_id varchar(253) NOT NULL,
                    object_label varchar(255) NOT NULL,
                    user_id varchar(36),
                    old_values text,
                    new_values text
                );
                CREATE INDEX radian_audit_created ON radian_audit (created);
                CREATE INDEX radian_audit_user ON radian_audit (user_id, id) WHERE user_id IS NOT NULL;
                CREATE TABLE radian_audit_organization (
                    organization_id varchar(36) NOT NULL,
                    audit_id bigint NOT NULL REFERENCES radian_audit (id) ON DELETE CASCADE,
                    PRIMARY KEY (organization_id, audit_id)
                );
                CREATE INDEX radian_audit_organization_audit ON radian_audit_organization (audit_id);
                """),
        // Where the permissions are known already, nobody would give them to the new role.
        Migration(
            feature: "Accounts", number: 7, name: "role of receptions",
            sql: """
                INSERT INTO radian_role (name, created) VALUES ('Receptionist', 0) ON CONFLICT (name) DO NOTHING;
                INSERT INTO radian_role_permission (role_id, permission_id)
                    SELECT r.id, p.id FROM radian_role r CROSS JOIN radian_permission p
                    WHERE r.name = 'Receptionist' AND p.code_name IN ('view_radiusbatch', 'add_radiusbatch')
                    ON CONFLICT (role_id, permission_id) DO NOTHING;
                """),
    ]

    private static let profiles = """
        ALTER TABLE radian_user ADD COLUMN phone_number varchar(16);
        ALTER TABLE radian_user ADD COLUMN language varchar(8);
        ALTER TABLE radian_user ADD COLUMN is_staff smallint NOT NULL DEFAULT 0;
        ALTER TABLE radian_user ADD COLUMN is_superuser smallint NOT NULL DEFAULT 0;
        ALTER TABLE radian_user ADD COLUMN birth_date varchar(10);
        ALTER TABLE radian_user ADD COLUMN location varchar(256) NOT NULL DEFAULT '';
        ALTER TABLE radian_user ADD COLUMN bio text NOT NULL DEFAULT '';
        ALTER TABLE radian_user ADD COLUMN url varchar(200) NOT NULL DEFAULT '';
        ALTER TABLE radian_user ADD COLUMN company varchar(30) NOT NULL DEFAULT '';
        ALTER TABLE radian_user ADD COLUMN notes text NOT NULL DEFAULT '';
        ALTER TABLE radian_user ADD COLUMN password_updated bigint;
        ALTER TABLE radian_user ADD COLUMN password_based_token smallint;
        ALTER TABLE radian_user ADD COLUMN last_login bigint;
        CREATE UNIQUE INDEX radian_user_phone ON radian_user (phone_number);
        CREATE INDEX radian_user_expiry ON radian_user (is_active, expires_at);
        CREATE INDEX radian_user_created ON radian_user (created, id);
        ALTER TABLE radian_organization ADD COLUMN description text NOT NULL DEFAULT '';
        ALTER TABLE radian_organization ADD COLUMN email varchar(254) NOT NULL DEFAULT '';
        ALTER TABLE radian_organization ADD COLUMN url varchar(200) NOT NULL DEFAULT '';
        ALTER TABLE radian_organization_user ADD COLUMN id varchar(36);
        ALTER TABLE radian_organization_user ADD COLUMN is_admin smallint NOT NULL DEFAULT 0;
        ALTER TABLE radian_organization_user ADD COLUMN modified bigint;
        CREATE TABLE radian_organization_owner (
            organization_id varchar(36) PRIMARY KEY REFERENCES radian_organization (id) ON DELETE CASCADE,
            user_id varchar(36) NOT NULL,
            created bigint NOT NULL,
            FOREIGN KEY (organization_id, user_id) REFERENCES radian_organization_user (organization_id, user_id) ON DELETE CASCADE
        );
        CREATE INDEX radian_organization_owner_user ON radian_organization_owner (user_id);
        CREATE TABLE radian_email_address (
            id {{bigserial}},
            user_id varchar(36) NOT NULL REFERENCES radian_user (id) ON DELETE CASCADE,
            email varchar(254) NOT NULL,
            is_verified smallint NOT NULL,
            is_primary smallint NOT NULL,
            created bigint NOT NULL
        );
        CREATE UNIQUE INDEX radian_email_address_own ON radian_email_address (user_id, lower(email));
        CREATE UNIQUE INDEX radian_email_address_verified ON radian_email_address (lower(email)) WHERE is_verified = 1;
        CREATE UNIQUE INDEX radian_email_address_primary ON radian_email_address (user_id) WHERE is_primary = 1;
        INSERT INTO radian_email_address (user_id, email, is_verified, is_primary, created)
            SELECT id, email, 1, 1, created FROM radian_user WHERE email IS NOT NULL;
        """
}
