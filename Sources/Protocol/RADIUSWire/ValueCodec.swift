import RADIUSDictionary

/// Values of the RFC 8044 data types as octets; TLVs are not among them, they need a dictionary.
enum ValueCodec {
    /// Octets that a data type always takes; nil when it varies.
    static func fixedLength(_ type: DataType) -> Int? {
        switch type {
        case .octets(let length): length
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .ipv4, .uint32, .int32, .date, .timeDelta, .float32: 4
        case .ethernet, .ipv4Prefix: 6
        case .interfaceID, .uint64, .int64, .float64: 8
        case .ipv6: 16
        default: nil
        }
    }

    /// - Returns: nil when the octets are no value of the type.
    static func decode(_ octets: ArraySlice<UInt8>, as type: DataType) -> AttributeValue? {
        if let length = fixedLength(type), octets.count != length { return nil }
        switch type {
        case .uint8, .uint16, .uint32, .uint64, .date, .timeDelta:
            return .unsigned(BigEndian.unsigned(octets))
        case .bool:
            let number = BigEndian.unsigned(octets)
            return number <= 1 ? .unsigned(number) : nil
        case .int8, .int16, .int32, .int64:
            return .signed(BigEndian.signed(octets))
        case .float32:
            return .floating(Double(Float(bitPattern: UInt32(truncatingIfNeeded: BigEndian.unsigned(octets)))))
        case .float64:
            return .floating(Double(bitPattern: BigEndian.unsigned(octets)))
        case .ipv4:
            return .ipv4(UInt32(truncatingIfNeeded: BigEndian.unsigned(octets)))
        case .ipv6:
            return .ipv6(IPv6Bytes(leading: octets))
        case .comboIP:
            if octets.count == 4 { return .ipv4(UInt32(truncatingIfNeeded: BigEndian.unsigned(octets))) }
            return octets.count == 16 ? .ipv6(IPv6Bytes(leading: octets)) : nil
        case .ipv4Prefix:
            return decodeIPv4Prefix(octets)
        case .ipv6Prefix:
            return decodeIPv6Prefix(octets)
        case .ascendBinary:
            return octets.count >= 32 ? .bytes(Array(octets)) : nil
        case .tlv:
            return nil
        case .text, .octets, .interfaceID, .ethernet, .structure, .group, .union, .vsa, .extended, .longExtended, .evs:
            return .bytes(Array(octets))
        }
    }

    /// - Returns: nil when the value is of another kind than the type's, or does not fit its width.
    static func encode(_ value: AttributeValue, as type: DataType) -> [UInt8]? {
        switch (value, type) {
        case (.raw(let octets), _):
            return octets
        case (.bytes(let octets), .octets(let length?)):
            return octets.count == length ? octets : nil
        case (.bytes(let octets), .interfaceID), (.bytes(let octets), .ethernet):
            return octets.count == fixedLength(type) ? octets : nil
        case (.bytes(let octets), .ascendBinary):
            return octets.count >= 32 ? octets : nil
        case (.bytes(let octets), .text), (.bytes(let octets), .octets), (.bytes(let octets), .structure), (.bytes(let octets), .group),
            (.bytes(let octets), .union), (.bytes(let octets), .vsa), (.bytes(let octets), .extended), (.bytes(let octets), .longExtended),
            (.bytes(let octets), .evs):
            return octets
        case (.unsigned(let number), .uint8), (.unsigned(let number), .uint16), (.unsigned(let number), .uint32),
            (.unsigned(let number), .uint64), (.unsigned(let number), .date), (.unsigned(let number), .timeDelta):
            guard let count = fixedLength(type), count == 8 || number >> UInt64(count * 8) == 0 else { return nil }
            return BigEndian.octets(number, count: count)
        case (.unsigned(let number), .bool):
            return number <= 1 ? [UInt8(number)] : nil
        case (.signed(let number), .int8), (.signed(let number), .int16), (.signed(let number), .int32), (.signed(let number), .int64):
            guard let count = fixedLength(type) else { return nil }
            let octets = BigEndian.octets(UInt64(bitPattern: number), count: count)
            return BigEndian.signed(octets[...]) == number ? octets : nil
        case (.floating(let number), .float32):
            return BigEndian.octets(UInt64(Float(number).bitPattern), count: 4)
        case (.floating(let number), .float64):
            return BigEndian.octets(number.bitPattern, count: 8)
        case (.ipv4(let address), .ipv4), (.ipv4(let address), .comboIP):
            return BigEndian.octets(UInt64(address), count: 4)
        case (.ipv6(let address), .ipv6), (.ipv6(let address), .comboIP):
            return address.bytes
        case (.ipv4Prefix(let address, let length), .ipv4Prefix):
            guard length <= 32 else { return nil }
            return [0, length] + BigEndian.octets(UInt64(masked(address, to: length)), count: 4)
        case (.ipv6Prefix(let address, let length), .ipv6Prefix):
            guard length <= 128 else { return nil }
            return [0, length] + address.masked(to: length).bytes.prefix((Int(length) + 7) / 8)
        default:
            return nil
        }
    }

    /// The address with all bits after the first `length` cleared; `length` is 0…32.
    static func masked(_ address: UInt32, to length: UInt8) -> UInt32 {
        length == 0 ? 0 : address & (~0 << UInt32(32 - length))
    }

    /// Reserved octet, length in the low six bits, four octets (RFC 8044 §3.11). Host bits are cleared: some senders leave them set.
    private static func decodeIPv4Prefix(_ octets: ArraySlice<UInt8>) -> AttributeValue? {
        let length = octets[octets.startIndex + 1] & 0x3f
        guard length <= 32 else { return nil }
        let address = UInt32(truncatingIfNeeded: BigEndian.unsigned(octets.dropFirst(2)))
        return .ipv4Prefix(masked(address, to: length), length)
    }

    /// Reserved octet, length, as many octets as the sender cares to give (RFC 8044 §3.10).
    private static func decodeIPv6Prefix(_ octets: ArraySlice<UInt8>) -> AttributeValue? {
        guard (2...18).contains(octets.count) else { return nil }
        let length = octets[octets.startIndex + 1]
        guard length <= 128 else { return nil }
        return .ipv6Prefix(IPv6Bytes(leading: octets.dropFirst(2)).masked(to: length), length)
    }
}
