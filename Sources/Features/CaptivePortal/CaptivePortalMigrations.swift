import Database

/// Tables of the feature. Times are microseconds since 1970 UTC.
enum CaptivePortalMigrations {
    static let all = [
        Migration(
            feature: "CaptivePortal", number: 1, name: "accepted terms",
            sql: """
                CREATE TABLE radian_terms_consent (
                    id {{bigserial}},
                    user_id varchar(36) NOT NULL REFERENCES radian_user (id) ON DELETE CASCADE,
                    organization_id varchar(36) NOT NULL REFERENCES radian_organization (id) ON DELETE CASCADE,
                    version varchar(64) NOT NULL,
                    accepted bigint NOT NULL,
                    address varchar(45) NOT NULL
                );
                CREATE INDEX radian_terms_consent_user ON radian_terms_consent (user_id, organization_id, accepted);
                """),
        Migration(
            feature: "CaptivePortal", number: 2, name: "who may go online at NAS devices that ask",
            sql: """
                CREATE TABLE radian_station_grant (
                    station varchar(17) NOT NULL,
                    organization_id varchar(36) NOT NULL REFERENCES radian_organization (id) ON DELETE CASCADE,
                    username varchar(253) NOT NULL,
                    token varchar(64) NOT NULL,
                    created bigint NOT NULL,
                    PRIMARY KEY (station, organization_id)
                );
                CREATE TABLE radian_opennds_entry (
                    organization_id varchar(36) NOT NULL REFERENCES radian_organization (id) ON DELETE CASCADE,
                    gateway varchar(64) NOT NULL,
                    id varchar(64) NOT NULL,
                    entry text NOT NULL,
                    created bigint NOT NULL,
                    PRIMARY KEY (organization_id, gateway, id)
                );
                """),
    ]
}
