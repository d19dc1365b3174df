/// JSON (RFC 8259) of controllers: small, read with bounds, written in the given order.
enum CaptiveJSON: Sendable, Equatable {
    struct Member: Sendable, Equatable {
        let name: String
        let value: CaptiveJSON
    }

    case null
    case boolean(Bool)
    /// As it stands in the text.
    case number(String)
    case text(String)
    case array([CaptiveJSON])
    case object([Member])

    static let maximumLength = 256 << 10
    static let maximumDepth = 16

    /// - Returns: nil for what is no JSON, is longer than 256 KiB or nested deeper than 16 levels.
    init?(_ octets: [UInt8]) {
        guard octets.count <= Self.maximumLength else { return nil }
        var reader = JSONReader(rest: octets[...])
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpace()
        guard reader.rest.isEmpty else { return nil }
        self = value
    }

    static func integer(_ value: Int64) -> CaptiveJSON { .number(String(value)) }

    /// An object with the members that have a value.
    static func object(_ members: (String, CaptiveJSON?)...) -> CaptiveJSON {
        .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
    }

    subscript(_ name: String) -> CaptiveJSON? {
        if case .object(let members) = self { members.first { $0.name == name }?.value } else { nil }
    }

    var string: String? { if case .text(let text) = self { text } else { nil } }

    var elements: [CaptiveJSON] { if case .array(let elements) = self { elements } else { [] } }

    var integer: Int64? { if case .number(let digits) = self { Int64(digits) } else { nil } }

    var written: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let digits): digits
        case .text(let text): Self.quoted(text)
        case .array(let elements): "[" + elements.map(\.written).joined(separator: ",") + "]"
        case .object(let members): "{" + members.map { "\(Self.quoted($0.name)):\($0.value.written)" }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

private struct JSONReader {
    var rest: ArraySlice<UInt8>

    mutating func skipSpace() { rest = rest.drop { [0x20, 0x09, 0x0a, 0x0d].contains($0) } }

    private mutating func take(_ character: Character) -> Bool {
        skipSpace()
        guard rest.first == character.asciiValue else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func take(word: StaticString) -> Bool {
        let octets = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard rest.starts(with: octets) else { return false }
        rest = rest.dropFirst(octets.count)
        return true
    }

    mutating func value(depth: Int) -> CaptiveJSON? {
        guard depth < CaptiveJSON.maximumDepth else { return nil }
        skipSpace()
        switch rest.first {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "\""): return string().map { .text($0) }
        case UInt8(ascii: "t"): return take(word: "true") ? .boolean(true) : nil
        case UInt8(ascii: "f"): return take(word: "false") ? .boolean(false) : nil
        case UInt8(ascii: "n"): return take(word: "null") ? .null : nil
        default: return number()
        }
    }

    private mutating func object(depth: Int) -> CaptiveJSON? {
        guard take("{") else { return nil }
        var members: [CaptiveJSON.Member] = []
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard let name = string(), take(":"), let value = value(depth: depth + 1) else { return nil }
            members.append(CaptiveJSON.Member(name: name, value: value))
        } while take(",")
        return take("}") ? .object(members) : nil
    }

    private mutating func array(depth: Int) -> CaptiveJSON? {
        guard take("[") else { return nil }
        var elements: [CaptiveJSON] = []
        if take("]") { return .array(elements) }
        repeat {
            guard let value = value(depth: depth + 1) else { return nil }
            elements.append(value)
        } while take(",")
        return take("]") ? .array(elements) : nil
    }

    private mutating func number() -> CaptiveJSON? {
        let digits = rest.prefix { "+-.0123456789eE".utf8.contains($0) }
        let text = String(decoding: digits, as: UTF8.self)
        guard !digits.isEmpty, digits.count <= 32, Double(text) != nil else { return nil }
        rest = rest.dropFirst(digits.count)
        return .number(text)
    }

    private mutating func string() -> String? {
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        rest.removeFirst()
        var octets: [UInt8] = []
        while let octet = rest.popFirst() {
            switch octet {
            case UInt8(ascii: "\""): return String(decoding: octets, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escaped() else { return nil }
                octets += Array(String(scalar).utf8)
            case 0..<0x20: return nil
            default: octets.append(octet)
            }
        }
        return nil
    }

    private mutating func escaped() -> Unicode.Scalar? {
        switch rest.popFirst() {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "u"):
            guard let unit = unit() else { return nil }
            if let scalar = Unicode.Scalar(unit) { return scalar }
            // Half of a pair: the other half has to follow.
            guard (0xd800..<0xdc00).contains(unit), take(word: "\\u"), let low = self.unit(), (0xdc00..<0xe000).contains(low) else {
                return nil
            }
            return Unicode.Scalar(0x10000 + (UInt32(unit) - 0xd800) << 10 + (UInt32(low) - 0xdc00))
        case let octet? where "\"\\/".utf8.contains(octet): return Unicode.Scalar(octet)
        default: return nil
        }
    }

    private mutating func unit() -> UInt16? {
        let digits = rest.prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        rest = rest.dropFirst(4)
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
