/// What the TCP, TLS and DTLS links of one NAS may take.
public struct LinkLimits: Sendable, Hashable {
    /// Links open at once from all addresses of the NAS, 1 or more; one more is closed at once.
    public var maximumLinks = 16
    /// A link is closed that long after it was opened, as soon as no request is under way; nil: never.
    public var lifetime: Duration?
    /// A link without any packet for that long is closed; nil: never.
    public var idleTimeout: Duration? = .seconds(900)

    public init() {}
}
