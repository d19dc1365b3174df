import RADIUSDictionary

/// Walks a packet once and collects its attributes. Vendor-Specific and extended attributes have files of their own.
struct AttributeDecoder {
    let bytes: [UInt8]
    let maximumAttributes: Int
    let dictionary: AttributeDictionary
    let values: ValueDecoder
    private(set) var attributes: [Attribute] = []
    private var rest: RawAttributes.Iterator
    private var hasFilterRules = false

    init(packet: Packet, dictionary: AttributeDictionary, secret: SharedSecret?, vector: Authenticator?) {
        bytes = packet.bytes
        maximumAttributes = packet.maximumAttributes
        self.dictionary = dictionary
        values = ValueDecoder(secret: secret, vector: vector)
        rest = packet.attributes.makeIterator()
    }

    mutating func run() {
        while let raw = rest.next() { decode(raw) }
    }

    /// The next attribute, or attributes where several make one value, beside the octets; nil at the end.
    mutating func nextGroup() -> AttributeGroup? {
        let start = rest.offset
        let count = attributes.count
        guard let raw = rest.next() else { return nil }
        decode(raw)
        return AttributeGroup(type: raw.type, octets: Array(bytes[start..<rest.offset]), attributes: Array(attributes[count...]))
    }

    private mutating func decode(_ raw: RawAttribute) {
        switch raw.type {
        case AttributeType.vendorSpecific: decodeVendorSpecific(raw)
        case AttributeType.nasFilterRule: decodeFilterRules(raw)
        case 241...244: decodeExtended(raw)
        case 245...246: decodeLongExtended(raw)
        default: decodeStandard(raw)
        }
    }

    /// The attribute after the one being decoded.
    var following: RawAttribute? {
        var ahead = rest
        return ahead.next()
    }

    /// Goes past ``following``, which the current attribute has taken in.
    mutating func skipFollowing() {
        _ = rest.next()
    }

    /// Adds a value; empty ones are left out.
    mutating func append(_ octets: ArraySlice<UInt8>, for definition: AttributeDefinition) {
        guard !octets.isEmpty else { return }
        attributes.append(values.decode(octets, for: definition))
    }

    /// Keeps a whole standard attribute as octets.
    mutating func appendRaw(_ raw: RawAttribute) {
        guard raw.length > 0 else { return }
        attributes.append(Attribute(standard(raw.type), value: .raw(Array(bytes[raw.range]))))
    }

    private func standard(_ type: UInt8) -> AttributeDefinition {
        dictionary.attribute(standard: type) ?? .unknown(.standard, path: [UInt32(type)])
    }

    private mutating func decodeStandard(_ raw: RawAttribute) {
        let definition = standard(raw.type)
        if definition.flags.concat {
            var joined = Array(bytes[raw.range])
            while let piece = following, piece.type == raw.type {
                joined += bytes[piece.range]
                skipFollowing()
            }
            attributes.append(Attribute(definition, value: .bytes(joined)))
        } else if raw.type == AttributeType.chargeableUserIdentity, raw.length == 0 {
            attributes.append(Attribute(definition, value: .bytes([])))
        } else {
            append(bytes[raw.range], for: definition)
        }
    }

    /// All NAS-Filter-Rule attributes of a packet form one stream of rules, separated by zero octets (RFC 4849 §2).
    private mutating func decodeFilterRules(_ first: RawAttribute) {
        guard !hasFilterRules else { return }
        hasFilterRules = true
        var stream = Array(bytes[first.range])
        var ahead = rest
        while let raw = ahead.next() {
            if raw.type == AttributeType.nasFilterRule { stream += bytes[raw.range] }
        }
        for rule in stream.split(separator: 0) { append(rule, for: standard(first.type)) }
    }
}
