/// What the policy store is asked about one request.
public struct PolicyQuery: Sendable, Hashable {
    /// The name to look up, as the tables spell it: realm of a known organization removed, MAC normalised.
    public var userName: String
    /// Organization of the NAS; nil when the NAS is shared by all.
    public var organizationID: String?
    /// Organization named by the user's realm (`user@slug`), only when the slug is known.
    public var organizationSlug: String?
    /// A pseudo user whose groups serve everyone (rlm_sql's `default_user_profile`).
    public var defaultProfile: String?
    /// The moment to which usage is asked for, seconds since 1970 UTC.
    public var epoch: Int64
    /// Whether open sessions are wanted though no row limits them.
    public var wantsOpenSessions: Bool
    /// E-mail address in lower case and phone numbers (E.164) that the name may be, the likeliest first.
    public var aliases: [String]

    public init(
        userName: String, organizationID: String? = nil, organizationSlug: String? = nil, defaultProfile: String? = nil, epoch: Int64 = 0,
        wantsOpenSessions: Bool = false, aliases: [String] = []
    ) {
        self.userName = userName
        self.organizationID = organizationID
        self.organizationSlug = organizationSlug
        self.defaultProfile = defaultProfile
        self.epoch = epoch
        self.wantsOpenSessions = wantsOpenSessions
        self.aliases = aliases
    }
}

/// One row of radcheck, radreply, radgroupcheck or radgroupreply, as stored.
public struct PolicyRow: Sendable, Hashable {
    /// Where the row stands.
    public enum Table: String, Sendable, Hashable {
        case radcheck, radreply, radgroupcheck, radgroupreply
        /// Actions and conditions of rules.
        case ruleCheck = "rule check", ruleReply = "rule reply"
        /// What a directory, a file or a web service says about a user.
        case backEndCheck = "back end check", backEndReply = "back end reply"
        /// The user's RADIUS token.
        case userToken = "user token"

        /// Whether rows of the table say what is sent, rather than what must hold.
        var isReply: Bool {
            switch self {
            case .radreply, .radgroupreply, .ruleReply, .backEndReply: true
            case .radcheck, .radgroupcheck, .ruleCheck, .backEndCheck, .userToken: false
            }
        }
    }

    public var table: Table
    public var id: Int64
    /// Attribute name, with an optional tag: `Tunnel-Type:1`.
    public var attribute: String
    /// Operator text such as `:=`; empty means `==`.
    public var op: String
    public var value: String
    /// Owner; nil is valid in every organization.
    public var organizationID: String?
    /// Keeps what the row was understood as, for a row that serves many requests; no part of its value.
    public var understood: UnderstoodRow?

    public static func == (a: PolicyRow, b: PolicyRow) -> Bool {
        a.table == b.table && a.id == b.id && a.attribute == b.attribute && a.op == b.op && a.value == b.value
            && a.organizationID == b.organizationID
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(table)
        hasher.combine(id)
        hasher.combine(value)
    }

    public init(table: Table, id: Int64, attribute: String, op: String, value: String, organizationID: String? = nil) {
        self.table = table
        self.id = id
        self.attribute = attribute
        self.op = op
        self.value = value
        self.organizationID = organizationID
    }
}

/// One group of a user (radusergroup) with the group's rows, both in order of their ids.
public struct GroupPolicy: Sendable, Hashable {
    public var name: String
    public var priority: Int
    public var checks: [PolicyRow]
    public var replies: [PolicyRow]
    /// Owner of the membership; nil is valid in every organization.
    public var organizationID: String?

    public init(name: String, priority: Int, checks: [PolicyRow] = [], replies: [PolicyRow] = [], organizationID: String? = nil) {
        self.name = name
        self.priority = priority
        self.checks = checks
        self.replies = replies
        self.organizationID = organizationID
    }
}

/// The account behind a user name; absent for users that exist only in FreeRADIUS's tables.
public struct AccountState: Sendable, Hashable {
    public var userID: String
    public var isActive: Bool
    /// Seconds since 1970 UTC; nil never expires.
    public var expiresAt: Int64?
    /// The day on which the password was set, days since 1970; nil for unknown.
    public var passwordUpdatedDay: Int64?
    /// Operators.
    public var isStaff = false
    /// Organizations the account is a member of.
    public var organizationIDs: [String]
    /// How it is registered in organizations.
    public var registrations: [IdentityRegistration]

    public init(
        userID: String, isActive: Bool, expiresAt: Int64? = nil, organizationIDs: [String] = [],
        registrations: [IdentityRegistration] = []
    ) {
        self.userID = userID
        self.isActive = isActive
        self.expiresAt = expiresAt
        self.organizationIDs = organizationIDs
        self.registrations = registrations
    }
}

/// An open radacct row: a session without a stop time.
public struct OpenSession: Sendable, Hashable {
    public var acctSessionID: String
    public var nasAddress: String
    /// Empty when the NAS sent none.
    public var callingStationID: String
    /// Empty when the NAS sent none.
    public var framedIPAddress: String

    public init(acctSessionID: String, nasAddress: String, callingStationID: String = "", framedIPAddress: String = "") {
        self.acctSessionID = acctSessionID
        self.nasAddress = nasAddress
        self.callingStationID = callingStationID
        self.framedIPAddress = framedIPAddress
    }
}
