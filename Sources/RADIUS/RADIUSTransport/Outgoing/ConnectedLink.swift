import NIOConcurrencyHelpers
import NIOCore
public import RADIUSWire
public import TLSEngine

/// A way to one peer over TCP (RFC 6613), TLS (RFC 6614) or DTLS (RFC 7360): connections with 256 identifiers each, or 2^32 Tokens in
/// RADIUS/1.1, opened as they are needed and again, with growing pauses, when they are lost. Status-Server finds out whether a silent
/// connection is dead (RFC 3539 §3.4).
///
/// While the peer cannot be reached, requests fail at once, so that the caller can ask another.
public final class ConnectedLink: OutgoingLink {
    /// What a link is made of.
    public struct Configuration: Sendable {
        public var peer: SocketEndpoint
        /// `tcp`, `tls` or `dtls`.
        public var transport: NASTransport
        /// The peer's own on TCP; on TLS and DTLS the prescribed one, unless the peer insists on another.
        public var secret: SharedSecret
        /// Address to send from; nil leaves it to the system.
        public var source: IPAddress?
        /// Whose certificate the peer must show; nil takes the one of the TLS context.
        public var serverName: String?
        /// On TCP: whether replies to Access-Request must carry a Message-Authenticator; `auto` does not ask for one.
        public var requireMessageAuthenticator: Requirement = .auto
        /// 1 or more; another is opened when those there are have no identifier left.
        public var maximumConnections = 8
        /// Requests that wait for a connection to open; more fail.
        public var maximumWaiting = 4096
        /// Opens a connection at the start and again whenever it is lost; false opens it for the first request and closes it when idle.
        public var keepsConnection = true
        /// Of connections that are not kept.
        public var idleTimeout: Duration = .seconds(300)
        public var connectTimeout: Duration = .seconds(5)
        public var handshakeTimeout: Duration = .seconds(10)
        /// Silence after which Status-Server asks whether the peer lives; zero never asks.
        public var statusInterval: Duration = .seconds(30)
        /// Octets of the longest packet: 4096...65535. Beyond 4096 the peer is told of it by Response-Length (RFC 7930), and must take such
        /// requests; DTLS stays at 4096.
        public var maximumLength = 4096

        /// - Parameter secret: nil for the prescribed one of TLS and DTLS.
        public init(peer: SocketEndpoint, transport: NASTransport, secret: SharedSecret?) {
            self.peer = peer
            self.transport = transport
            self.secret = secret ?? transport.prescribedSecret ?? SharedSecret([])
        }
    }

    public let name: String
    private let pool: ConnectionPool

    /// - Parameter context: of a client, for streams or datagrams as the transport needs; nil for TCP. Its application protocols say which
    ///   versions of RADIUS are spoken, see ``RADIUSVersions/applicationProtocols``; none: RADIUS/1.0.
    public init(_ configuration: Configuration, context: TLSContext?, environment: ConnectionEnvironment) {
        name = "\(configuration.transport.rawValue) \(configuration.peer)"
        pool = ConnectionPool(configuration, context: context, environment: environment, name: name)
        if configuration.keepsConnection { pool.eventLoop.execute { [pool] in pool.keep() } }
    }

    deinit { pool.stop() }

    /// DTLS loses datagrams as UDP does.
    public var isDatagram: Bool { pool.configuration.transport == .dtls }

    /// Whether a connection is open now.
    public var isUp: Bool { pool.isUp.withLockedValue { $0 } }

    public func send(
        _ request: OutgoingRequest, completion: @escaping @Sendable (Result<OutgoingReply, OutgoingError>) -> Void
    ) -> any OutgoingExchange {
        let pending = PendingRequest(request, completion: completion) { [pool] in pool.cancelled($0) }
        pool.eventLoop.execute { [pool] in pool.start(pending) }
        return isDatagram ? LinkExchange(pending) { [pool] in pool.retransmit($0) } : LinkExchange(pending)
    }

    /// Takes a new certificate or trust anchors for connections to come; open ones stay. What was refused is tried again at once.
    public func replace(_ context: TLSContext) {
        pool.eventLoop.execute { [pool] in pool.replace(context) }
    }

    /// Closes all connections; what waits fails.
    public func stop() { pool.stop() }
}
