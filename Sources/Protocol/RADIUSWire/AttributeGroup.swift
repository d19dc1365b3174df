import RADIUSDictionary

/// A piece of a packet that decodes as one: an attribute, or the consecutive ones that a long value was cut into.
public struct AttributeGroup: Sendable {
    /// The Type field of the first.
    public let type: UInt8
    /// Whole attributes, headers included, as they stand in the packet.
    public let octets: [UInt8]
    /// What they mean, hidden values in clear. Empty for an attribute without a value, and for NAS-Filter-Rule after the first, which
    /// holds the rules of all (RFC 4849 §2).
    public let attributes: [Attribute]

    /// Whether the octets make sense only with the secret and authenticator of their packet.
    public var isHidden: Bool { attributes.contains { $0.leaves.contains { $0.definition.flags.encryption != .none } } }
}
