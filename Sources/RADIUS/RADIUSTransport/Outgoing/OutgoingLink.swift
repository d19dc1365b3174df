public import RADIUSWire

/// A way to a peer that answers requests: a home server, or a NAS that takes CoA. Numbers, signs, sends and matches replies; when to give up
/// or to send again is the caller's decision.
public protocol OutgoingLink: Sendable {
    /// Sends once. Never blocks.
    ///
    /// - Parameter completion: called at most once, on a thread of the link that must not be blocked, with a reply whose authenticators
    ///   are right; with an error before `send` returns where the request cannot be sent. Replies that are not (wrong identifier, address, Response Authenticator, Message-Authenticator) are counted and dropped.
    /// - Returns: the exchange; let it go or cancel it to free its identifier.
    func send(
        _ request: OutgoingRequest, completion: @escaping @Sendable (Result<OutgoingReply, OutgoingError>) -> Void
    ) -> any OutgoingExchange

    /// For logs: `udp 192.0.2.1:1812`.
    var name: String { get }

    /// False when retransmission is the transport's work (TCP, TLS): then the caller only waits.
    var isDatagram: Bool { get }

    /// What it sent and received so far. Only UDP counts: a stream loses no packets, and a bad one ends its connection.
    var counts: OutgoingCounts { get }
}

extension OutgoingLink {
    public var counts: OutgoingCounts { OutgoingCounts() }
}

/// A request under way.
public protocol OutgoingExchange: AnyObject, Sendable {
    /// The same octets again (RFC 5080 §2.2.1); nothing on a reliable transport.
    func retransmit()
    /// Frees the identifier; the completion is not called any more.
    func cancel()
}

/// A request before a link numbers and signs it.
public struct OutgoingRequest: Sendable {
    public var code: PacketCode
    /// Encodes the attributes, without Message-Authenticator, which the link puts first. Hidden attributes take the secret and the vector
    /// given: the Request Authenticator of an Access-Request, zero otherwise.
    public var attributes: @Sendable (_ vector: Authenticator, _ secret: SharedSecret) throws(WireError) -> [UInt8]

    public init(
        code: PacketCode, attributes: @escaping @Sendable (_ vector: Authenticator, _ secret: SharedSecret) throws(WireError) -> [UInt8]
    ) {
        self.code = code
        self.attributes = attributes
    }
}

/// A verified reply.
public struct OutgoingReply: Sendable {
    public var packet: Packet
    /// To decode hidden attributes of the reply with.
    public var requestAuthenticator: Authenticator
    public var secret: SharedSecret

    public init(packet: Packet, requestAuthenticator: Authenticator, secret: SharedSecret) {
        self.packet = packet
        self.requestAuthenticator = requestAuthenticator
        self.secret = secret
    }
}

/// Why a request could not be sent or cannot be answered any more.
public enum OutgoingError: Error, Sendable, Equatable {
    /// All identifiers of all sockets are under way.
    case tooManyOutstanding
    /// The connection is down or refused; the text is for the log.
    case linkDown(String)
    case unencodable(WireError)
}
