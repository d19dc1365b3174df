public import DynamicAuthorization

/// What operators set about dynamic authorization.
public struct DynamicAuthorizationSettings: Sendable {
    /// What becomes of the sessions of a user who was disabled or removed.
    public enum OnUserDisabled: String, Sendable, CaseIterable {
        case disconnect, none
    }

    /// What becomes of the sessions of a user whose groups changed, or whose group grants something else now.
    public enum OnGroupChanged: String, Sendable, CaseIterable {
        /// Grant what the user is entitled to now, see ``SessionActionOrder/Wish/reauthorize``.
        case change
        case disconnect, none
    }

    public var timers = RetransmissionTimers()
    /// Actions under way at once.
    public var concurrency = 64
    /// How often the queue and the changes of other processes are looked at.
    public var pollInterval: Duration = .seconds(1)
    /// How long after an acknowledged disconnect a session without Stop is closed.
    public var stopGrace: Duration = .seconds(60)
    /// Whether a session is closed that its NAS does not know (Error-Cause 503).
    public var closesUnknownSessions = true
    /// How long the history is kept.
    public var history: Duration = .seconds(90 * 86_400)
    public var onUserDisabled = OnUserDisabled.disconnect
    public var onGroupChanged = OnGroupChanged.none
    /// Groups the Tunnel attributes of a VLAN; nil for none.
    public var vlanTag: UInt8?

    public init() {}

    /// How long an action may take before another node takes it over: a change and the disconnect after it, with room to spare.
    var leaseMicroseconds: Int64 { (timers.total * 2 + .seconds(30)).microseconds }
}

extension Duration {
    /// Whole microseconds.
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
