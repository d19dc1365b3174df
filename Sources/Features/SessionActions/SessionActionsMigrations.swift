import Database

/// Tables of the feature: `radian_nas_coa`, `radian_session_action`, `radian_authorize_only`.
enum SessionActionsMigrations {
    static let all = [
        Migration(
            feature: "SessionActions", number: 1, name: "session actions, targets of NAS devices",
            sql: """
                CREATE TABLE radian_nas_coa (
                    nas varchar(253) PRIMARY KEY,
                    address varchar(64),
                    port integer,
                    secret varchar(253),
                    is_disabled smallint NOT NULL DEFAULT 0,
                    modified bigint NOT NULL
                );
                CREATE TABLE radian_session_action (
                    id {{bigserial}},
                    session_id varchar(64) NOT NULL,
                    username varchar(253) NOT NULL,
                    nas varchar(64) NOT NULL,
                    organization_id varchar(36),
                    action varchar(32) NOT NULL,
                    terms text,
                    or_disconnect smallint NOT NULL DEFAULT 0,
                    reason varchar(64) NOT NULL,
                    requested_by varchar(253) NOT NULL,
                    requested bigint NOT NULL,
                    state varchar(8) NOT NULL,
                    lease_until bigint,
                    finished bigint,
                    result varchar(16),
                    error_cause integer,
                    attempts integer,
                    detail text,
                    close_after bigint
                );
                CREATE INDEX radian_session_action_open ON radian_session_action (session_id, id) WHERE state <> 'done';
                CREATE INDEX radian_session_action_close ON radian_session_action (close_after) WHERE close_after IS NOT NULL;
                CREATE INDEX radian_session_action_finished ON radian_session_action (finished);
                """),
        Migration(
            feature: "SessionActions", number: 2, name: "renewed authorizations",
            sql: """
                CREATE TABLE radian_authorize_only (
                    state varchar(64) PRIMARY KEY,
                    session_id varchar(64) NOT NULL,
                    expires bigint NOT NULL
                );
                CREATE INDEX radian_authorize_only_expires ON radian_authorize_only (expires);
                """),
    ]
}
