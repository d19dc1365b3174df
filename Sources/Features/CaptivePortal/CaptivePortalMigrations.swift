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
                """)
    ]
}
