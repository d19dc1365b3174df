/// Why octets are not a RADIUS packet, or why values cannot become one.
///
/// Offsets count octets from the start of the datagram. A malformed packet is data: callers count it and stay silent (RFC 2865 §3).
public enum WireError: Error, Equatable, Sendable {
    /// The datagram holds fewer than 20 octets.
    case datagramTooShort(count: Int)
    /// The Length field says less than 20 or more than the datagram holds.
    case badLength(field: Int, count: Int)
    /// The Length field, or a packet being built, exceeds the limit.
    case packetTooLong(length: Int, limit: Int)
    /// One octet is left over where an attribute should start.
    case truncatedAttribute(offset: Int)
    /// An attribute of type 0.
    case attributeTypeZero(offset: Int)
    /// An attribute whose length is below 2 or reaches past the end of the packet.
    case badAttributeLength(attribute: UInt8, offset: Int, length: Int)
    /// More attributes than the limit.
    case tooManyAttributes(limit: Int)
    /// A Message-Authenticator that is not 18 octets long, or a second one (RFC 3579 §3.2).
    case badMessageAuthenticator(offset: Int)
    /// EAP-Message (RFC 3579 §3.1) or Status-Server (RFC 5997 §3) without Message-Authenticator.
    case missingMessageAuthenticator
    /// EAP-Message together with User-Password, CHAP-Password or ARAP-Password (RFC 3579 §3.3).
    case passwordBesideEAP(attribute: UInt8)

    /// A value longer than its attribute can carry, in octets.
    case valueTooLong(attribute: String, limit: Int)
    /// A value of another kind or size than the attribute's data type.
    case valueMismatch(attribute: String)
    /// A text that is not a value of the attribute's data type.
    case badText(attribute: String, text: String)
    /// An attribute that exists in policy only and has no place in a packet.
    case notOnTheWire(attribute: String)
    /// A tag beyond 31, or a tag on an attribute that has none (RFC 2868 §3.1).
    case badTag(attribute: String, tag: UInt8)
}
