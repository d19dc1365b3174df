/// A structurally valid RADIUS packet that owns its octets (RFC 2865 §3).
///
/// Valid means: the lengths add up, and the rules on Message-Authenticator's presence hold. Whether the packet comes from someone who knows
/// the secret is a separate question, see ``verifyMessageAuthenticator(_:requestAuthenticator:)``.
public struct Packet: Sendable {
    /// The whole packet, header included, without the padding that may have followed it in the datagram.
    public let bytes: [UInt8]
    /// Offset of Message-Authenticator's value; 0 when there is none.
    let messageAuthenticatorOffset: Int
    /// More sub-attributes than this are not decoded out of one Vendor-Specific attribute.
    let maximumAttributes: Int

    /// Checks a datagram and copies it once.
    ///
    /// Octets beyond the Length field are padding and ignored (RFC 2865 §3).
    /// - Parameters:
    ///   - datagram: any octets.
    ///   - maximumLength: 4096 on UDP; up to 65535 on TCP and TLS (RFC 7930).
    ///   - maximumAttributes: more attributes are refused; they would cost more than a packet is worth.
    ///   - requiresMessageAuthenticator: whether EAP-Message and Status-Server need one; false inside TLS, and in RADIUS/1.1, which has none.
    /// - Throws: the first fault found.
    public init(
        validating datagram: UnsafeRawBufferPointer, maximumLength: Int = 4096, maximumAttributes: Int = 200,
        requiresMessageAuthenticator: Bool = true
    ) throws(WireError) {
        let structure = try PacketStructure(
            validating: datagram, maximumLength: maximumLength, maximumAttributes: maximumAttributes,
            requiresMessageAuthenticator: requiresMessageAuthenticator)
        bytes = Array(datagram[0..<structure.length])
        messageAuthenticatorOffset = structure.messageAuthenticatorOffset
        self.maximumAttributes = maximumAttributes
    }

    /// Checks octets that an array already holds; see
    /// ``init(validating:maximumLength:maximumAttributes:requiresMessageAuthenticator:)-(UnsafeRawBufferPointer,_,_,_)``.
    public init(
        validating datagram: [UInt8], maximumLength: Int = 4096, maximumAttributes: Int = 200, requiresMessageAuthenticator: Bool = true
    ) throws(WireError) {
        let checked = datagram.withUnsafeBytes { buffer in
            Result { () throws(WireError) in
                try PacketStructure(
                    validating: buffer, maximumLength: maximumLength, maximumAttributes: maximumAttributes,
                    requiresMessageAuthenticator: requiresMessageAuthenticator)
            }
        }
        let structure = try checked.get()
        bytes = structure.length == datagram.count ? datagram : Array(datagram[0..<structure.length])
        messageAuthenticatorOffset = structure.messageAuthenticatorOffset
        self.maximumAttributes = maximumAttributes
    }

    /// The Code field.
    public var code: PacketCode { PacketCode(rawValue: bytes[0]) }

    /// The Identifier field.
    public var identifier: UInt8 { bytes[1] }

    /// The Authenticator field as received.
    public var authenticator: Authenticator { bytes.withUnsafeBytes { Authenticator(loading: $0, at: 4) } }

    /// The attributes in order, as ranges of ``bytes``; walking them allocates nothing.
    public var attributes: RawAttributes { RawAttributes(bytes: bytes, start: 20) }

    /// Whether the packet carries a Message-Authenticator, right or wrong.
    public var hasMessageAuthenticator: Bool { messageAuthenticatorOffset != 0 }

    /// Where the first attribute of a type begins; 0 when it is absent. Asked for dozens of times of a packet.
    private func offset(of type: UInt8) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var offset = 20
            // The lengths add up, or there would be no packet.
            while offset < bytes.count {
                if bytes[offset] == type { return offset }
                offset += Int(bytes[offset + 1])
            }
            return 0
        }
    }

    /// The value of the first attribute of a type; a slice of ``bytes``.
    public func value(_ type: UInt8) -> ArraySlice<UInt8>? {
        let offset = offset(of: type)
        return offset == 0 ? nil : bytes[offset + 2..<offset + Int(bytes[offset + 1])]
    }

    /// Whether an attribute of a type is present.
    public func contains(_ type: UInt8) -> Bool { offset(of: type) != 0 }

    /// The first attribute of a type as text; octets that are not UTF-8 become replacement characters.
    public func text(_ type: UInt8) -> String? {
        let offset = offset(of: type)
        guard offset != 0 else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            String(decoding: UnsafeBufferPointer(rebasing: bytes[offset + 2..<offset + Int(bytes[offset + 1])]), as: UTF8.self)
        }
    }

    /// The first attribute of a type as a number.
    /// - Returns: nil when absent or not four octets long.
    public func integer(_ type: UInt8) -> UInt32? {
        let offset = offset(of: type)
        guard offset != 0, bytes[offset + 1] == 6 else { return nil }
        return (2..<6).reduce(0) { $0 << 8 | UInt32(bytes[offset + $1]) }
    }
}
