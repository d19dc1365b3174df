import Accounts
public import Database
import Digests

extension UserProvisioning {
    private static let credentials = Statement(
        """
        SELECT username, attribute FROM radcheck WHERE attribute LIKE '%-Password' OR attribute = 'Password-With-Header'
        ORDER BY username, id
        """)
    private static let names = Statement(
        "SELECT username FROM radian_user UNION SELECT username FROM radcheck UNION SELECT username FROM radusergroup ORDER BY 1")
    private static let isKnown = Statement(
        """
        SELECT 1 FROM radian_user WHERE username = $1 UNION ALL SELECT 1 FROM radcheck WHERE username = $1
        UNION ALL SELECT 1 FROM radusergroup WHERE username = $1 LIMIT 1
        """)
    private static let anyone = Statement(
        "SELECT 1 FROM radian_user UNION ALL SELECT 1 FROM radcheck UNION ALL SELECT 1 FROM radusergroup LIMIT 1")
    private static let memberships = Statement(
        """
        SELECT o.slug FROM radian_organization_user m JOIN radian_organization o ON o.id = m.organization_id
        WHERE m.user_id = $1 ORDER BY o.slug
        """)
    private static let groups = Statement("SELECT groupname FROM radusergroup WHERE username = $1 ORDER BY priority, id")
    private static let checkItems = Statement("SELECT attribute, op, value FROM radcheck WHERE username = $1 ORDER BY id")
    private static let replyItems = Statement("SELECT attribute, op, value FROM radreply WHERE username = $1 ORDER BY id")

    /// Users by name, those that only FreeRADIUS's tables have included.
    /// - Parameter organizationSlug: only this organization's members.
    public func all(organizationSlug: String? = nil) throws -> [Entry] {
        if let organizationSlug { _ = try organization(slug: organizationSlug) }
        let accounts = try users.all(organizationSlug: organizationSlug)
        let byName = Dictionary(accounts.map { ($0.username, $0) }, uniquingKeysWith: { first, _ in first })
        let groups = try items.memberships()
        var credentials: [String: [String]] = [:]
        try connection.query(Self.credentials, []) { row in credentials[row.text(0), default: []].append(row.text(1)) }
        let names =
            organizationSlug == nil
            ? try connection.rows(Self.names) { row throws(DatabaseError) in row.text(0) } : accounts.map(\.username)
        return names.map {
            Entry(username: $0, account: byName[$0], groups: groups[$0] ?? [], credentials: credentials[$0] ?? [])
        }
    }

    /// One user; nil when no table has the name.
    public func entry(_ username: String) throws(DatabaseError) -> Entry? {
        guard try connection.first(Self.isKnown, [.text(username)], { _ in true }) != nil else { return nil }
        var account = try users.user(named: username)
        if let id = account?.id {
            account?.organizations = try connection.rows(Self.memberships, [.text(id)]) { row throws(DatabaseError) in row.text(0) }
        }
        return Entry(
            username: username, account: account,
            groups: try connection.rows(Self.groups, [.text(username)]) { row throws(DatabaseError) in row.text(0) },
            credentials: try items(of: username, in: .check).map(\.attribute).filter(StoredPassword.isPasswordAttribute))
    }

    /// A user's own check or reply items, in the order of their ids. Check items hold the passwords.
    public func items(of username: String, in list: PolicyItemStore.List) throws(DatabaseError) -> [PolicyItem] {
        try connection.rows(list == .check ? Self.checkItems : Self.replyItems, [.text(username)]) { row throws(DatabaseError) in
            PolicyItem(attribute: row.text(0), op: row.text(1), value: row.text(2))
        }
    }

    /// Whether no table has any user.
    public func isEmpty() throws(DatabaseError) -> Bool {
        try connection.first(Self.anyone, []) { _ in true } == nil
    }
}
