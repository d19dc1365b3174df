public import DynamicAuthorization
import Foundation
public import RADIUSWire
public import ServicePlans

/// Who wants what of which session, and why.
public struct SessionActionOrder: Sendable, Hashable {
    public enum Wish: Sendable, Hashable {
        case disconnect
        /// With these terms; where the NAS refuses, disconnect when `orDisconnect`.
        case change(PlanTerms, orDisconnect: Bool)
        case command(PortCommand)
        /// What the user is entitled to now: the terms of the user's plan, else the NAS's command to authenticate again, else disconnect.
        case reauthorize
        /// Have the NAS ask for authorization anew (RFC 5176 §3.2), which ``RecogniseAuthorizeOnly`` then answers by policy.
        case authorizeOnly
    }

    /// Acct-Unique-Session-Id.
    public var sessionID: String
    public var wish: Wish
    /// Stable code, such as `quota.exhausted` or `operator`.
    public var reason: String
    /// The operator's or the rule's name.
    public var requestedBy: String

    public init(sessionID: String, wish: Wish, reason: String, requestedBy: String) {
        self.sessionID = sessionID
        self.wish = wish
        self.reason = reason
        self.requestedBy = requestedBy
    }
}

extension SessionActionOrder.Wish {
    /// As the table has it.
    var name: String {
        switch self {
        case .disconnect: "disconnect"
        case .change: "change"
        case .command(let command): command.rawValue
        case .reauthorize: "reauthorize"
        case .authorizeOnly: "authorize-only"
        }
    }

    /// The terms of a change as JSON; nil for other wishes.
    var terms: String? {
        guard case .change(let terms, _) = self, let data = try? JSONEncoder().encode(terms) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    var orDisconnect: Bool {
        if case .change(_, true) = self { true } else { false }
    }

    /// Nil for a name of a newer program, or terms that cannot be read.
    init?(name: String, terms: String?, orDisconnect: Bool) {
        switch name {
        case "disconnect": self = .disconnect
        case "reauthorize": self = .reauthorize
        case "authorize-only": self = .authorizeOnly
        case "change":
            guard let terms, let terms = try? JSONDecoder().decode(PlanTerms.self, from: Data(terms.utf8)) else { return nil }
            self = .change(terms, orDisconnect: orDisconnect)
        default:
            guard let command = PortCommand(rawValue: name) else { return nil }
            self = .command(command)
        }
    }
}

/// How an action ended.
public struct SessionActionOutcome: Sendable, Equatable {
    /// The raw values are stored.
    public enum Result: String, Sendable, CaseIterable, Codable {
        /// The NAS did it.
        case acknowledged
        /// The NAS will ask for authorization anew, and does then what the answer says.
        case initiated
        /// The NAS did not do it.
        case refused
        /// The NAS did not answer.
        case timedOut = "timed-out"
        /// Nothing could be sent.
        case unreachable
        /// This kind of NAS cannot do it.
        case unsupported
        /// The session had ended before.
        case ended
    }

    public var result: Result
    /// Whether the NAS does what was wanted.
    public var isDone: Bool { result == .acknowledged || result == .initiated }
    /// What was done in the end: `disconnect` where a change was refused and disconnecting followed.
    public var action: String
    public var errorCause: ErrorCause?
    /// Packets sent; 0 where nothing was.
    public var attempts = 0
    /// For operators: where it went and what the NAS cannot do.
    public var detail = ""
}

/// A line of the history.
public struct SessionActionRecord: Sendable, Equatable, Codable {
    public var id: Int64
    public var sessionID: String
    public var userName: String
    public var nasAddress: String
    public var action: String
    public var reason: String
    public var requestedBy: String
    /// Seconds since 1970 UTC.
    public var requestedAt: Int64
    /// Nil while it is queued or under way.
    public var finishedAt: Int64?
    public var result: String?
    /// Error-Cause (RFC 5176 §3.5).
    public var errorCause: Int64?
    public var detail: String?
}
