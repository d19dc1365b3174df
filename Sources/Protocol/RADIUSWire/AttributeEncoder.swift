public import RADIUSDictionary

/// Writes attributes as they stand in a packet, in the order in which they come.
///
/// Each sub-attribute gets a Vendor-Specific of its own, which is what every NAS understands; consecutive children of one TLV share their
/// parent. NAS-Filter-Rule continues the stream that the rules before it began (RFC 4849 §2).
public struct AttributeEncoder: Sendable {
    /// The attributes written so far.
    public private(set) var bytes: [UInt8] = []
    private let dictionary: AttributeDictionary?
    private var values: ValueEncoder
    private var openParent: OpenParent?
    /// Where the last NAS-Filter-Rule attribute starts.
    private var lastFilterRule: Int?

    /// The TLV that the last attribute was written into.
    private struct OpenParent {
        let space: AttributeSpace
        let path: ArraySlice<UInt32>
        let start: Int
        var contents: [UInt8]
    }

    /// Starts empty.
    /// - Parameters:
    ///   - vector: what hides values: the Request Authenticator, also for replies; zero for Accounting-, CoA- and Disconnect-Request.
    ///   - dictionary: tells the vendors' formats; without one the known exceptions to RFC 2865's format are used.
    ///   - salt: of the first salted value; another one than those of packets before when nil.
    public init(secret: SharedSecret, vector: Authenticator, dictionary: AttributeDictionary? = nil, salt: UInt16? = nil) {
        self.dictionary = dictionary
        values = ValueEncoder(secret: secret, vector: vector, salt: salt)
        // Enough for most packets.
        bytes.reserveCapacity(240)
    }

    /// Starts empty, for RADIUS/1.1: nothing is hidden.
    init(inClear dictionary: AttributeDictionary) {
        self.dictionary = dictionary
        values = ValueEncoder(secret: nil, vector: .zero, salt: nil)
    }

    /// Appends an attribute. Empty values are not sent (RFC 2865 §5), except an empty Chargeable-User-Identity (RFC 4372 §2.2).
    /// - Throws: ``WireError`` when the value does not suit the definition or does not fit; nothing is appended then.
    public mutating func append(_ attribute: Attribute) throws(WireError) {
        let definition = attribute.definition
        let container = try AttributeContainer(definition, dictionary)
        guard definition.path.count == 1 else { return try appendChild(attribute, container) }
        guard case .standard(let type) = container else { return try append(attribute, container, limit: container.limit) }
        if type == AttributeType.nasFilterRule { return try appendFilterRule(attribute, container) }
        try append(
            attribute, container, limit: definition.flags.concat ? 4096 : container.limit,
            evenEmpty: type == AttributeType.chargeableUserIdentity)
    }

    /// Appends a standard attribute's octets as they are. A long EAP-Message is sent in pieces of 253 octets (RFC 3579 §3.1).
    /// - Throws: ``WireError/valueTooLong(attribute:limit:)`` for any other value beyond 253 octets.
    public mutating func append(type: UInt8, _ value: some Collection<UInt8>) throws(WireError) {
        if value.count > 253, type != AttributeType.eapMessage { throw .valueTooLong(attribute: "Attr-\(type)", limit: 253) }
        if value.isEmpty, type != AttributeType.chargeableUserIdentity { return }
        openParent = nil
        AttributeContainer.standard(type).write(Array(value), to: &bytes)
    }

    /// Appends whole attributes as another packet had them, headers included.
    public mutating func append(octets: some Collection<UInt8>) {
        openParent = nil
        bytes += octets
    }

    private mutating func append(
        _ attribute: Attribute, _ container: AttributeContainer, limit: Int, evenEmpty: Bool = false
    ) throws(WireError) {
        let value = try values.encode(attribute, limit: limit)
        guard !value.isEmpty || evenEmpty else { return }
        openParent = nil
        container.write(value, to: &bytes)
    }

    /// Writes a TLV's child with its parents around it, into the parent that is still open if there is room.
    private mutating func appendChild(_ attribute: Attribute, _ container: AttributeContainer) throws(WireError) {
        let definition = attribute.definition
        // Each TLV between the container and the value takes two octets and holds 253 at most.
        let depth = definition.path.count - 1
        let value = try values.encode(attribute, limit: min(container.limit, 255) - 2 * depth)
        guard !value.isEmpty else { return }
        let child = try tlv(definition.number, value, definition)
        let parent = definition.path.dropLast()
        if var open = openParent, open.space == definition.space, open.path == parent {
            open.contents += child
            if let joined = try? wrap(open.contents, definition), joined.count <= container.limit {
                bytes.removeSubrange(open.start...)
                container.write(joined, to: &bytes)
                openParent = open
                return
            }
        }
        let whole = try wrap(child, definition)
        openParent = OpenParent(space: definition.space, path: parent, start: bytes.count, contents: child)
        container.write(whole, to: &bytes)
    }

    /// Puts the TLVs between the outermost number and the child around the child.
    private func wrap(_ child: [UInt8], _ definition: AttributeDefinition) throws(WireError) -> [UInt8] {
        var octets = child
        for number in definition.path.dropFirst().dropLast().reversed() { octets = try tlv(number, octets, definition) }
        return octets
    }

    private func tlv(_ number: UInt32, _ value: [UInt8], _ definition: AttributeDefinition) throws(WireError) -> [UInt8] {
        guard let type = UInt8(exactly: number) else { throw .notOnTheWire(attribute: definition.name) }
        guard value.count <= 253 else { throw .valueTooLong(attribute: definition.name, limit: 253) }
        return [type, UInt8(value.count + 2)] + value
    }

    /// Continues the stream of rules: a zero octet, then the rule; the stream is cut at 253 octets wherever that falls.
    private mutating func appendFilterRule(_ attribute: Attribute, _ container: AttributeContainer) throws(WireError) {
        var stream = try values.encode(attribute, limit: 253)
        guard !stream.isEmpty else { return }
        openParent = nil
        if let last = lastFilterRule {
            stream.insert(0, at: 0)
            let length = Int(bytes[last + 1])
            if last + length == bytes.count {
                let room = min(255 - length, stream.count)
                bytes[last + 1] = UInt8(length + room)
                bytes += stream.prefix(room)
                stream.removeFirst(room)
                guard !stream.isEmpty else { return }
            }
        }
        lastFilterRule = bytes.count
        // A whole rule after its separator is one octet more than an attribute holds.
        let half = stream.prefix(253)
        container.write(Array(half), to: &bytes)
        if stream.count > half.count {
            lastFilterRule = bytes.count
            container.write(Array(stream.dropFirst(half.count)), to: &bytes)
        }
    }
}
