import Digests
public import RADIUSDictionary

/// RADIUS/1.1 (RFC 9765) on one connection, as RADIUS/1.0 for everything behind it.
///
/// RADIUS/1.1 has no shared secret: its packets carry a Token instead of Identifier and Authenticator, no Message-Authenticator, and values
/// that RADIUS/1.0 hides stand in clear. Behind the connection such packets have RADIUS/1.0's shape with a secret that only this value
/// knows: signed and hidden as usual, so that nothing else has to know the difference.
public struct RADIUS11: Sendable {
    /// Drawn at random for the connection.
    public let secret: SharedSecret
    private let dictionary: AttributeDictionary

    /// - Parameter dictionary: tells which attributes RADIUS/1.0 hides.
    public init(dictionary: AttributeDictionary) {
        self.dictionary = dictionary
        var generator = SystemRandomNumberGenerator()
        secret = SharedSecret(Authenticator.random(using: &generator).bytes)
    }

    /// The Token of a packet (RFC 9765 §4.2.1), which must have 8 octets or more.
    public static func token(_ packet: [UInt8]) -> UInt32 {
        UInt32(truncatingIfNeeded: BigEndian.unsigned(packet[4..<8]))
    }

    /// Turns a request of the peer's into a signed one of RADIUS/1.0; its Identifier is the Token's last octet.
    ///
    /// Reserved fields are not looked at, Message-Authenticator and Original-Packet-Code are left out (RFC 9765 §4.1, §5.2).
    /// - Throws: the first structural fault.
    public func request(_ packet: [UInt8]) throws(WireError) -> [UInt8] {
        let packet = try validated(packet)
        let isDigest = packet.code.authenticatorField == .requestDigest
        var generator = SystemRandomNumberGenerator()
        let vector = isDigest ? Authenticator.zero : .random(using: &generator)
        let attributes = try translate(packet, from: nil, to: vector, vector: nil)
        guard isDigest else { return try start(packet.code, packet.bytes[7], vector.bytes, attributes) }
        return try signed(packet.code, packet.bytes[7], over: .zero, attributes)
    }

    /// Turns a reply of the peer's into a signed one of RADIUS/1.0 to a request with this Identifier and Request Authenticator.
    /// - Throws: the first structural fault.
    public func reply(
        _ packet: [UInt8], identifier: UInt8, requestAuthenticator: Authenticator
    ) throws(WireError) -> [UInt8] {
        let packet = try validated(packet)
        let attributes = try translate(packet, from: nil, to: requestAuthenticator, vector: nil)
        return try signed(packet.code, identifier, over: requestAuthenticator, attributes)
    }

    /// Turns a signed packet of RADIUS/1.0 into what the peer reads.
    /// - Parameters:
    ///   - token: of the request; a reply repeats it.
    ///   - requestAuthenticator: of the request that the packet answers; nil for requests.
    public func encode(_ packet: [UInt8], token: UInt32, requestAuthenticator: Authenticator?) throws(WireError) -> [UInt8] {
        let packet = try validated(packet)
        let vector: Authenticator? =
            switch packet.code.authenticatorField {
            case .random: packet.authenticator
            case .requestDigest: .zero
            case .responseDigest: requestAuthenticator
            }
        let attributes = try translate(packet, from: secret, to: nil, vector: vector)
        let field = BigEndian.octets(UInt64(token), count: 4) + [UInt8](repeating: 0, count: 12)
        return try start(packet.code, 0, field, attributes)
    }

    private func validated(_ packet: [UInt8]) throws(WireError) -> Packet {
        try Packet(validating: packet, maximumLength: 65_535, maximumAttributes: 4096, requiresMessageAuthenticator: false)
    }

    /// Hides or reveals the attributes that RADIUS/1.0 hides; all others stay octet for octet.
    /// - Parameters:
    ///   - secret: to reveal with; nil from RADIUS/1.1.
    ///   - hidingVector: to hide with; nil to RADIUS/1.1.
    private func translate(
        _ packet: Packet, from secret: SharedSecret?, to hidingVector: Authenticator?, vector: Authenticator?
    ) throws(WireError) -> [UInt8] {
        var decoder = AttributeDecoder(packet: packet, dictionary: dictionary, secret: secret, vector: vector)
        var octets: [UInt8] = []
        octets.reserveCapacity(packet.bytes.count)
        while let group = decoder.nextGroup() {
            if Self.isLeftOut(group.octets) { continue }
            guard group.isHidden else {
                octets += group.octets
                continue
            }
            var encoder =
                hidingVector.map { AttributeEncoder(secret: self.secret, vector: $0, dictionary: dictionary) }
                ?? AttributeEncoder(inClear: dictionary)
            for attribute in group.attributes { try encoder.append(attribute) }
            octets += encoder.bytes
        }
        return octets
    }

    /// Message-Authenticator and Original-Packet-Code (241.4).
    private static func isLeftOut(_ attribute: [UInt8]) -> Bool {
        attribute.first == AttributeType.messageAuthenticator
            || (attribute.first == 241 && attribute.dropFirst(2).first == 4)
    }

    /// A packet whose Authenticator is a digest.
    private func signed(
        _ code: PacketCode, _ identifier: UInt8, over field: Authenticator, _ attributes: [UInt8]
    ) throws(WireError) -> [UInt8] {
        var packet = try start(code, identifier, field.bytes, attributes)
        packet.withUnsafeMutableBytes { buffer in
            PacketAuthentication.digest(UnsafeRawBufferPointer(buffer), authenticator: field, secret: secret).store(to: buffer, at: 4)
        }
        return packet
    }

    private func start(_ code: PacketCode, _ identifier: UInt8, _ field: [UInt8], _ attributes: [UInt8]) throws(WireError) -> [UInt8] {
        let length = 20 + attributes.count
        guard length <= 65_535 else { throw .packetTooLong(length: length, limit: 65_535) }
        return [code.rawValue, identifier, UInt8(length >> 8), UInt8(length & 0xff)] + field + attributes
    }
}
