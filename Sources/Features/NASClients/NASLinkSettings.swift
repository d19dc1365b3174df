public import RADIUSTransport

/// How a device may connect and how it is told from others: what FreeRADIUS's `nas` has no columns for.
public struct NASLinkSettings: Sendable, Equatable {
    /// How its packets may come.
    public var transports: Set<NASTransport> = [.udp, .tcp]
    /// Which certificate it shows on TLS and DTLS.
    public var certificate: CertificateRule?
    /// The key it uses on TLS and DTLS instead of a certificate.
    public var preSharedKey: NASPreSharedKey?
    /// The NAS-Identifier its packets carry, for one of several devices behind an address.
    public var nasIdentifier: String?
    /// Of its TCP, TLS and DTLS links.
    public var limits = LinkLimits()

    public init() {}

    /// Whether its packets are made with a shared secret of its own; TLS and DTLS prescribe theirs.
    public var needsSecret: Bool { transports.isEmpty || !transports.isDisjoint(with: [.udp, .tcp]) }

    /// Puts the settings on a client.
    public func apply(to client: inout NASClient) {
        client.transports = transports
        client.certificate = certificate
        client.preSharedKey = preSharedKey
        client.nasIdentifier = nasIdentifier
        client.linkLimits = limits
    }

    /// Reads `any` or a list such as `tls, dtls`. Nil for anything else.
    public static func transports(_ text: String) -> Set<NASTransport>? {
        let words = text.split(whereSeparator: { $0 == "," || $0 == " " })
        if words == ["any"] { return Set(NASTransport.allCases) }
        let transports = words.compactMap { NASTransport(rawValue: String($0)) }
        return transports.isEmpty || transports.count != words.count ? nil : Set(transports)
    }

    /// The text that ``transports(_:)`` reads.
    public var transportsText: String {
        NASTransport.allCases.filter(transports.contains).map(\.rawValue).joined(separator: ",")
    }
}
