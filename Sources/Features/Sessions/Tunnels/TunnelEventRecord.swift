/// What a NAS told of a tunnel (RFC 2867): a row of `radian_tunnel_event`.
public struct TunnelEventRecord: Sendable, Equatable, Codable {
    /// Acct-Status-Type by name: Tunnel-Start … Tunnel-Link-Reject, Failed.
    public var event: String
    /// Seconds since 1970 UTC.
    public var happenedAt: Int64
    /// NAS-IP-Address or NAS-IPv6-Address.
    public var nasAddress: String
    /// Empty when the NAS named nobody, as for a tunnel that many users share.
    public var userName: String
    /// Acct-Session-Id.
    public var sessionID: String
    /// Tunnel-Type and Tunnel-Medium-Type by name.
    public var type: String?
    public var mediumType: String?
    /// Acct-Tunnel-Connection.
    public var connection: String?
    public var clientEndpoint: String?
    public var serverEndpoint: String?
    public var clientAuthID: String?
    public var serverAuthID: String?
    public var assignmentID: String?
    /// Acct-Session-Time.
    public var seconds: Int64?
    /// Acct-Tunnel-Packets-Lost.
    public var packetsLost: Int64?
    /// Octets, as the NAS counts them, 64 bits.
    public var inputOctets: Int64?
    public var outputOctets: Int64?
    /// Acct-Terminate-Cause by name.
    public var cause: String?
}
