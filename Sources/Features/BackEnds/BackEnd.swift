public import RADIUSPipeline

/// A source of users, groups and passwords beside the database. Its calls may block; they run on threads of the back end's own.
public protocol BackEnd: Sendable {
    /// Unique, as the configuration names it.
    var name: String { get }
    /// Names of Auth-Type that pick it, in lower case, beside its own name.
    var authTypes: Set<String> { get }
    /// Whether it can tell what it knows about a user before any password is checked.
    var looksUp: Bool { get }
    /// Whether it can check a password in clear.
    var verifies: Bool { get }
    /// True for one that answers from memory, without blocking.
    var isImmediate: Bool { get }

    /// What makes two look-ups alike; nil for a look-up that may not be answered from the cache.
    func cacheKey(_ request: inout RequestContext) -> String?

    /// Finds the user. The request is a copy; changes of it come to nothing.
    func lookUp(_ request: inout RequestContext) throws(BackEndFailure) -> BackEndAnswer

    /// Checks a password in clear.
    /// - Parameter key: ``BackEndUser/key`` of the look-up; nil when there was none.
    func verify(_ password: [UInt8], key: String?, _ request: inout RequestContext) throws(BackEndFailure) -> BackEndAnswer

    /// Ends connections; called once, when nothing is asked any more.
    func close()
}

extension BackEnd {
    public var isImmediate: Bool { false }
    public func cacheKey(_ request: inout RequestContext) -> String? { request.userName }
    public func close() {}
}

/// What a back end answers.
public enum BackEndAnswer: Sendable {
    /// The user is known; from ``BackEnd/verify(_:key:_:)``: the password is right.
    case known(BackEndUser)
    case unknown
    /// The user is known and must not log in; from ``BackEnd/verify(_:key:_:)``: as a rule the password is wrong.
    case refused(RejectReason)
}

/// What a back end knows about a user.
public struct BackEndUser: Sendable {
    /// Check and reply rows, as entries that are walked as groups are.
    public var entries: [GroupPolicy]
    /// Names that LDAP-Group and rules compare.
    public var groups: [String]
    /// By what the back end knows the user; nil for the name.
    public var key: String?
    /// False for rows that are not about this user, such as DEFAULT of a file: the next back end is asked too.
    public var isIdentity: Bool

    public init(entries: [GroupPolicy] = [], groups: [String] = [], key: String? = nil, isIdentity: Bool = true) {
        self.entries = entries
        self.groups = groups
        self.key = key
        self.isIdentity = isIdentity
    }

    /// One entry of rows `attribute op value`.
    public init(checks: [PolicyRow], replies: [PolicyRow], groups: [String] = [], key: String? = nil) {
        let entry = GroupPolicy(name: "", priority: 0, checks: checks, replies: replies)
        self.init(entries: [entry], groups: groups, key: key)
    }
}

/// Why a back end gave no answer. The texts go to traces and the log and hold no secret.
public enum BackEndFailure: Error, Equatable, Sendable {
    case timeout
    /// It is away, or answered with an error of its own.
    case unavailable(String)
    /// More requests wait than its queue holds, or its circuit breaker is open.
    case notAsked(String)
    /// What the configuration says does not work; repeating will not cure it.
    case misconfigured(String)

    /// For traces.
    public var text: String {
        switch self {
        case .timeout: "no answer in time"
        case .unavailable(let text), .notAsked(let text), .misconfigured(let text): text
        }
    }
}
