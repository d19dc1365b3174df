/// A row of `radacct`.
public struct Session: Sendable, Equatable, Codable {
    /// Acct-Unique-Session-Id.
    public var uniqueID: String
    /// Acct-Session-Id.
    public var sessionID: String
    public var userName: String
    /// NAS-IP-Address.
    public var nasAddress: String
    /// Calling-Station-Id; empty when unknown.
    public var callingStationID: String
    /// Framed-IP-Address; empty when unknown.
    public var framedIPAddress: String
    /// Seconds since 1970 UTC.
    public var startedAt: Int64?
    /// Seconds since 1970 UTC; nil while the session is open.
    public var stoppedAt: Int64?
    public var sessionTimeSeconds: Int64
    /// From the user.
    public var inputOctets: Int64
    /// To the user.
    public var outputOctets: Int64
    public var terminateCause: String
}
