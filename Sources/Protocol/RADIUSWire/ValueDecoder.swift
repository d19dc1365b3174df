import RADIUSDictionary

/// Turns the octets of one attribute into its value: takes the tag off, reveals what is hidden, reads the data type.
struct ValueDecoder {
    /// nil in RADIUS/1.1, where nothing is hidden (RFC 9765 §5.1).
    let secret: SharedSecret?
    /// nil when hidden values cannot be revealed.
    let vector: Authenticator?

    /// - Returns: an attribute with ``AttributeValue/raw(_:)`` and no tag when the octets do not fit the definition.
    func decode(_ octets: ArraySlice<UInt8>, for definition: AttributeDefinition) -> Attribute {
        let (tag, tagged) = separateTag(octets, definition)
        guard let clear = reveal(tagged, definition), let value = value(clear, definition) else {
            return Attribute(definition, value: .raw(Array(octets)))
        }
        return Attribute(definition, tag: tag, value: value)
    }

    /// Tags are 1…31; 0 stands for none, and a higher octet belongs to the value, except before a hidden one (RFC 2868 §3).
    private func separateTag(_ octets: ArraySlice<UInt8>, _ definition: AttributeDefinition) -> (UInt8?, ArraySlice<UInt8>) {
        guard definition.flags.hasTag, let first = octets.first else { return (nil, octets) }
        let tag = (1...31).contains(first) ? first : nil
        if definition.flags.encryption == .tunnelPassword { return (tag, octets.dropFirst()) }
        guard first <= 31 else { return (nil, octets) }
        guard definition.hasTagInNumber else { return (tag, octets.dropFirst()) }
        guard octets.count == 4 else { return (nil, octets) }
        return (tag, [0] + octets.dropFirst())
    }

    private func reveal(_ octets: ArraySlice<UInt8>, _ definition: AttributeDefinition) -> ArraySlice<UInt8>? {
        let encryption = definition.flags.encryption
        guard encryption != .none, let secret else { return octets }
        guard let vector else { return nil }
        switch encryption {
        case .none:
            return octets
        case .userPassword:
            return trimmed(HiddenValue.revealPassword(octets, secret: secret, vector: vector), definition)
        case .tunnelPassword:
            return HiddenValue.revealSalted(octets, secret: secret, vector: vector).map { $0[...] }
        case .ascendSecret:
            guard octets.count == 16 else { return nil }
            return trimmed(HiddenValue.ascendSecret(octets, secret: secret, vector: vector), definition)
        }
    }

    /// Takes the padding off a value whose length was not sent.
    private func trimmed(_ padded: [UInt8], _ definition: AttributeDefinition) -> ArraySlice<UInt8> {
        guard let length = ValueCodec.fixedLength(definition.type) else { return padded.withoutTrailingZeros[...] }
        return padded.prefix(length)
    }

    private func value(_ octets: ArraySlice<UInt8>, _ definition: AttributeDefinition) -> AttributeValue? {
        definition.type == .tlv ? tlv(octets, definition) : ValueCodec.decode(octets, as: definition.type)
    }

    /// Type, length, value inside an attribute (RFC 6929 §2.3). The dictionary's depth bounds the recursion.
    private func tlv(_ octets: ArraySlice<UInt8>, _ parent: AttributeDefinition) -> AttributeValue? {
        guard !octets.isEmpty else { return nil }
        var children: [Attribute] = []
        var rest = octets
        while let type = rest.first {
            guard let length = rest.dropFirst().first.map(Int.init), length >= 2, length <= rest.count else { return nil }
            let value = rest.prefix(length).dropFirst(2)
            if !value.isEmpty {
                let definition = parent.children[UInt32(type)] ?? .unknown(parent.space, path: parent.path + [UInt32(type)])
                children.append(decode(value, for: definition))
            }
            rest = rest.dropFirst(length)
        }
        return .tlv(children)
    }
}
