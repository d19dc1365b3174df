/// Which versions of RADIUS a TLS or DTLS peer may negotiate (RFC 9765 §3.3).
public enum RADIUSVersions: String, Sendable, Codable, CaseIterable {
    /// RADIUS/1.0, negotiated or by default; RADIUS/1.1 is not offered.
    case v1_0 = "1.0"
    /// RADIUS/1.1 where the peer offers it, else RADIUS/1.0.
    case both = "1.0+1.1"
    /// RADIUS/1.1; everyone else is refused.
    case v1_1 = "1.1"

    /// What ALPN offers, in order of preference.
    public var applicationProtocols: [String] {
        switch self {
        case .v1_0: ["radius/1.0"]
        case .both: ["radius/1.1", "radius/1.0"]
        case .v1_1: ["radius/1.1"]
        }
    }
}

/// How a ``StreamListener`` or ``DatagramTLSListener`` listens.
public struct LinkConfiguration: Sendable {
    /// Where to listen. IPv6 addresses take IPv6 only; port 0 picks an unused one.
    public var addresses: [SocketEndpoint]
    public var transport: NASTransport
    /// Whose requests are taken, on one port. Dynamic authorization is for proxies that route it through us; NAS get theirs on their own
    /// links, see ``LinkRegistry``.
    public var roles: Set<ListenerRole> = [.authentication, .accounting]
    /// Whether Status-Server (RFC 5997) is answered.
    public var statusServer = true
    /// Addresses whose Status-Server may ask for statistics; other clients are told that the server is alive, and nothing else.
    public var statisticsAskers = IPPrefix.loopback
    /// What was passed on to home servers, for those statistics; nil where nothing is.
    public var proxyStatistics: (any ProxyStatistics)?
    /// How far a CoA- or Disconnect-Request's Event-Timestamp may be from now (RFC 5176 §6.3); zero does not look at it.
    public var eventTimestampWindow: Duration = .seconds(300)
    /// Whether CoA- and Disconnect-Requests without Event-Timestamp are refused; they could be replays.
    public var requireEventTimestamp = false
    /// Octets of the longest packet: 4096...65535 (RFC 7930 goes beyond 4096 on streams).
    public var maximumLength = 4096
    /// More attributes than this make a packet malformed.
    public var maximumAttributes = 200
    /// On TCP, in force for clients that stand on `auto`, until they have learned better. TLS and DTLS need neither.
    public var requireMessageAuthenticator: Requirement = .auto
    /// On TCP, in force for clients that stand on `auto`, until they have learned better.
    public var limitProxyState: Requirement = .auto
    /// Must agree with ``TLSConfiguration/applicationProtocols`` of the context.
    public var versions: RADIUSVersions = .both
    /// Delay of an Access-Reject, counted from receipt; ``NASClient/rejectDelay`` goes before it.
    public var rejectDelay: Duration = .seconds(1)
    /// A request not decided by then is given up and its late reply discarded.
    public var maximumRequestTime: Duration = .seconds(30)
    /// Requests of one link under way at once; a link that has so many is not read until one ends.
    public var maximumRequestsPerLink = 256
    /// Links of all clients together; one more is closed at once.
    public var maximumLinks = 16_384
    /// Links whose peer has not proved itself yet; one more is closed at once.
    public var maximumHandshakes = 1024
    /// From the connection to the end of the handshake.
    public var handshakeTimeout: Duration = .seconds(10)
    /// From a packet's first octet to its last.
    public var packetTimeout: Duration = .seconds(30)
    /// Load balancers that put a PROXY header (HAProxy, version 1 or 2) before each connection; others must not send one.
    public var proxyProtocolFrom: [IPPrefix] = []
    /// At most one log line for each reason and source address in this time.
    public var logInterval: Duration = .seconds(10)
    /// How long stopping waits for requests under way.
    public var drainTime: Duration = .seconds(5)

    /// - Parameter transport: `tcp` or `tls` for a ``StreamListener``, `dtls` for a ``DatagramTLSListener``.
    public init(addresses: [SocketEndpoint], transport: NASTransport) {
        self.addresses = addresses
        self.transport = transport
    }
}
