import Digests
public import RADIUSDictionary

extension Attribute {
    /// Reads a value as policies and `radclient` write it: VALUE names, decimal or 0x numbers, dotted addresses, prefixes, dates,
    /// `aa:bb:cc:dd:ee:ff`, `0x…` for octets, text as it stands.
    /// - Throws: ``WireError/badText(attribute:text:)``; the text is left out for secret attributes.
    public static func parse(_ text: String, for definition: AttributeDefinition, tag: UInt8? = nil) throws(WireError) -> Attribute {
        guard let value = AttributeValue(text: text, for: definition) else {
            throw .badText(attribute: definition.name, text: definition.flags.secret ? "<secret>" : text)
        }
        return Attribute(definition, tag: tag, value: value)
    }
}

extension AttributeValue {
    fileprivate init?(text: String, for definition: AttributeDefinition) {
        let value: AttributeValue? =
            switch definition.type {
            case .text: .text(text)
            case .octets(let length): Self.octets(text, length: length)
            case .uint8, .uint16, .uint32, .uint64, .timeDelta: Self.unsigned(text, definition)
            case .int8, .int16, .int32, .int64: Self.signed(text, definition)
            case .bool: Self.bool(text, definition)
            case .date: DateText.parse(text).map { .unsigned($0) }
            case .float32: Float(text).map { .floating(Double($0)) }
            case .float64: Double(text).map { .floating($0) }
            case .ipv4: Self.ipv4(text)
            case .ipv6: Self.ipv6(text)
            case .comboIP: Self.ipv4(text) ?? Self.ipv6(text)
            case .ipv4Prefix: Self.ipv4Prefix(text)
            case .ipv6Prefix: Self.ipv6Prefix(text)
            case .interfaceID: Self.groups(text, count: 4, size: 2, separators: ":")
            case .ethernet: Self.groups(text, count: 6, size: 1, separators: ":-")
            case .ascendBinary: AscendFilter(text: text).map { .bytes($0.octets) } ?? Self.hexadecimal(text).map { .bytes($0) }
            case .tlv: Self.hexadecimal(text).map { .raw($0) }
            case .structure, .group, .union, .vsa, .extended, .longExtended, .evs: Self.octets(text, length: nil)
            }
        guard let value else { return nil }
        self = value
    }

    /// Octets are written in hexadecimal or, when they are printable, as they are.
    private static func octets(_ text: String, length: Int?) -> AttributeValue? {
        let octets = text.hasPrefix("0x") ? hexadecimal(text) : Array(text.utf8)
        guard let octets, length == nil || octets.count == length else { return nil }
        return .bytes(octets)
    }

    private static func hexadecimal(_ text: String) -> [UInt8]? {
        text.hasPrefix("0x") ? Hexadecimal.decode(text.utf8.dropFirst(2)) : nil
    }

    /// A number, decimal or after `0x`, with blanks around it; what is none may be the name of one.
    private static func number(_ text: String, _ definition: AttributeDefinition) -> UInt64? {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        if let number = AddressText.number(text) { return number }
        if text.hasPrefix("0x"), let number = UInt64(text.dropFirst(2), radix: 16) { return number }
        return definition.value(named: String(text))
    }

    private static func unsigned(_ text: String, _ definition: AttributeDefinition) -> AttributeValue? {
        guard let number = number(text, definition) else { return nil }
        let value = AttributeValue.unsigned(number)
        return ValueCodec.encode(value, as: definition.type) == nil ? nil : value
    }

    private static func signed(_ text: String, _ definition: AttributeDefinition) -> AttributeValue? {
        guard let number = Int64(text) ?? number(text, definition).flatMap(Int64.init(exactly:)) else { return nil }
        let value = AttributeValue.signed(number)
        return ValueCodec.encode(value, as: definition.type) == nil ? nil : value
    }

    private static func bool(_ text: String, _ definition: AttributeDefinition) -> AttributeValue? {
        switch text.lowercased() {
        case "yes", "true", "1": .unsigned(1)
        case "no", "false", "0": .unsigned(0)
        default: unsigned(text, definition)
        }
    }

    /// An address; FreeRADIUS also takes `/32`, a plain number and `*` for any.
    private static func ipv4(_ text: String) -> AttributeValue? {
        if text == "*" { return .ipv4(0) }
        if let number = AddressText.number(text[...]) { return UInt32(exactly: number).map { .ipv4($0) } }
        guard let (address, length) = AddressText.prefix(text, limit: 32), length == 32 else { return nil }
        return AddressText.ipv4(address).map { .ipv4($0) }
    }

    private static func ipv6(_ text: String) -> AttributeValue? {
        guard let (address, length) = AddressText.prefix(text, limit: 128), length == 128 else { return nil }
        return AddressText.ipv6(address).map { .ipv6($0) }
    }

    private static func ipv4Prefix(_ text: String) -> AttributeValue? {
        guard let (address, length) = AddressText.prefix(text, limit: 32), let address = AddressText.ipv4(address) else { return nil }
        return .ipv4Prefix(ValueCodec.masked(address, to: length), length)
    }

    private static func ipv6Prefix(_ text: String) -> AttributeValue? {
        guard let (address, length) = AddressText.prefix(text, limit: 128), let address = AddressText.ipv6(address) else { return nil }
        return .ipv6Prefix(address.masked(to: length), length)
    }

    /// Numbers of one to `2 * size` hexadecimal digits.
    private static func groups(_ text: String, count: Int, size: Int, separators: String) -> AttributeValue? {
        let parts = text.split(omittingEmptySubsequences: false) { separators.contains($0) }
        guard parts.count == count else { return nil }
        var octets: [UInt8] = []
        for part in parts {
            guard (1...(2 * size)).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), let number = UInt64(part, radix: 16) else {
                return nil
            }
            octets += BigEndian.octets(number, count: size)
        }
        return .bytes(octets)
    }
}
