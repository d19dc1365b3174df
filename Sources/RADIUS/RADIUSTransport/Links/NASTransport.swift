public import RADIUSWire

/// A way in which RADIUS packets travel. The raw values are those of configuration and database.
public enum NASTransport: String, Sendable, Codable, CaseIterable {
    /// RFC 2865.
    case udp
    /// RFC 6613, in clear.
    case tcp
    /// RFC 6614.
    case tls
    /// RFC 7360.
    case dtls

    /// Whether the transport proves who the peer is and keeps others from reading: then the rules against BlastRADIUS do not apply.
    public var isProtected: Bool { self == .tls || self == .dtls }

    /// The shared secret that the transport prescribes (RFC 6614 §2.3, RFC 7360 §2.1); nil where each NAS has its own.
    public var prescribedSecret: SharedSecret? {
        switch self {
        case .udp, .tcp: nil
        case .tls: Self.tlsSecret
        case .dtls: Self.dtlsSecret
        }
    }

    private static let tlsSecret = SharedSecret(Array("radsec".utf8))
    private static let dtlsSecret = SharedSecret(Array("radius/dtls".utf8))
}
