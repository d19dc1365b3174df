public import Database
public import ServerKernel
public import ServicePlans

/// An Accounting Start is durable.
public struct SessionStarted: Event {
    /// Acct-Unique-Session-Id.
    public let uniqueID: String
    public let userName: String
    /// As the NAS sent it; empty when it did not.
    public let callingStationID: String
}

/// A session has ended durably: by its Accounting Stop, or because it turned out that none will come.
public struct SessionEnded: Event, Equatable {
    /// Acct-Unique-Session-Id.
    public let uniqueID: String
    public let userName: String
    /// As the NAS sent it; empty when it did not.
    public let callingStationID: String

    public init(uniqueID: String, userName: String, callingStationID: String) {
        self.uniqueID = uniqueID
        self.userName = userName
        self.callingStationID = callingStationID
    }
}

/// Packets about sessions of users whose usage is kept are durable, and counted.
public struct UsageCounted: Event {
    public let userNames: Set<StoredName>
}

/// A rule wants a running session changed or ended: a quota ran out, the user was disabled, a group changed.
public struct SessionActionRequested: Event {
    public enum Action: Sendable, Hashable {
        /// Disconnect-Request (RFC 5176 §2.1).
        case disconnect
        /// CoA-Request with these terms (RFC 5176 §2.2); where the NAS refuses, ``disconnect`` follows when `orDisconnect`.
        case change(PlanTerms, orDisconnect: Bool)
    }

    /// Acct-Unique-Session-Id.
    public let uniqueID: String
    public let action: Action
    /// Stable code for logs and history, such as `quota.exhausted`.
    public let reason: String

    public init(uniqueID: String, action: Action, reason: String) {
        self.uniqueID = uniqueID
        self.action = action
        self.reason = reason
    }
}
