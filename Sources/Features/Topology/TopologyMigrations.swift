import Database

/// Tables of the feature: `radian_topology`, its nodes, links and snapshots.
enum TopologyMigrations {
    static let all = [
        Migration(
            feature: "Topology", number: 1, name: "network topologies",
            sql: """
                CREATE TABLE radian_topology (
                    id varchar(36) PRIMARY KEY,
                    organization_id varchar(36) REFERENCES radian_organization (id) ON DELETE CASCADE,
                    label varchar(64) NOT NULL,
                    parser varchar(128) NOT NULL,
                    strategy varchar(16) NOT NULL,
                    url varchar(200) NOT NULL,
                    receive_key varchar(64) NOT NULL,
                    expiration_time bigint NOT NULL,
                    is_published smallint NOT NULL,
                    protocol varchar(64) NOT NULL,
                    version varchar(24),
                    revision varchar(64),
                    metric varchar(24),
                    changes bigint NOT NULL DEFAULT 0,
                    writes bigint NOT NULL DEFAULT 0,
                    updated bigint,
                    failure text,
                    fetch_due bigint NOT NULL DEFAULT 0,
                    created bigint NOT NULL,
                    modified bigint NOT NULL
                );
                CREATE INDEX radian_topology_organization ON radian_topology (organization_id);
                CREATE INDEX radian_topology_due ON radian_topology (strategy, is_published, fetch_due);
                CREATE TABLE radian_topology_node (
                    id varchar(36) PRIMARY KEY,
                    topology_id varchar(36) NOT NULL REFERENCES radian_topology (id) ON DELETE CASCADE,
                    organization_id varchar(36) REFERENCES radian_organization (id) ON DELETE CASCADE,
                    label varchar(64) NOT NULL,
                    addresses text NOT NULL,
                    properties text NOT NULL,
                    user_properties text NOT NULL,
                    created bigint NOT NULL,
                    modified bigint NOT NULL
                );
                CREATE INDEX radian_topology_node_topology ON radian_topology_node (topology_id, created, id);
                CREATE INDEX radian_topology_node_organization ON radian_topology_node (organization_id, created);
                CREATE INDEX radian_topology_node_created ON radian_topology_node (created, id);
                CREATE TABLE radian_topology_link (
                    id varchar(36) PRIMARY KEY,
                    topology_id varchar(36) NOT NULL REFERENCES radian_topology (id) ON DELETE CASCADE,
                    organization_id varchar(36) REFERENCES radian_organization (id) ON DELETE CASCADE,
                    source_id varchar(36) NOT NULL REFERENCES radian_topology_node (id) ON DELETE CASCADE,
                    target_id varchar(36) NOT NULL REFERENCES radian_topology_node (id) ON DELETE CASCADE,
                    cost double precision NOT NULL,
                    cost_text varchar(24) NOT NULL,
                    is_up smallint NOT NULL,
                    properties text NOT NULL,
                    user_properties text NOT NULL,
                    status_changed bigint NOT NULL,
                    created bigint NOT NULL,
                    modified bigint NOT NULL
                );
                CREATE INDEX radian_topology_link_topology ON radian_topology_link (topology_id, created, id);
                CREATE INDEX radian_topology_link_organization ON radian_topology_link (organization_id, created);
                CREATE INDEX radian_topology_link_created ON radian_topology_link (created, id);
                CREATE INDEX radian_topology_link_source ON radian_topology_link (source_id);
                CREATE INDEX radian_topology_link_target ON radian_topology_link (target_id);
                CREATE INDEX radian_topology_link_state ON radian_topology_link (is_up, modified);
                CREATE TABLE radian_topology_snapshot (
                    topology_id varchar(36) NOT NULL REFERENCES radian_topology (id) ON DELETE CASCADE,
                    day varchar(10) NOT NULL,
                    data text NOT NULL,
                    changes bigint NOT NULL,
                    created bigint NOT NULL,
                    PRIMARY KEY (topology_id, day)
                );
                CREATE INDEX radian_topology_snapshot_day ON radian_topology_snapshot (day);
                """),
        // Inputs change cost and time of links all the time: no index has those of links that are up, and with room in its page
        // PostgreSQL changes the row in place.
        Migration(
            feature: "Topology", number: 2, name: "cheaper changes of links",
            sql: """
                DROP INDEX radian_topology_link_state;
                CREATE INDEX radian_topology_link_down ON radian_topology_link (modified) WHERE is_up = 0;
                {{postgres: ALTER TABLE radian_topology_link SET (fillfactor = 80);}}
                {{postgres: ALTER TABLE radian_topology_node SET (fillfactor = 80);}}
                """),
    ]
}
