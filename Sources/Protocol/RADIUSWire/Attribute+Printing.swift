import Digests
import RADIUSDictionary

extension Attribute {
    /// The dictionary's name with the tag, `Tunnel-Type:1`; a malformed value stands under the attribute's number, `Attr-4`.
    public var printedName: String {
        if case .raw = value { return "Attr-" + definition.oid }
        return tag.map { "\(definition.name):\($0)" } ?? definition.name
    }

    /// The value as `radclient` prints it: VALUE name, address, text without quotes, `0x…` octets.
    ///
    /// Control characters and octets that are not UTF-8 print as `\ooo`. Secrets are printed too: see ``isSecret``.
    public var printedValue: String {
        switch value {
        case .raw(let octets):
            return "0x" + Hexadecimal.encode(octets)
        case .bytes(let octets):
            return print(octets)
        case .unsigned(let number):
            if let name = definition.valueName(number) { return name }
            switch definition.type {
            case .date: return DateText.print(number)
            case .bool: return number == 0 ? "no" : "yes"
            default: return String(number)
            }
        case .signed(let number):
            return UInt64(exactly: number).flatMap(definition.valueName) ?? String(number)
        case .ipv4(let address):
            return AddressText.print(ipv4: address)
        case .ipv6(let address):
            return address.description
        case .ipv4Prefix(let address, let length):
            return "\(AddressText.print(ipv4: address))/\(length)"
        case .ipv6Prefix(let address, let length):
            return "\(address)/\(length)"
        case .floating(let number):
            return definition.type == .float32 ? String(Float(number)) : String(number)
        case .tlv(let children):
            return "{ " + children.map { "\($0.printedName) = \($0.printedValue)" }.joined(separator: ", ") + " }"
        }
    }

    private func print(_ octets: [UInt8]) -> String {
        switch definition.type {
        case .text:
            escaped(octets)
        case .ethernet where octets.count == 6:
            octets.map { Hexadecimal.encode([$0]) }.joined(separator: ":")
        case .interfaceID where octets.count == 8:
            stride(from: 0, to: 8, by: 2).map { String(UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1]), radix: 16) }
                .joined(separator: ":")
        case .ascendBinary:
            AscendFilter.text(octets) ?? "0x" + Hexadecimal.encode(octets)
        default:
            "0x" + Hexadecimal.encode(octets)
        }
    }

    /// Keeps printable UTF-8, so that a value cannot forge lines of a log.
    private func escaped(_ octets: [UInt8]) -> String {
        guard let text = String(validating: octets, as: UTF8.self) else { return octets.map(printable).joined() }
        guard text.unicodeScalars.contains(where: \.isControl) else { return text }
        return text.unicodeScalars.map { $0.isControl ? String($0).utf8.map(octal).joined() : String($0) }.joined()
    }

    private func printable(_ octet: UInt8) -> String {
        (32..<127).contains(octet) ? String(UnicodeScalar(octet)) : octal(octet)
    }

    private func octal(_ octet: UInt8) -> String {
        let digits = String(octet, radix: 8)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
