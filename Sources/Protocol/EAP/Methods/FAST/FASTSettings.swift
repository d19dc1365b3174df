/// What the operator chooses for EAP-FAST (RFC 4851, RFC 5422).
public struct FASTSettings: Sendable {
    /// Seals PAC-Opaque: the peer keeps its PAC, the servers keep nothing.
    public var key: EAPServerKey
    /// A-ID: names the server whose PAC the peer shall use; 16 octets by custom, the same on all servers with this key.
    public var authorityID: [UInt8]
    /// A-ID-Info: the same for people.
    public var authorityInformation: String
    /// Gives PACs in a tunnel without certificate (RFC 5422 §3.2). Whoever answers first can then pose as the server.
    public var allowsAnonymousProvisioning: Bool
    /// Gives PACs in a tunnel whose certificate the peer has checked (RFC 5422 §3.1).
    public var allowsAuthenticatedProvisioning: Bool
    /// How long a PAC is good, in seconds.
    public var pacLifetimeSeconds: UInt32
    /// Seconds since 1970 for a PAC's end.
    public var now: @Sendable () -> Int64

    public init(
        key: EAPServerKey, authorityID: [UInt8], authorityInformation: String = "radian", allowsAnonymousProvisioning: Bool = false,
        allowsAuthenticatedProvisioning: Bool = true, pacLifetimeSeconds: UInt32 = 604_800, now: @escaping @Sendable () -> Int64
    ) {
        self.key = key
        self.authorityID = authorityID
        self.authorityInformation = authorityInformation
        self.allowsAnonymousProvisioning = allowsAnonymousProvisioning
        self.allowsAuthenticatedProvisioning = allowsAuthenticatedProvisioning
        self.pacLifetimeSeconds = pacLifetimeSeconds
        self.now = now
    }
}
