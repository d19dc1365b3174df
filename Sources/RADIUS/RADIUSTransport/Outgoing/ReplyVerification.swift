import RADIUSWire

/// Whether a datagram answers a request that was sent: the checks of RFC 2865 §3, RFC 3579 §3.2 and those against CVE-2024-3596.
struct ReplyVerification {
    enum Verdict: Equatable {
        case genuine
        case forged
        case missingMessageAuthenticator
        case unknownProxyState
        case unexpectedCode
    }

    let requestCode: PacketCode
    /// The request as it was sent.
    let requestBytes: [UInt8]
    let secret: SharedSecret
    /// Whether a reply to an Access-Request needs a Message-Authenticator.
    let requiresMessageAuthenticator: Bool

    func verdict(_ reply: Packet) -> Verdict {
        guard let authenticator = Authenticator(requestBytes[4..<20]),
            reply.verifyResponseAuthenticator(secret, requestAuthenticator: authenticator)
        else { return .forged }
        if reply.hasMessageAuthenticator {
            guard reply.verifyMessageAuthenticator(secret, requestAuthenticator: authenticator) else { return .forged }
        } else if requiresMessageAuthenticator, requestCode == .accessRequest {
            return .missingMessageAuthenticator
        }
        guard Self.answers(to: requestCode).contains(reply.code) else { return .unexpectedCode }
        if reply.code == .protocolError, let original = reply.originalPacketCode, original != requestCode { return .unexpectedCode }
        return hasOnlySentProxyState(reply) ? .genuine : .unknownProxyState
    }

    private static func answers(to code: PacketCode) -> Set<PacketCode> {
        switch code {
        case .accessRequest: [.accessAccept, .accessReject, .accessChallenge, .protocolError]
        case .accountingRequest: [.accountingResponse, .protocolError]
        case .disconnectRequest: [.disconnectACK, .disconnectNAK, .protocolError]
        case .coaRequest: [.coaACK, .coaNAK, .protocolError]
        // By port (RFC 5997 §4.2).
        case .statusServer: [.accessAccept, .accountingResponse, .coaACK, .disconnectACK, .protocolError]
        default: []
        }
    }

    /// Whether the reply's Proxy-State attributes are the request's, in the request's order; a server that leaves some out is tolerated.
    private func hasOnlySentProxyState(_ reply: Packet) -> Bool {
        var sent = RawAttributes(bytes: requestBytes, start: 20).filter { $0.type == AttributeType.proxyState }[...]
        for attribute in reply.attributes where attribute.type == AttributeType.proxyState {
            guard let match = sent.firstIndex(where: { requestBytes[$0.range] == reply.bytes[attribute.range] }) else { return false }
            sent = sent[sent.index(after: match)...]
        }
        return true
    }
}
