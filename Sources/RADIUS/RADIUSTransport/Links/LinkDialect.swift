import RADIUSWire

/// How the packets of one link stand for RADIUS/1.0 packets, which is all that the rest of the server knows.
struct LinkDialect: Sendable {
    let transport: NASTransport
    /// Set on links that speak RADIUS/1.1 (RFC 9765): packets are translated at the link's edge.
    let radius11: RADIUS11?

    /// The secret of all packets of the link; nil where each NAS has its own.
    var secret: SharedSecret? { radius11?.secret ?? transport.prescribedSecret }

    /// A client as the packets of this link are checked for.
    /// - Parameter other: instead of the prescribed secret.
    func client(_ client: NASClient, secret other: SharedSecret? = nil) -> NASClient {
        guard let secret = other ?? secret else { return client }
        var client = client
        client.secret = secret
        return client
    }

    /// Turns a request into one of RADIUS/1.0.
    /// - Returns: the packet, and what tells it from the link's other requests: its code and Identifier or Token.
    func request(_ octets: [UInt8]) throws(WireError) -> (packet: [UInt8], key: UInt64) {
        guard let radius11 else { return (octets, UInt64(octets[1]) << 8 | UInt64(octets[0])) }
        let packet = try radius11.request(octets)
        return (packet, UInt64(RADIUS11.token(octets)) << 8 | UInt64(octets[0]))
    }

    /// Turns a signed reply of RADIUS/1.0 into what the peer reads.
    func reply(_ packet: [UInt8], to request: Packet, key: UInt64) throws(WireError) -> [UInt8] {
        guard let radius11 else { return packet }
        return try radius11.encode(packet, token: UInt32(truncatingIfNeeded: key >> 8), requestAuthenticator: request.authenticator)
    }
}
