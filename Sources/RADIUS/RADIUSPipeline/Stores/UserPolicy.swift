/// Everything the policy store knows about one query.
public struct UserPolicy: Sendable, Hashable {
    /// All copies share them: a policy that stays in memory goes through several hands at each login.
    private var fields: Fields

    public init(
        checks: [PolicyRow] = [], replies: [PolicyRow] = [], groups: [GroupPolicy] = [], profiles: [String: [GroupPolicy]] = [:],
        account: AccountState? = nil, openSessions: [OpenSession]? = nil, isAmbiguous: Bool = false, usage: UsageHistory? = nil,
        quotas: [Quota] = []
    ) {
        fields = Fields(
            Values(
                checks: checks, replies: replies, groups: groups, profiles: profiles, account: account, openSessions: openSessions,
                isAmbiguous: isAmbiguous, usage: usage, quotas: quotas))
    }

    public static func == (a: UserPolicy, b: UserPolicy) -> Bool {
        a.fields === b.fields || a.fields.values == b.fields.values
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(fields.values)
    }

    /// What a policy consists of; see the properties of the same names.
    private struct Values: Hashable {
        var checks: [PolicyRow]
        var replies: [PolicyRow]
        var groups: [GroupPolicy]
        var profiles: [String: [GroupPolicy]]
        var account: AccountState?
        var openSessions: [OpenSession]?
        var isAmbiguous: Bool
        var usage: UsageHistory?
        var quotas: [Quota]
        var token: UserToken?
        var userName: String?
    }

    private final class Fields: Sendable {
        let values: Values

        init(_ values: Values) {
            self.values = values
        }
    }

    private mutating func change<Value>(_ path: WritableKeyPath<Values, Value>, to value: Value) {
        var values = fields.values
        values[keyPath: path] = value
        fields = Fields(values)
    }
}

extension UserPolicy {
    /// radcheck rows by id.
    public var checks: [PolicyRow] {
        get { fields.values.checks }
        set { change(\.checks, to: newValue) }
    }

    /// radreply rows by id.
    public var replies: [PolicyRow] {
        get { fields.values.replies }
        set { change(\.replies, to: newValue) }
    }

    /// Groups by priority, then by the id of the membership.
    public var groups: [GroupPolicy] {
        get { fields.values.groups }
        set { change(\.groups, to: newValue) }
    }

    /// Groups of each pseudo user named by a `User-Profile` row or by the query's default profile.
    public var profiles: [String: [GroupPolicy]] {
        get { fields.values.profiles }
        set { change(\.profiles, to: newValue) }
    }

    public var account: AccountState? {
        get { fields.values.account }
        set { change(\.account, to: newValue) }
    }

    /// Open sessions of the user, oldest first; nil when nothing limits the user's sessions or usage.
    public var openSessions: [OpenSession]? {
        get { fields.values.openSessions }
        set { change(\.openSessions, to: newValue) }
    }

    /// True when a shared NAS asked and the name belongs to several organizations.
    public var isAmbiguous: Bool {
        get { fields.values.isAmbiguous }
        set { change(\.isAmbiguous, to: newValue) }
    }

    /// The user's usage, when it is kept.
    public var usage: UsageHistory? {
        get { fields.values.usage }
        set { change(\.usage, to: newValue) }
    }

    /// Quotas of the user and of the user's groups.
    public var quotas: [Quota] {
        get { fields.values.quotas }
        set { change(\.quotas, to: newValue) }
    }

    /// The user's RADIUS token.
    public var token: UserToken? {
        get { fields.values.token }
        set { change(\.token, to: newValue) }
    }

    /// The user name behind an e-mail address or phone number that was asked for; nil when the name itself was.
    public var userName: String? {
        get { fields.values.userName }
        set { change(\.userName, to: newValue) }
    }
}
