public import TLSEngine

/// What the operator chooses for EAP-FAST (RFC 4851, RFC 5422).
public struct FASTSettings: Sendable {
    /// Cipher list for ``tls``: suites whose pseudo-random function is that of SHA-256, as wpa_supplicant derives the keys with no other.
    public static let ciphers = "AES128:-aNULL"

    /// The tunnel's certificate and ciphers, up to TLS 1.2, with which EAP-FAST's keys end.
    ///
    /// Made with `allowsAnonymous` it lets peers get their first PAC in a tunnel without certificate (RFC 5422 §3.2): whoever answers such
    /// a peer first can pose as the server.
    public var tls: TLSContext
    /// Seals PAC-Opaque: the peer keeps its PAC, the servers keep nothing.
    public var key: EAPServerKey
    /// A-ID: names the server whose PAC the peer shall use; 16 octets by custom, the same on all servers with this key.
    public var authorityID: [UInt8]
    /// A-ID-Info: the same for people.
    public var authorityInformation: String
    /// Gives PACs to peers that ask for one in a tunnel whose certificate they have checked (RFC 5422 §3.1).
    public var allowsAuthenticatedProvisioning: Bool
    /// How long a PAC is good, in seconds. One that is used in its last quarter is renewed.
    public var pacLifetimeSeconds: UInt32
    /// Seconds since 1970.
    public var now: @Sendable () -> Int64

    public init(
        tls: TLSContext, key: EAPServerKey, authorityID: [UInt8], authorityInformation: String = "radian",
        allowsAuthenticatedProvisioning: Bool = true, pacLifetimeSeconds: UInt32 = 604_800, now: @escaping @Sendable () -> Int64
    ) {
        self.tls = tls
        self.key = key
        self.authorityID = authorityID
        self.authorityInformation = authorityInformation
        self.allowsAuthenticatedProvisioning = allowsAuthenticatedProvisioning
        self.pacLifetimeSeconds = pacLifetimeSeconds
        self.now = now
    }
}
