/// A row of `nas`: a device that may send requests.
public struct NASDevice: Sendable, Equatable, Codable {
    /// Row id.
    public var id: Int64
    /// `nasname`: an address, a prefix or a host name.
    public var address: String
    /// `shortname`: what logs and lists show.
    public var name: String
    /// `type`: the vendor, `other` when unknown.
    public var type: String
    /// Slug of the organization it belongs to; nil when it serves all.
    public var organization: String?
    /// `require_ma`: yes, no or auto.
    public var requireMessageAuthenticator: String
    /// `limit_proxy_state`: yes, no or auto.
    public var limitProxyState: String
    /// `description`.
    public var comment: String?
    /// `transports`: how its packets may come, such as `udp,tcp`.
    public var transports: String
    /// `certificate`: which one it shows on TLS and DTLS, such as `dns:ap1.example.org`.
    public var certificate: String?
    /// `psk_identity`: of the key it uses on TLS and DTLS instead.
    public var preSharedKeyIdentity: String?
    /// `nas_identifier`: what tells it from others behind the same address.
    public var nasIdentifier: String?
}
