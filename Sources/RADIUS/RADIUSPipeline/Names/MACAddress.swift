import Digests

/// A station's 48-bit address, read from any of the notations NASes use.
public struct MACAddress: Hashable, Sendable {
    /// The six octets in the low 48 bits.
    public let number: UInt64

    /// Reads `AA-BB-CC-DD-EE-FF`, `aa:bb:..`, `aabb.ccdd.eeff`, `aabbcc-ddeeff` or twelve hex digits.
    ///
    /// Groups are of equal length with one kind of separator, so that a name like `a-bb...` stays a name.
    public init?(_ text: some StringProtocol) {
        var digits = 0
        var value: UInt64 = 0
        var separator: UInt8 = 0
        var groupLength = 0
        var sinceSeparator = 0
        for octet in text.utf8 {
            if let digit = Hexadecimal.value(of: octet) {
                digits += 1
                sinceSeparator += 1
                guard digits <= 12 else { return nil }
                value = value << 4 | UInt64(digit)
                continue
            }
            guard octet == UInt8(ascii: "-") || octet == UInt8(ascii: ":") || octet == UInt8(ascii: ".") || octet == UInt8(ascii: " ")
            else { return nil }
            if separator == 0 {
                separator = octet
                groupLength = sinceSeparator
            }
            guard octet == separator, sinceSeparator == groupLength, groupLength == 2 || groupLength == 4 || groupLength == 6
            else { return nil }
            sinceSeparator = 0
        }
        guard digits == 12, separator == 0 || sinceSeparator == groupLength else { return nil }
        number = value
    }

    /// Writes the address.
    public func text(_ style: Style) -> String {
        let digits: [UInt8] = Array(style.isUpperCase ? "0123456789ABCDEF".utf8 : "0123456789abcdef".utf8)
        var octets: [UInt8] = []
        octets.reserveCapacity(17)
        for index in 0..<6 {
            if index > 0, let separator = style.separator { octets.append(separator) }
            let octet = Int(number >> UInt64(40 - 8 * index) & 0xff)
            octets.append(digits[octet >> 4])
            octets.append(digits[octet & 15])
        }
        return String(decoding: octets, as: UTF8.self)
    }

    /// How an address is written.
    public enum Style: String, Sendable, CaseIterable, Codable {
        /// `AA-BB-CC-DD-EE-FF` (RFC 3580 §3.21).
        case upperDashes = "AA-BB-CC-DD-EE-FF"
        case lowerDashes = "aa-bb-cc-dd-ee-ff"
        case upperColons = "AA:BB:CC:DD:EE:FF"
        case lowerColons = "aa:bb:cc:dd:ee:ff"
        case upperPlain = "AABBCCDDEEFF"
        case lowerPlain = "aabbccddeeff"

        fileprivate var isUpperCase: Bool { self == .upperDashes || self == .upperColons || self == .upperPlain }

        fileprivate var separator: UInt8? {
            switch self {
            case .upperDashes, .lowerDashes: UInt8(ascii: "-")
            case .upperColons, .lowerColons: UInt8(ascii: ":")
            case .upperPlain, .lowerPlain: nil
            }
        }
    }
}
