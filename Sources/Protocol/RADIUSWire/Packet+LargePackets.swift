/// What RFC 7930 adds for packets beyond 4096 octets, which only streams carry: attributes of the extended space 241.
extension Packet {
    /// Response-Length (RFC 7930 §3): octets of the longest reply that the sender of a request takes; in the reply to a Status-Server the
    /// longest request, in a Protocol-Error what the reply would have had. Nil when absent or not four octets long.
    public var responseLength: Int? { extendedInteger(3).map { Int(clamping: $0) } }

    /// Original-Packet-Code (RFC 7930 §4) of a Protocol-Error. Nil when absent, or no code.
    public var originalPacketCode: PacketCode? {
        extendedInteger(4).flatMap { UInt8(exactly: $0) }.map { PacketCode(rawValue: $0) }
    }

    /// Operator-NAS-Identifier (RFC 8559 §3.4): by which the network of a NAS knows it, and nobody else.
    public var operatorNASIdentifier: [UInt8]? { extended(8).map { Array($0) } }

    /// The attributes of a Protocol-Error (RFC 7930 §4) about this request.
    /// - Parameter length: octets that the reply would have had, for ``ErrorCause/responseTooBig``.
    public func protocolError(_ cause: ErrorCause, length: Int? = nil) -> [UInt8] {
        Self.extendedAttribute(4, BigEndian.octets(UInt64(code.rawValue), count: 4))
            + [AttributeType.errorCause, 6] + BigEndian.octets(UInt64(cause.rawValue), count: 4)
            + (length.map { Self.responseLength($0) } ?? [])
    }

    /// Response-Length as an attribute.
    public static func responseLength(_ octets: Int) -> [UInt8] {
        extendedAttribute(3, BigEndian.octets(UInt64(clamping: octets), count: 4))
    }

    private static let space: UInt8 = 241

    private static func extendedAttribute(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        [space, UInt8(value.count + 3), type] + value
    }

    /// The value of the first attribute of a type of the space.
    private func extended(_ type: UInt8) -> ArraySlice<UInt8>? {
        for attribute in attributes where attribute.type == Self.space && attribute.length > 1 && bytes[attribute.offset] == type {
            return bytes[(attribute.offset + 1)..<(attribute.offset + attribute.length)]
        }
        return nil
    }

    private func extendedInteger(_ type: UInt8) -> UInt32? {
        guard let value = extended(type), value.count == 4 else { return nil }
        return value.reduce(0) { $0 << 8 | UInt32($1) }
    }
}
