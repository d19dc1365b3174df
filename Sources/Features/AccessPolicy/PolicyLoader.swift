import Database
public import RADIUSPipeline
public import ServerKernel
import Sessions

/// Loads users, groups, check and reply items of a whole batch with one statement.
///
/// Confined to the packet thread that made it.
public final class PolicyLoader: PolicyStore, CredentialStore {
    private let connection: KeptConnection
    private let organizationID: (String) -> String?

    /// - Parameters:
    ///   - connection: the packet thread's own.
    ///   - organizationID: an organization's id by its slug.
    public init(_ connection: KeptConnection, organizationID: @escaping (String) -> String?) {
        self.connection = connection
        self.organizationID = organizationID
    }

    /// What a row of the statement is about; the first column.
    private enum Part: Int64 {
        case check = 0, reply, membership, groupCheck, groupReply, account, openSession, keptUsage, usage, userQuota, groupQuota, token
        case registration, alias, usageStamp
    }

    /// The users' memberships and groups, each looked up once.
    private static let memberships = """
        m AS MATERIALIZED (SELECT username, id, groupname, organization_id, priority FROM radusergroup WHERE username {{any $1 text}}),
        g AS MATERIALIZED (SELECT DISTINCT groupname FROM m)
        """
    private static let groupRows = """
        SELECT 2, username, id, groupname, '', '', organization_id, priority FROM m
        UNION ALL SELECT 3, i.groupname, i.id, i.attribute, i.op, i.value, i.organization_id, 0
            FROM g JOIN radgroupcheck i ON i.groupname = g.groupname
        UNION ALL SELECT 4, i.groupname, i.id, i.attribute, i.op, i.value, i.organization_id, 0
            FROM g JOIN radgroupreply i ON i.groupname = g.groupname
        """
    /// Open sessions of users by a condition on `a.username`; eight columns, the first of which is the number.
    static func openSessions(_ number: Int64, _ condition: String) -> String {
        """
        SELECT \(number), a.username, a.radacctid, a.acctsessionid, {{host a.nasipaddress}}, COALESCE(a.callingstationid, ''),
            COALESCE({{host a.framedipaddress}}, ''), 0
            FROM radacct a WHERE a.acctstoptime IS NULL
            AND NOT EXISTS (SELECT 1 FROM nasreload n WHERE n.nasipaddress = a.nasipaddress AND n.reloadtime >= a.acctstarttime)
            AND a.username \(condition)
        """
    }
    /// Names whose open sessions count, so that nobody else's are read.
    private static let limited = """
        (SELECT username FROM c WHERE lower(attribute) IN ('simultaneous-use', 'radian-plan')
         UNION SELECT m.username FROM m JOIN radgroupcheck i ON i.groupname = m.groupname
            WHERE lower(i.attribute) IN ('simultaneous-use', 'radian-plan')
         UNION SELECT m.username FROM m JOIN radgroupreply i ON i.groupname = m.groupname WHERE lower(i.attribute) = 'radian-plan'
         UNION SELECT username FROM r)
        """
    /// Quotas of the names and of their groups.
    private static let quotas = """
        SELECT 9, q.subject, q.id, q.measure, q.period, q.action || ' ' || q.argument, q.organization_id, q.amount
            FROM radian_quota q WHERE q.scope = 'user' AND q.subject {{any $1 text}}
        UNION ALL SELECT 10, q.subject, q.id, q.measure, q.period, q.action || ' ' || q.argument, q.organization_id, q.amount
            FROM g CROSS JOIN radian_quota q WHERE q.scope = 'group' AND q.subject = g.groupname
        """
    /// Users by one of the list `$4`. Where few have an address or number, SQLite would rather read the whole table.
    private static func aliased(_ value: String, _ index: String) -> String {
        "radian_user u {{sqlite: INDEXED BY \(index)}} WHERE \(value) {{any $4 text}}"
    }
    static let loadUsers = Statement(
        """
        WITH c AS MATERIALIZED (SELECT username, id, attribute, op, value, organization_id FROM radcheck WHERE username {{any $1 text}}),
        \(memberships), \(UsageSQL.kept)
        SELECT 0, username, id, attribute, op, value, organization_id, 0 FROM c
        UNION ALL SELECT 1, username, id, attribute, op, value, organization_id, 0 FROM radreply WHERE username {{any $1 text}}
        UNION ALL \(groupRows)
        UNION ALL SELECT 5, u.username, u.is_active, u.id, CAST(u.is_staff AS text), COALESCE(CAST(u.password_updated AS text), ''),
            m.organization_id, u.expires_at
            FROM radian_user u LEFT JOIN radian_organization_user m ON m.user_id = u.id WHERE u.username {{any $1 text}}
        UNION ALL \(openSessions(6, "IN \(limited)"))
        UNION ALL \(openSessions(6, "{{any $3 text}}"))
        UNION ALL \(UsageSQL.rows(registration: 7, bucket: 8, stamp: 14))
        UNION ALL \(quotas)
        UNION ALL SELECT 11, u.username, t.can_auth, t.key, t.spent_by, COALESCE(CAST(t.password_based AS text), '')
            || CASE t.earlier_key WHEN '' THEN '' ELSE ' ' || t.earlier_key || ' ' || CAST(t.created / 1000000 AS text) END,
            t.organization_id, t.spent_at
            FROM radian_user u CROSS JOIN radian_radius_token t WHERE u.username {{any $1 text}} AND t.user_id = u.id
        UNION ALL SELECT 12, u.username, r.is_verified, r.method, '', '', r.organization_id, 0
            FROM radian_user u CROSS JOIN radian_registered_user r WHERE u.username {{any $1 text}} AND r.user_id = u.id
        UNION ALL SELECT 13, u.username, 0, lower(u.email), '', '', NULL, 0 FROM \(aliased("lower(u.email)", "radian_user_email"))
        UNION ALL SELECT 13, u.username, 0, u.phone_number, '', '', NULL, 0 FROM \(aliased("u.phone_number", "radian_user_phone"))
        """)
    /// Usage, quotas, memberships and the rows that name plans.
    static let loadLimits = Statement(
        """
        WITH \(memberships), \(UsageSQL.kept)
        SELECT 0, username, id, attribute, op, value, organization_id, 0 FROM radcheck
            WHERE username {{any $1 text}} AND attribute = 'Radian-Plan'
        UNION ALL SELECT 2, username, id, groupname, '', '', organization_id, priority FROM m
        UNION ALL SELECT 3, i.groupname, i.id, i.attribute, i.op, i.value, i.organization_id, 0
            FROM g JOIN radgroupcheck i ON i.groupname = g.groupname AND i.attribute = 'Radian-Plan'
        UNION ALL SELECT 4, i.groupname, i.id, i.attribute, i.op, i.value, i.organization_id, 0
            FROM g JOIN radgroupreply i ON i.groupname = g.groupname AND i.attribute = 'Radian-Plan'
        UNION ALL \(UsageSQL.rows(registration: 7, bucket: 8, stamp: 14))
        UNION ALL \(quotas)
        """)
    static let loadMemberships = Statement("WITH \(memberships) \(groupRows)")
    static let loadOpenSessions = Statement(openSessions(6, "{{any $1 text}}"))
    private static let update = Statement("UPDATE radcheck SET value = $2 WHERE id = $1")
    private static let renewPassword = Statement(
        "UPDATE radian_user SET password_updated = $2 WHERE username = (SELECT username FROM radcheck WHERE id = $1)")

    /// Everything that one execution returned, by name.
    private struct Loaded {
        var checks: [StoredName: [PolicyRow]] = [:]
        var replies: [StoredName: [PolicyRow]] = [:]
        var memberships: [StoredName: [(id: Int64, group: String, priority: Int, organizationID: String?)]] = [:]
        var groupChecks: [StoredName: [PolicyRow]] = [:]
        var groupReplies: [StoredName: [PolicyRow]] = [:]
        var accounts: [StoredName: AccountState] = [:]
        var openSessions: [StoredName: [(id: Int64, session: OpenSession)]] = [:]
        var usage = UsageRows()
        var userQuotas: [StoredName: [Quota]] = [:]
        var groupQuotas: [StoredName: [Quota]] = [:]
        var tokens: [StoredName: UserToken] = [:]
        var registrations: [StoredName: [IdentityRegistration]] = [:]
        /// User names by e-mail address in lower case, and by phone number.
        var aliases: [String: String] = [:]

        func knows(_ name: StoredName) -> Bool {
            accounts[name] != nil || checks[name] != nil || replies[name] != nil || memberships[name] != nil
        }
    }

    public func load(_ queries: [PolicyQuery]) throws(StoreError) -> [UserPolicy] {
        // PostgreSQL refuses U+0000, and nobody's name has it.
        let names = Set(queries.lazy.map(\.userName).filter { !$0.utf8.contains(0) }.map(StoredName.init))
        let defaults = Set(queries.lazy.compactMap(\.defaultProfile).map(StoredName.init))
        var loaded = Loaded()
        var behindAliases = Loaded()
        var resolved: [StoredName: StoredName] = [:]
        do {
            try connection.use { connection throws(DatabaseError) in
                let epoch = queries.lazy.map(\.epoch).min() ?? 0
                let wanted = Set(queries.lazy.filter(\.wantsOpenSessions).map { StoredName($0.userName) }).intersection(names)
                loaded = try Self.load(
                    names: names, defaults: defaults, wantingSessions: wanted, aliases: Set(queries.lazy.flatMap(\.aliases)), epoch: epoch,
                    over: connection)
                for query in queries {
                    let name = StoredName(query.userName)
                    guard !loaded.knows(name), let alias = query.aliases.lazy.compactMap({ loaded.aliases[$0] }).first else { continue }
                    resolved[name] = StoredName(alias)
                }
                guard !resolved.isEmpty else { return }
                behindAliases = try Self.load(
                    names: Set(resolved.values), defaults: defaults, wantingSessions: wanted.isEmpty ? [] : Set(resolved.values),
                    aliases: [], epoch: epoch, over: connection)
            }
        } catch {
            throw error.storeError
        }
        return queries.map { query in
            guard let name = resolved[StoredName(query.userName)] else { return Self.policy(for: query, asked: asked(query), in: loaded) }
            var named = query
            named.userName = name.text
            var policy = Self.policy(for: named, asked: asked(query), in: behindAliases)
            policy.userName = name.text
            return policy
        }
    }

    /// Everything about one user, for those who are no packet thread.
    static func policy(_ query: PolicyQuery, over connection: any DatabaseConnection) throws(DatabaseError) -> UserPolicy {
        let loaded = try load(
            names: [StoredName(query.userName)], defaults: [], wantingSessions: [], aliases: [], epoch: query.epoch, over: connection)
        return policy(for: query, asked: query.organizationID, in: loaded)
    }

    /// A name that belongs to several organizations is one person's in each; the realm or the NAS says which is meant.
    private func asked(_ query: PolicyQuery) -> String? {
        query.organizationSlug.flatMap(organizationID) ?? query.organizationID
    }

    /// One visit, unless rows name profiles, whose groups and limits are then looked up behind.
    private static func load(
        names: Set<StoredName>, defaults: Set<StoredName>, wantingSessions: Set<StoredName>, aliases: Set<String>, epoch: Int64,
        over connection: any DatabaseConnection
    ) throws(DatabaseError) -> Loaded {
        var loaded = Loaded()
        let arguments: [DatabaseValue] = [
            .texts(names.union(defaults).map(\.text)), .integer(epoch), .texts(wantingSessions.map(\.text)), .texts(Array(aliases)),
        ]
        try connection.query(loadUsers, arguments) { row in add(row, to: &loaded) }
        let profiles = profileNames(loaded.checks.values.joined()) + profileNames(loaded.groupChecks.values.joined())
        let named = Set(profiles.map(StoredName.init))
        let missing = named.subtracting(names).subtracting(defaults)
        if !missing.isEmpty {
            // Groups that both statements return come whole each time, so the later ones replace the earlier.
            var more = Loaded()
            try connection.query(loadMemberships, [.texts(missing.map(\.text))]) { row in add(row, to: &more) }
            loaded.memberships.merge(more.memberships) { _, new in new }
            loaded.groupChecks.merge(more.groupChecks) { _, new in new }
            loaded.groupReplies.merge(more.groupReplies) { _, new in new }
        }
        let limitsSessions = named.union(defaults).contains { profile in
            (loaded.memberships[profile] ?? []).contains { membership in
                (loaded.groupChecks[StoredName(membership.group)] ?? []).contains { $0.isAbout("Simultaneous-Use") }
            }
        }
        if limitsSessions {
            loaded.openSessions = [:]
            try connection.query(loadOpenSessions, [.texts(names.map(\.text))]) { row in add(row, to: &loaded) }
        }
        return loaded
    }

    /// Limits of one user, as an organization sees them.
    struct Limits {
        /// Nil when it is not kept.
        var usage: UsageHistory?
        var quotas: [Quota]
        /// The plan that the user's rows name, or those of the first group that names one, whatever its check rows ask for.
        var planName: String?
    }

    /// Limits of users, without a request to judge rows by.
    static func limits(
        of names: Set<StoredName>, at epoch: Int64, over connection: any DatabaseConnection
    ) throws(DatabaseError) -> (StoredName, _ organizationID: String?) -> Limits {
        var loaded = Loaded()
        try connection.query(loadLimits, [.texts(names.map(\.text)), .integer(epoch)]) { row in add(row, to: &loaded) }
        return { [loaded] name, organization in
            func visible(_ owner: String?) -> Bool { owner == nil || organization == nil || owner == organization }
            let groups = (loaded.memberships[name] ?? []).filter { visible($0.organizationID) }
                .sorted { ($0.priority, $0.id) < ($1.priority, $1.id) }.map { StoredName($0.group) }
            let quotas = ((loaded.userQuotas[name] ?? []) + groups.flatMap { loaded.groupQuotas[$0] ?? [] })
                .filter { visible($0.organizationID) }
            let rows = [loaded.checks[name] ?? []] + groups.map { (loaded.groupChecks[$0] ?? []) + (loaded.groupReplies[$0] ?? []) }
            let planName = rows.lazy.compactMap { rows in rows.last { visible($0.organizationID) }?.value }.first
            return Limits(
                usage: loaded.usage.history(of: name.text, organizationID: organization), quotas: quotas, planName: planName)
        }
    }

    public func change(_ rows: [ChangedRow]) throws(StoreError) {
        do {
            try connection.use { connection throws(DatabaseError) in
                try connection.transaction { () throws(DatabaseError) in
                    for changed in rows { _ = try connection.execute(Self.update, [.integer(changed.row.id), .text(changed.value)]) }
                    guard let password = rows.first else { return }
                    try connection.execute(
                        Self.renewPassword, [.integer(password.row.id), .integer(currentMicroseconds() / 86_400_000_000)])
                }
            }
        } catch {
            throw error.storeError
        }
    }

    private static func profileNames(_ rows: some Sequence<PolicyRow>) -> [String] {
        rows.lazy.filter { $0.isAbout("User-Profile") }.map(\.value)
    }

    private static func add(_ row: any DatabaseRow, to loaded: inout Loaded) {
        let name = StoredName(row.text(1))
        switch Part(rawValue: row.integer(0)) {
        case .check: loaded.checks[name, default: []].append(item(row, .radcheck))
        case .reply: loaded.replies[name, default: []].append(item(row, .radreply))
        case .groupCheck: loaded.groupChecks[name, default: []].append(item(row, .radgroupcheck))
        case .groupReply: loaded.groupReplies[name, default: []].append(item(row, .radgroupreply))
        case .membership:
            loaded.memberships[name, default: []].append((row.integer(2), row.text(3), Int(row.integer(7)), row.textOrNil(6)))
        case .account:
            var account =
                loaded.accounts[name]
                ?? AccountState(userID: row.text(3), isActive: row.integer(2) != 0, expiresAt: row.integerOrNil(7))
            account.isStaff = row.text(4) == "1"
            account.passwordUpdatedDay = Int64(row.text(5))
            if let organization = row.textOrNil(6) { account.organizationIDs.append(organization) }
            loaded.accounts[name] = account
        case .openSession:
            let (id, session) = openSession(row)
            if loaded.openSessions[name]?.contains(where: { $0.id == id }) != true {
                loaded.openSessions[name, default: []].append((id, session))
            }
        case .keptUsage: loaded.usage.addRegistration(row)
        case .usage: loaded.usage.addBucket(row)
        case .userQuota: if let quota = Quota(row) { loaded.userQuotas[name, default: []].append(quota) }
        case .groupQuota: if let quota = Quota(row) { loaded.groupQuotas[name, default: []].append(quota) }
        case .token:
            var token = UserToken(
                key: row.text(3), organizationID: row.text(6), canAuthenticate: row.integer(2) != 0, spentAt: row.integerOrNil(7),
                spentBy: row.text(4))
            // What kind of login it is from; and, after one that was not used, its key and when this one took its place.
            let parts = row.text(5).split(separator: " ", omittingEmptySubsequences: false)
            token.isPasswordBased = parts[0].isEmpty ? nil : parts[0] == "1"
            if parts.count == 3 { token.earlier = UserToken.Earlier(key: String(parts[1]), replacedAt: Int64(parts[2]) ?? 0) }
            loaded.tokens[name] = token
        case .registration:
            loaded.registrations[name, default: []].append(
                IdentityRegistration(organizationID: row.text(6), method: row.text(3), isVerified: row.integer(2) != 0))
        case .alias: loaded.aliases[row.text(3)] = row.text(1)
        case .usageStamp: loaded.usage.addStamp(row)
        case nil: break
        }
    }

    /// A row of ``openSessions(_:_:)``.
    static func openSession(_ row: any DatabaseRow) -> (id: Int64, session: OpenSession) {
        let session = OpenSession(
            acctSessionID: row.text(3), nasAddress: row.text(4), callingStationID: row.text(5), framedIPAddress: row.text(6))
        return (row.integer(2), session)
    }

    private static func item(_ row: any DatabaseRow, _ table: PolicyRow.Table) -> PolicyRow {
        PolicyRow(
            table: table, id: row.integer(2), attribute: row.text(3), op: row.text(4), value: row.text(5), organizationID: row.textOrNil(6))
    }

    private static func policy(for query: PolicyQuery, asked: String?, in loaded: Loaded) -> UserPolicy {
        let name = StoredName(query.userName)
        func visible(_ organization: String?) -> Bool { organization == nil || asked == nil || organization == asked }
        func sorted(_ rows: [PolicyRow]?) -> [PolicyRow] { (rows ?? []).filter { visible($0.organizationID) }.sorted { $0.id < $1.id } }
        func groups(of name: StoredName) -> [GroupPolicy] {
            (loaded.memberships[name] ?? []).filter { visible($0.organizationID) }
                .sorted { ($0.priority, $0.id) < ($1.priority, $1.id) }
                .map { membership in
                    GroupPolicy(
                        name: membership.group, priority: membership.priority,
                        checks: sorted(loaded.groupChecks[StoredName(membership.group)]),
                        replies: sorted(loaded.groupReplies[StoredName(membership.group)]), organizationID: membership.organizationID)
                }
        }
        let checks = sorted(loaded.checks[name])
        let replies = sorted(loaded.replies[name])
        let own = groups(of: name)
        let owners = Set(checks.compactMap(\.organizationID) + replies.compactMap(\.organizationID) + own.compactMap(\.organizationID))
        var profiles: [String: [GroupPolicy]] = [:]
        let named = profileNames(checks) + profileNames(own.flatMap(\.checks))
        for profile in named + [query.defaultProfile].compactMap(\.self) { profiles[profile] = groups(of: StoredName(profile)) }
        let usage = loaded.usage.history(of: query.userName, organizationID: asked)
        let quotas = ((loaded.userQuotas[name] ?? []) + own.flatMap { loaded.groupQuotas[StoredName($0.name)] ?? [] })
            .filter { visible($0.organizationID) }
        let rows = checks + (own + profiles.values.joined()).flatMap { $0.checks + $0.replies }
        let limited =
            usage != nil || query.wantsOpenSessions || rows.contains { $0.isAbout("Simultaneous-Use") || $0.isAbout("Radian-Plan") }
        var account = loaded.accounts[name]
        account?.registrations = loaded.registrations[name] ?? []
        var policy = UserPolicy(
            checks: checks, replies: replies, groups: own, profiles: profiles, account: account,
            openSessions: limited ? (loaded.openSessions[name] ?? []).sorted { $0.id < $1.id }.map(\.session) : nil,
            isAmbiguous: asked == nil && owners.count > 1, usage: usage, quotas: quotas)
        policy.token = loaded.tokens[name]
        return policy
    }
}

extension PolicyRow {
    /// Whether the row sets this attribute; names are the same in any case.
    func isAbout(_ name: String) -> Bool {
        attribute.utf8.count == name.utf8.count && attribute.lowercased() == name.lowercased()
    }
}

extension DatabaseError {
    /// What the pipeline needs to know of it.
    var storeError: StoreError {
        switch kind {
        case .connection, .timeout, .busy: .unavailable(description)
        default: .failed(description)
        }
    }
}
