import RADIUSDictionary
import Synchronization

/// Turns the value of one attribute into octets: writes the data type, hides it, puts the tag before it.
struct ValueEncoder {
    /// nil in RADIUS/1.1, where nothing is hidden (RFC 9765 §5.1).
    let secret: SharedSecret?
    let vector: Authenticator
    /// The salt of the next hidden value; nil until one is needed.
    var salt: UInt16?

    /// The first salts of packets, one after the other: a NAS that repeats its authenticators gets other key streams for the longest time
    /// that 15 bits allow.
    private static let firstSalt = Atomic<UInt16>(.random(in: 0 ... .max))

    /// - Parameter limit: octets that the attribute has room for.
    /// - Throws: ``WireError/valueMismatch(attribute:)``, ``WireError/valueTooLong(attribute:limit:)``, ``WireError/badTag(attribute:tag:)``.
    mutating func encode(_ attribute: Attribute, limit: Int) throws(WireError) -> [UInt8] {
        let definition = attribute.definition
        if case .raw(let octets) = attribute.value { return try checked(octets, definition, limit) }
        if let tag = attribute.tag, !definition.flags.hasTag || tag > 31 { throw .badTag(attribute: definition.name, tag: tag) }
        let clear = try clear(attribute, limit: limit)
        guard definition.flags.encryption != .tunnelPassword else {
            let tag = definition.flags.hasTag ? attribute.tag ?? 0 : nil
            let limit = tag == nil ? limit : limit - 1
            guard let secret else { return (tag.map { [$0] } ?? []) + (try checked(clear, definition, limit)) }
            return try hideSalted(clear, tag: tag, definition, secret, limit: limit)
        }
        let hidden = try hide(clear, definition, limit: limit)
        return try checked(definition.flags.hasTag ? tagged(hidden, attribute) : hidden, definition, limit)
    }

    private mutating func clear(_ attribute: Attribute, limit: Int) throws(WireError) -> [UInt8] {
        guard case .tlv(let children) = attribute.value else {
            guard let octets = ValueCodec.encode(attribute.value, as: attribute.definition.type) else {
                throw .valueMismatch(attribute: attribute.definition.name)
            }
            return octets
        }
        guard attribute.definition.type == .tlv else { throw .valueMismatch(attribute: attribute.definition.name) }
        var octets: [UInt8] = []
        for child in children {
            guard let type = UInt8(exactly: child.definition.number) else { throw .valueMismatch(attribute: child.definition.name) }
            let value = try encode(child, limit: min(253, limit - octets.count - 2))
            octets += [type, UInt8(value.count + 2)]
            octets += value
        }
        return octets
    }

    /// String types put the tag before the text, numbers into their top octet (RFC 2868 §3.1, §3.3).
    private func tagged(_ octets: [UInt8], _ attribute: Attribute) throws(WireError) -> [UInt8] {
        guard attribute.definition.hasTagInNumber else {
            if let tag = attribute.tag { return [tag] + octets }
            // Without a tag octet a control character at the start would be taken for one.
            return (octets.first ?? 255) <= 31 ? [0] + octets : octets
        }
        guard octets[0] == 0 || (attribute.tag == nil && octets[0] > 31) else {
            throw .valueMismatch(attribute: attribute.definition.name)
        }
        return [octets[0] | (attribute.tag ?? 0)] + octets.dropFirst()
    }

    private func hide(_ octets: [UInt8], _ definition: AttributeDefinition, limit: Int) throws(WireError) -> [UInt8] {
        guard let secret else { return octets }
        switch definition.flags.encryption {
        case .none, .tunnelPassword:
            return octets
        case .userPassword:
            let isUserPassword = definition.space == .standard && definition.path == [UInt32(AttributeType.userPassword)]
            let limit = isUserPassword ? 128 : limit & ~15
            return HiddenValue.hidePassword(try checked(octets, definition, limit), secret: secret, vector: vector)
        case .ascendSecret:
            return HiddenValue.ascendSecret(try checked(octets, definition, 16), secret: secret, vector: vector)
        }
    }

    private mutating func hideSalted(
        _ octets: [UInt8], tag: UInt8?, _ definition: AttributeDefinition, _ secret: SharedSecret, limit: Int
    ) throws(WireError) -> [UInt8] {
        let octets = try checked(octets, definition, min(limit - 3, 255))
        // Unique within the packet, top bit set (RFC 2868 §3.5).
        let next = (salt ?? Self.firstSalt.wrappingAdd(1, ordering: .relaxed).newValue) | 0x8000
        salt = next &+ 1
        return HiddenValue.hideSalted(octets, tag: tag, salt: next, secret: secret, vector: vector, limit: limit)
    }

    private func checked(_ octets: [UInt8], _ definition: AttributeDefinition, _ limit: Int) throws(WireError) -> [UInt8] {
        guard octets.count <= limit else { throw .valueTooLong(attribute: definition.name, limit: max(0, limit)) }
        return octets
    }
}

extension AttributeDefinition {
    /// Whether the tag takes the top octet of a number in clear.
    var hasTagInNumber: Bool { flags.hasTag && type == .uint32 && flags.encryption == .none }
}
