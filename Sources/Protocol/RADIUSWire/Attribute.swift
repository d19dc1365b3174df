public import RADIUSDictionary

/// One attribute: its definition, its tag if it has one, and its value in clear.
public struct Attribute: Hashable, Sendable {
    /// Where the attribute stands in a packet and how its value is written.
    public let definition: AttributeDefinition
    /// The tag that groups attributes of one tunnel, 1…31 (RFC 2868 §3.1); nil for none.
    public var tag: UInt8?
    /// The value.
    public var value: AttributeValue

    /// Combines the parts; nothing is checked before the attribute is encoded.
    public init(_ definition: AttributeDefinition, tag: UInt8? = nil, value: AttributeValue) {
        self.definition = definition
        self.tag = tag
        self.value = value
    }

    /// Whether the value must not be shown: the dictionary says so, or it travels hidden.
    public var isSecret: Bool {
        definition.flags.secret || definition.flags.encryption != .none
    }

    /// The attribute itself, or the attributes at the ends of its TLV tree in order.
    public var leaves: [Attribute] {
        guard case .tlv(let children) = value else { return [self] }
        return children.flatMap(\.leaves)
    }
}
