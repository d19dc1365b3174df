import Digests

extension Packet {
    /// Builds and signs the reply to a request: Message-Authenticator first, then the attributes, then the request's Proxy-State in its order
    /// (RFC 2865 §5.33, RFC 3579 §3.2).
    /// - Parameters:
    ///   - attributes: encoded, without Message-Authenticator and Proxy-State.
    ///   - messageAuthenticator: nil follows the rule: replies to Access-Request and Status-Server carry one, others do not. A reply with
    ///     EAP-Message always does.
    ///   - maximumLength: 4096...65535; more than 4096 octets on streams only, where the request allowed it (RFC 7930).
    /// - Returns: the whole packet.
    /// - Throws: ``WireError/packetTooLong(length:limit:)`` beyond the maximum.
    public static func reply(
        _ code: PacketCode, to request: Packet, attributes: [UInt8], secret: SharedSecret, messageAuthenticator: Bool? = nil,
        maximumLength: Int = 4096
    ) throws(WireError) -> [UInt8] {
        let byRule = request.code == .accessRequest || request.code == .statusServer
        let signs = (messageAuthenticator ?? byRule) || containsEAP(attributes)
        var proxyState = 0
        for attribute in request.attributes where attribute.type == AttributeType.proxyState { proxyState += attribute.length + 2 }
        var packet = try start(
            code, identifier: request.identifier, length: 20 + (signs ? 18 : 0) + attributes.count + proxyState, limit: maximumLength,
            signs: signs)
        packet.append(contentsOf: attributes)
        if proxyState > 0 {
            for attribute in request.attributes where attribute.type == AttributeType.proxyState {
                packet.append(contentsOf: request.bytes[(attribute.offset - 2)..<(attribute.offset + attribute.length)])
            }
        }
        let requestAuthenticator = request.authenticator
        packet.withUnsafeMutableBytes { buffer in
            if signs { signMessage(buffer, authenticator: requestAuthenticator, secret: secret) }
            PacketAuthentication.digest(UnsafeRawBufferPointer(buffer), authenticator: requestAuthenticator, secret: secret)
                .store(to: buffer, at: 4)
        }
        return packet
    }

    /// Builds and signs a request, Message-Authenticator first.
    /// - Parameters:
    ///   - authenticator: the random Request Authenticator of Access-Request and Status-Server, which also hides the values in `attributes`;
    ///     ignored for codes whose authenticator is computed.
    ///   - attributes: encoded, without Message-Authenticator.
    ///   - maximumLength: 4096...65535; more than 4096 octets on streams only, to peers that are known to take them (RFC 7930).
    /// - Returns: the whole packet.
    /// - Throws: ``WireError/packetTooLong(length:limit:)`` beyond the maximum.
    public static func request(
        _ code: PacketCode, identifier: UInt8, authenticator: Authenticator?, attributes: [UInt8], secret: SharedSecret,
        messageAuthenticator: Bool, maximumLength: Int = 4096
    ) throws(WireError) -> [UInt8] {
        let signs = messageAuthenticator || code == .statusServer || containsEAP(attributes)
        let length = 20 + (signs ? 18 : 0) + attributes.count
        var packet = try start(code, identifier: identifier, length: length, limit: maximumLength, signs: signs)
        packet.append(contentsOf: attributes)
        let isDigest = code.authenticatorField == .requestDigest
        let field = isDigest ? .zero : authenticator ?? .zero
        packet.withUnsafeMutableBytes { buffer in
            field.digest.store(to: buffer, at: 4)
            if signs { signMessage(buffer, authenticator: field, secret: secret) }
            if isDigest {
                PacketAuthentication.digest(UnsafeRawBufferPointer(buffer), authenticator: .zero, secret: secret).store(to: buffer, at: 4)
            }
        }
        return packet
    }

    private static func start(
        _ code: PacketCode, identifier: UInt8, length: Int, limit: Int, signs: Bool
    ) throws(WireError) -> [UInt8] {
        guard length <= min(limit, 65_535) else { throw .packetTooLong(length: length, limit: min(limit, 65_535)) }
        var packet: [UInt8] = []
        packet.reserveCapacity(length)
        packet.append(code.rawValue)
        packet.append(identifier)
        packet.append(UInt8(length >> 8))
        packet.append(UInt8(length & 0xff))
        packet.append(contentsOf: repeatElement(0, count: 16))
        if signs {
            packet.append(AttributeType.messageAuthenticator)
            packet.append(18)
            packet.append(contentsOf: repeatElement(0, count: 16))
        }
        return packet
    }

    /// Fills the Message-Authenticator that ``start(_:identifier:length:limit:signs:)`` put first.
    private static func signMessage(_ buffer: UnsafeMutableRawBufferPointer, authenticator: Authenticator, secret: SharedSecret) {
        PacketAuthentication.messageAuthenticator(UnsafeRawBufferPointer(buffer), at: 22, authenticator: authenticator, secret: secret)
            .store(to: buffer, at: 22)
    }

    private static func containsEAP(_ attributes: [UInt8]) -> Bool {
        for attribute in RawAttributes(bytes: attributes, start: 0) where attribute.type == AttributeType.eapMessage { return true }
        return false
    }
}
