public import RADIUSDictionary
public import RADIUSWire

/// A RADIUS packet that was seen, and what is known of the exchange that it belongs to.
public struct Observation: Sendable {
    public var frame: CapturedFrame
    public var datagram: UDPDatagram
    public var packet: Packet
    public var proof: Proof
    /// The secret that proves the packet, or the only one that may.
    public var secret: SharedSecret?
    /// Of a request: how often it had been sent before. Of a reply: how often the server had sent it before.
    public var retransmission: Int
    /// Of a reply: the request that it answers.
    public var request: Request?

    /// A request that was seen.
    public struct Request: Sendable {
        public var datagram: UDPDatagram
        public var packet: Packet
        /// When it came first, microseconds since 1970 UTC.
        public var epochMicroseconds: Int64
        /// How often it was sent in all, so far.
        public var transmissions: Int
        var secret: SharedSecret?
        var replies = 0
    }

    /// From the first request to its reply, microseconds; nil for a request and for a reply whose request was not seen.
    public var latencyMicroseconds: Int64? { request.map { max(0, frame.epochMicroseconds - $0.epochMicroseconds) } }

    /// Whether the packet asks something, rather than answers.
    public var isRequest: Bool { packet.code.isRequest }

    /// The attributes; hidden values are in clear where the secret is known, else raw octets.
    public func attributes(_ dictionary: AttributeDictionary) -> [Attribute] {
        guard let secret else { return packet.decode(dictionary) }
        return packet.decode(dictionary, secret: secret, requestAuthenticator: request?.packet.authenticator)
    }

    /// The packet whose attributes say whose exchange this is.
    public var subject: Packet { request?.packet ?? packet }
}

extension PacketCode {
    /// Access-, Accounting-, Status-, Disconnect- and CoA-Request.
    public var isRequest: Bool {
        switch self {
        case .accessRequest, .accountingRequest, .statusServer, .disconnectRequest, .coaRequest: true
        default: false
        }
    }
}
