/// The value of an attribute; which case it is follows from the definition's data type (RFC 8044).
public enum AttributeValue: Hashable, Sendable {
    /// text, string, ifid (8 octets), ether (6), Ascend binary filters.
    case bytes([UInt8])
    /// integer and enum of any width, bool (0 or 1), time (seconds since 1970).
    case unsigned(UInt64)
    /// Signed integers of any width.
    case signed(Int64)
    /// ipv4addr as a number: 192.0.2.1 is 0xC0000201.
    case ipv4(UInt32)
    /// ipv6addr.
    case ipv6(IPv6Bytes)
    /// ipv4prefix: address and length 0…32; bits beyond are zero.
    case ipv4Prefix(UInt32, UInt8)
    /// ipv6prefix: address and length 0…128; bits beyond are zero.
    case ipv6Prefix(IPv6Bytes, UInt8)
    /// float32 and float64.
    case floating(Double)
    /// tlv: the attributes inside, in order.
    case tlv([Attribute])
    /// Octets that are no value of the definition's data type; they print and encode as they are and no policy looks at them.
    case raw([UInt8])

    /// A text or string value.
    public static func text(_ text: String) -> AttributeValue {
        .bytes(Array(text.utf8))
    }
}
