import Database

/// SQL about devices, tokens and batches, over the target's connection. Callers open the transaction.
struct MigratedRecordStore {
    let connection: any DatabaseConnection

    struct Device: Equatable {
        var address: String
        var name: String
        var type: String
        var ports: Int64?
        var secret: String
        var server: String?
        var community: String?
        var comment: String?
        var organizationID: String?
    }

    private static let devices = Statement(
        """
        SELECT nasname, shortname, type, ports, secret, server, community, description, organization_id FROM nas
        WHERE (nasname = $1 OR shortname = $2) AND COALESCE(organization_id, '') = COALESCE($3, '') ORDER BY id
        """)
    private static let addDevice = Statement(
        """
        INSERT INTO nas (nasname, shortname, type, ports, secret, server, community, description, organization_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """)
    private static let replaceDevice = Statement(
        """
        UPDATE nas SET type = $4, secret = $5, description = $6
        WHERE nasname = $1 AND shortname = $2 AND COALESCE(organization_id, '') = COALESCE($3, '')
        """)
    private static let addHuntGroup = Statement(
        """
        INSERT INTO radhuntgroup (groupname, nasipaddress, nasportid) SELECT CAST($1 AS varchar), CAST($2 AS varchar), CAST($3 AS varchar) WHERE NOT EXISTS (
            SELECT 1 FROM radhuntgroup WHERE groupname = $1 AND nasipaddress = $2 AND COALESCE(nasportid, '') = COALESCE($3, ''))
        """)
    private static let apiTokens = Statement("SELECT user_id, value FROM radian_api_token WHERE user_id {{any $1 text}}")
    private static let userTokens = Statement("SELECT user_id, key FROM radian_radius_token WHERE user_id {{any $1 text}}")
    private static let addUserToken = Statement(
        """
        INSERT INTO radian_radius_token (user_id, key, organization_id, can_auth, password_based, spent_by, created)
        VALUES ($1, $2, $3, $4, $5, '', $6) ON CONFLICT (user_id) DO NOTHING
        """)
    private static let batch = Statement("SELECT id FROM radian_batch WHERE id = $1 OR (organization_id = $2 AND name = $3)")
    /// It is over: what says how its passwords are made never counts.
    private static let addBatch = Statement(
        """
        INSERT INTO radian_batch (id, organization_id, name, strategy, status, prefix, item_count, group_id, group_name, expiration_date,
            notes, takes_plain_passwords, mails_passwords, password_scheme, password_length, created, modified)
        VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, 0, 0, 'argon2', 8, $11, $11)
        """)
    private static let batchUsers = Statement(
        "SELECT batch_id, user_id FROM radian_batch_user WHERE user_id {{any $1 text}}")
    private static let addBatchUsers = Statement(
        """
        INSERT INTO radian_batch_user (batch_id, user_id, is_created, is_joined)
        SELECT r.batch, r.user_id, 0, 0 FROM {{rows batch text, user_id text}} WHERE true ON CONFLICT (batch_id, user_id) DO NOTHING
        """)
    private static let countBatchUsers = Statement(
        """
        UPDATE radian_batch SET
            item_count = (SELECT count(*) FROM radian_batch_user u WHERE u.batch_id = radian_batch.id),
            position = (SELECT count(*) FROM radian_batch_user u WHERE u.batch_id = radian_batch.id),
            linked_users = (SELECT count(*) FROM radian_batch_user u WHERE u.batch_id = radian_batch.id)
        WHERE id = $1
        """)

    /// Devices of the organization that have the address or the name.
    func devices(like device: Device) throws(DatabaseError) -> [Device] {
        try connection.rows(Self.devices, [.text(device.address), .text(device.name), .optional(device.organizationID)]) {
            row throws(DatabaseError) in
            Device(
                address: row.text(0), name: row.text(1), type: row.text(2), ports: row.integerOrNil(3), secret: row.text(4),
                server: row.textOrNil(5), community: row.textOrNil(6), comment: row.textOrNil(7), organizationID: row.textOrNil(8))
        }
    }

    func add(_ device: Device) throws(DatabaseError) {
        try connection.execute(
            Self.addDevice,
            [
                .text(device.address), .text(device.name), .text(device.type), .optional(device.ports), .text(device.secret),
                .optional(device.server), .optional(device.community), .optional(device.comment), .optional(device.organizationID),
            ])
    }

    func replace(_ device: Device) throws(DatabaseError) {
        try connection.execute(
            Self.replaceDevice,
            [
                .text(device.address), .text(device.name), .optional(device.organizationID), .text(device.type), .text(device.secret),
                .optional(device.comment),
            ])
    }

    /// Adds a row of `radhuntgroup` unless it is there.
    /// - Returns: whether it was added.
    func addHuntGroup(_ name: String, address: String, port: String?) throws(DatabaseError) -> Bool {
        try connection.execute(Self.addHuntGroup, [.text(name), .text(address), .optional(port)]) > 0
    }

    /// The users that have an API token, with its value where it came from elsewhere.
    func apiTokens(of userIDs: [String]) throws(DatabaseError) -> [String: String?] {
        var tokens: [String: String?] = [:]
        try connection.query(Self.apiTokens, [.texts(userIDs)]) { row in tokens[row.text(0)] = .some(row.textOrNil(1)) }
        return tokens
    }

    struct UserToken {
        var userID: String
        var key: String
        var organizationID: String
        var canAuthenticate: Bool
        var isPasswordBased: Bool?
        /// Microseconds since 1970 UTC.
        var created: Int64
    }

    /// Keys by user.
    func userTokens(of userIDs: [String]) throws(DatabaseError) -> [String: String] {
        var keys: [String: String] = [:]
        try connection.query(Self.userTokens, [.texts(userIDs)]) { row in keys[row.text(0)] = row.text(1) }
        return keys
    }

    func add(_ token: UserToken) throws(DatabaseError) {
        try connection.execute(
            Self.addUserToken,
            [
                .text(token.userID), .text(token.key), .text(token.organizationID), .integer(token.canAuthenticate ? 1 : 0),
                .optional(token.isPasswordBased.map { $0 ? 1 : 0 }), .integer(token.created),
            ])
    }

    struct Batch {
        var id: String
        var organizationID: String
        var name: String
        var strategy: String
        var status: String
        var prefix: String?
        var groupID: String?
        var groupName: String?
        var expirationDate: String?
        var notes: String
        /// Microseconds since 1970 UTC.
        var created: Int64
    }

    /// Whether there are batches here at all.
    func hasBatches() throws(DatabaseError) -> Bool { try connection.tableExists("radian_batch_user") }

    /// Id of the batch that is there already, by id or by name.
    func batch(like batch: Batch) throws(DatabaseError) -> String? {
        try connection.first(Self.batch, [.text(batch.id), .text(batch.organizationID), .text(batch.name)]) { $0.text(0) }
    }

    func add(_ batch: Batch) throws(DatabaseError) {
        try connection.execute(
            Self.addBatch,
            [
                .text(batch.id), .text(batch.organizationID), .text(batch.name), .text(batch.strategy), .text(batch.status),
                .optional(batch.prefix), .optional(batch.groupID), .optional(batch.groupName), .optional(batch.expirationDate),
                .text(batch.notes), .integer(batch.created),
            ])
    }

    /// Keys of the users' batches: batch and user with a blank between.
    func batches(of userIDs: [String]) throws(DatabaseError) -> Set<String> {
        Set(try connection.rows(Self.batchUsers, [.texts(userIDs)]) { row throws(DatabaseError) in row.text(0) + " " + row.text(1) })
    }

    /// Lists users with their batches. To undo a batch deletes none of them: it did not make them here.
    func addBatchUsers(_ users: [(batchID: String, userID: String)]) throws(DatabaseError) {
        try connection.executeRows(Self.addBatchUsers, columns: [.text(users.map(\.batchID)), .text(users.map(\.userID))])
        for batch in Set(users.map(\.batchID)) { try connection.execute(Self.countBatchUsers, [.text(batch)]) }
    }
}
