import Foundation

/// Which names a realm stands for.
public enum RealmPattern: Sendable, Hashable {
    /// Compared without case (RFC 7542 §2.5); held in lower case.
    case name(String)
    /// `~expression`: a regular expression over the realm, without case.
    case expression(String)
    /// Names without a realm.
    case none
    /// Whatever no other realm stands for.
    case `default`

    /// Reads FreeRADIUS's spelling: a name, `~expression`, `NULL`, `DEFAULT`.
    /// - Returns: nil for an empty text or an expression that is none.
    public init?(_ text: String) {
        switch text {
        case "": return nil
        case "NULL": self = .none
        case "DEFAULT": self = .default
        case _ where text.hasPrefix("~"):
            let expression = String(text.dropFirst())
            guard (try? NSRegularExpression(pattern: expression)) != nil else { return nil }
            self = .expression(expression)
        default: self = .name(text.lowercased())
        }
    }
}

/// What is done with the Accounting-Requests of a realm.
public enum RealmAccounting: String, Sendable, CaseIterable {
    /// Stored here and answered.
    case local
    /// Passed on to the pool; the NAS is answered when the home server has answered.
    case relay
    /// Stored here, answered, and passed on until the home server has it, however long that takes.
    case store
    /// Answered and forgotten.
    case answer
    /// Not answered.
    case silence
}

/// Where requests go whose home servers do not answer.
public enum ProxyFallback: String, Sendable, CaseIterable {
    /// No reply: the NAS asks another server.
    case silence
    /// Access-Reject.
    case reject
    /// As if the realm were local.
    case local
    /// The realm `DEFAULT`.
    case `default`
}

/// What happens to the users of a realm.
public struct Realm: Sendable {
    /// As configured: `example.org`, `~\.org$`, `NULL`, `DEFAULT`.
    public var name: String
    public var pattern: RealmPattern
    /// Pool for Access-Request; nil: decided here.
    public var authenticationPool: String?
    public var accounting = RealmAccounting.local
    /// Pool for Accounting-Request.
    public var accountingPool: String?
    /// Whether relayed accounting is stored here too.
    public var recordsAccounting = true
    /// Pool for CoA- and Disconnect-Requests whose Operator-Name is this realm (RFC 8559).
    public var dynamicAuthorizationPool: String?
    /// Whether the realm is taken off the name; never where EAP or MS-CHAPv2 is used, whose proofs cover the name.
    public var stripsRealm = true
    /// Every Access-Request is rejected with this Reply-Message, empty for none.
    public var rejectMessage: String?
    public var fallback = ProxyFallback.silence
    /// Find home servers by the realm's DNS records (RFC 7585) instead of the pools.
    public var isDiscovered = false
    /// Rules for what goes to the home server, see ``AttributeFilter``.
    public var requestFilter = ""
    /// Rules for what comes back.
    public var replyFilter = ""
    /// Operator-Name (RFC 5580 §4.1) to add where the NAS sent none, such as `1example.org`.
    public var operatorName: String?
    /// Add an Operator-NAS-Identifier, by which CoA- and Disconnect-Requests of the home network find back to the NAS (RFC 8559 §3.4).
    public var identifiesNAS = false
    public var userNameRewrite: UserNameRewrite?

    /// - Returns: nil where `name` is no pattern.
    public init?(name: String) {
        guard let pattern = RealmPattern(name) else { return nil }
        self.name = name
        self.pattern = pattern
    }

    /// Whether requests of a kind leave this server.
    public func isProxied(_ role: ProxyRole) -> Bool { isDiscovered || pool(role) != nil }

    /// The pool for requests of a kind.
    public func pool(_ role: ProxyRole) -> String? {
        switch role {
        case .authentication: authenticationPool
        case .accounting: accountingPool
        case .dynamicAuthorization: dynamicAuthorizationPool
        }
    }
}

/// A regular expression that changes User-Name on its way out.
public struct UserNameRewrite: Sendable {
    private let expression: NSRegularExpression
    private let template: String

    /// - Parameters:
    ///   - pattern: matched anywhere in the name, without case.
    ///   - template: replaces the match; `$1` stands for the first group.
    /// - Returns: nil where `pattern` is no regular expression.
    public init?(pattern: String, template: String) {
        guard let expression = try? NSRegularExpression(pattern: pattern, options: .caseInsensitive) else { return nil }
        self.expression = expression
        self.template = template
    }

    /// The name with every match replaced.
    public func callAsFunction(_ name: String) -> String {
        expression.stringByReplacingMatches(in: name, range: NSRange(name.startIndex..., in: name), withTemplate: template)
    }
}
