/// What a session is granted, in neutral terms; ``PlanRenderer`` makes a vendor's attributes of it. A nil term is not sent.
public struct PlanTerms: Sendable, Hashable, Codable {
    public enum VLAN: Sendable, Hashable, Codable {
        /// 1...4094.
        case id(UInt16)
        case name(String)
    }

    /// Bit per second towards the user.
    public var downRate: UInt64?
    /// Bit per second from the user.
    public var upRate: UInt64?
    /// Bit per second towards the user for a short while; vendors differ in how long.
    public var downBurst: UInt64?
    /// Bit per second from the user for a short while.
    public var upBurst: UInt64?
    /// Octets left towards the user.
    public var downVolume: UInt64?
    /// Octets left from the user.
    public var upVolume: UInt64?
    /// Octets left in both directions together.
    public var totalVolume: UInt64?
    /// Session-Timeout, seconds.
    public var sessionSeconds: UInt32?
    /// Idle-Timeout, seconds.
    public var idleSeconds: UInt32?
    /// Acct-Interim-Interval, seconds; 60 or more.
    public var interimSeconds: UInt32?
    public var vlan: VLAN?
    /// Role, user group or profile by the NAS's own name.
    public var role: String?
    /// Access list by the NAS's own name.
    public var acl: String?
    public var redirectURL: String?
    /// Access list that goes with the redirect, by the NAS's own name.
    public var redirectACL: String?
    /// 0 lowest ... 7 highest.
    public var priority: UInt8?

    public init() {}
}
