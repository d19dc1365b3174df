public import Accounts
public import Database

/// The groups that an organization has from the start, and the one that its new members get.
public enum DefaultGroups {
    /// Three hours and three gigabytes a day.
    static let checks = [
        PolicyItem(attribute: "Max-Daily-Session", op: ":=", value: "10800"),
        PolicyItem(attribute: "Max-Daily-Session-Traffic", op: ":=", value: "3000000000"),
    ]

    /// Makes an organization's groups `<slug>-users`, the default with daily limits, and `<slug>-power-users`, without any; those that it
    /// has already stay as they are. Inside the caller's transaction.
    /// - Throws: ``ProvisioningError/groupExists(_:)`` when somebody else has one of the names.
    public static func create(_ organization: Organization, over connection: any DatabaseConnection) throws {
        let present = try RADIUSGroupStore(connection).groups(of: organization.id)
        func isMissing(_ name: String) -> Bool { !present.contains { StoredName($0.name) == StoredName(name) } }
        let users = "\(organization.slug)-users"
        if isMissing(users) {
            try GroupRules(connection).add(
                RADIUSGroup(
                    name: users, description: "Regular users", organizationID: organization.id,
                    isDefault: !present.contains(where: \.isDefault)))
            for check in checks { try PolicyItemStore(connection).setGroupItem(check, in: .check, group: users) }
        }
        let powerUsers = "\(organization.slug)-power-users"
        if isMissing(powerUsers) {
            try GroupRules(connection).add(
                RADIUSGroup(name: powerUsers, description: "Users without limits", organizationID: organization.id))
        }
    }

    private static let assignment = Statement(
        """
        INSERT INTO radusergroup (username, groupname, priority, organization_id, uuid, created, modified)
        SELECT u.username, g.name, 1, g.organization_id, r.id, r.created, r.created
        FROM {{rows user_id text, organization text, id text, created bigint}} JOIN radian_user u ON u.id = r.user_id
        JOIN radiusgroup g ON g.organization_id = r.organization AND g.is_default = 1
        WHERE NOT EXISTS (
            SELECT 1 FROM radusergroup m LEFT JOIN radiusgroup x ON x.name = m.groupname
            WHERE m.username = u.username AND COALESCE(m.organization_id, x.organization_id) = r.organization)
        """)

    /// Puts a user who has no group in an organization into its default group, where it has one. Inside the caller's transaction.
    public static func assign(userID: String, organizationID: String, over connection: any DatabaseConnection) throws(DatabaseError) {
        try assign(userIDs: [userID], organizationID: organizationID, over: connection)
    }

    /// As ``assign(userID:organizationID:over:)``, for many users at once.
    /// - Parameter userIDs: each once.
    public static func assign(
        userIDs: [String], organizationID: String, over connection: any DatabaseConnection
    ) throws(DatabaseError) {
        let now = currentMicroseconds()
        try connection.executeRows(
            assignment,
            columns: [
                .text(userIDs), .text(userIDs.map { _ in organizationID }), .text(userIDs.map { _ in RowID.make() }),
                .integer(userIDs.map { _ in now }),
            ])
    }
}
