public import RADIUSWire

/// A request that passed every check of the transport.
public struct ReceivedRequest: Sendable {
    public let packet: Packet
    public let client: NASClient
    public let source: SocketEndpoint
    /// The local address the request was sent to.
    public let destination: SocketEndpoint
    /// Arrival on the monotonic clock, nanoseconds.
    public let receivedAt: UInt64
    /// Arrival as the kernel stamped it, seconds since 1970 UTC.
    public let receivedEpoch: Double
    /// Whether a valid Message-Authenticator came with it.
    public let hadMessageAuthenticator: Bool
    /// Set where the request could have been forged.
    public let blastWarning: BlastWarning?
    /// Octets of the longest reply to compose: 4096, and beyond where the request asks for long replies or for word that there would be one
    /// (RFC 7930 §3).
    public let maximumReplyLength: Int
    /// Keep it to answer later, after ``Disposition/deferred``.
    public let responder: ReplyHandle

    /// For requests that did not come through a listener, such as a replay; see ``ReplyHandle/init(receiver:)``.
    public init(
        packet: Packet, client: NASClient, source: SocketEndpoint, destination: SocketEndpoint, receivedAt: UInt64, receivedEpoch: Double,
        hadMessageAuthenticator: Bool, blastWarning: BlastWarning?, maximumReplyLength: Int = 4096, responder: ReplyHandle
    ) {
        self.packet = packet
        self.client = client
        self.source = source
        self.destination = destination
        self.receivedAt = receivedAt
        self.receivedEpoch = receivedEpoch
        self.hadMessageAuthenticator = hadMessageAuthenticator
        self.blastWarning = blastWarning
        self.maximumReplyLength = maximumReplyLength
        self.responder = responder
    }
}

/// An answer before the transport signs it.
public struct ReplyPacket: Sendable {
    public var code: PacketCode
    /// Encoded attributes, without Message-Authenticator and Proxy-State, which the transport adds.
    public var attributes: [UInt8]
    /// Counted from receipt of the request; nil: the NAS's or listener's reject delay for Access-Reject, else none.
    public var delay: Duration?

    public init(code: PacketCode, attributes: [UInt8] = [], delay: Duration? = nil) {
        self.code = code
        self.attributes = attributes
        self.delay = delay
    }
}

/// What becomes of a request.
public enum Disposition: Sendable {
    case reply(ReplyPacket)
    /// No reply. A retransmission is processed anew.
    case silence(DropReason)
    /// The request's ``ReplyHandle`` will be completed later.
    case deferred
}

/// Decides requests on one packet thread; needs no lock for its own state.
public protocol PacketWorker: AnyObject {
    /// - Parameter requests: 1 or more, in order of arrival.
    /// - Returns: one disposition for each request, in the same order. A request left out is `unanswered`.
    func process(_ requests: [ReceivedRequest]) -> [Disposition]
}

/// What a packet thread is there for.
public enum PacketDuty: Sendable {
    /// Requests as they come.
    case general
    /// Requests that go on with a login. Their threads have nothing better to do than to compute, as for TLS.
    case continuation
    /// Serves while a database holds up all other threads, and must not wait for it.
    case standIn
}

/// Makes the workers of a listener.
public protocol PacketHandler: Sendable {
    /// Called once on each packet thread before its first batch; may block.
    func makeWorker(for role: ListenerRole, duty: PacketDuty) -> any PacketWorker
}
