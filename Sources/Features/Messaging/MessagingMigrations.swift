import Database

/// Tables of the feature. Times are microseconds since 1970 UTC, days are days since 1970 UTC, costs are millionths of the currency.
enum MessagingMigrations {
    static let all = [
        Migration(
            feature: "Messaging", number: 1, name: "outbox, receipts, costs, templates",
            sql: """
                CREATE TABLE radian_message (
                    id varchar(36) PRIMARY KEY,
                    channel varchar(8) NOT NULL,
                    recipient varchar(320) NOT NULL,
                    subject text NOT NULL,
                    body text NOT NULL,
                    html text,
                    organization_id varchar(36),
                    kind varchar(32) NOT NULL,
                    language varchar(8) NOT NULL,
                    sender varchar(320),
                    metadata text,
                    is_secret smallint NOT NULL,
                    is_blanked smallint NOT NULL DEFAULT 0,
                    priority smallint NOT NULL,
                    state varchar(16) NOT NULL,
                    attempts integer NOT NULL DEFAULT 0,
                    due bigint,
                    lifetime bigint NOT NULL,
                    expires bigint NOT NULL,
                    counted_day bigint,
                    gateway varchar(64),
                    provider_id varchar(255),
                    error_code varchar(255),
                    parts integer NOT NULL DEFAULT 0,
                    cost bigint NOT NULL DEFAULT 0,
                    created bigint NOT NULL,
                    sent bigint,
                    modified bigint NOT NULL
                );
                CREATE INDEX radian_message_due ON radian_message (channel, priority, due);
                CREATE INDEX radian_message_created ON radian_message (created);
                CREATE TABLE radian_message_part (
                    gateway varchar(64) NOT NULL,
                    provider_id varchar(255) NOT NULL,
                    message_id varchar(36),
                    state varchar(16) NOT NULL,
                    error_code varchar(255),
                    modified bigint NOT NULL,
                    PRIMARY KEY (gateway, provider_id)
                );
                CREATE INDEX radian_message_part_message ON radian_message_part (message_id);
                CREATE INDEX radian_message_part_modified ON radian_message_part (modified);
                CREATE TABLE radian_message_quota (
                    day bigint NOT NULL,
                    scope varchar(36) NOT NULL,
                    used bigint NOT NULL,
                    PRIMARY KEY (day, scope)
                );
                CREATE TABLE radian_message_cost (
                    day bigint NOT NULL,
                    organization_id varchar(36) NOT NULL,
                    channel varchar(8) NOT NULL,
                    gateway varchar(64) NOT NULL,
                    prefix varchar(16) NOT NULL,
                    messages bigint NOT NULL,
                    parts bigint NOT NULL,
                    cost bigint NOT NULL,
                    PRIMARY KEY (day, organization_id, channel, gateway, prefix)
                );
                CREATE TABLE radian_message_template (
                    organization_id varchar(36) NOT NULL,
                    kind varchar(32) NOT NULL,
                    channel varchar(8) NOT NULL,
                    language varchar(8) NOT NULL,
                    subject text NOT NULL,
                    body text NOT NULL,
                    html text,
                    modified bigint NOT NULL,
                    PRIMARY KEY (organization_id, kind, channel, language)
                );
                """),
        Migration(
            feature: "Messaging", number: 2, name: "indexes of what waits and of what is secret",
            sql: """
                DROP INDEX radian_message_due;
                CREATE INDEX radian_message_due ON radian_message (channel, priority, due) WHERE due IS NOT NULL;
                CREATE INDEX radian_message_secret ON radian_message (expires) WHERE is_secret = 1 AND is_blanked = 0;
                """),
    ]
}
