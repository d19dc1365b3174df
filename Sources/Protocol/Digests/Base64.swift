/// Base64 text (RFC 4648 §4), read leniently as stored password hashes need it.
public enum Base64 {
    /// The octets of `text`, with or without padding.
    ///
    /// A full stop counts as a plus sign: passlib and OpenLDAP write PBKDF2 hashes in that alphabet.
    /// - Returns: `nil` for any other character, for misplaced padding and for a length that no octets encode to.
    public static func decode(_ text: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        let padding = text.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
        guard padding == 0 || text.count.isMultiple(of: 4) else { return nil }
        let digits = text.dropLast(padding)
        guard digits.count % 4 != 1 else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(digits.count * 3 / 4)
        var pending: UInt32 = 0
        var pendingBits = 0
        for character in digits {
            guard let digit = value(of: character) else { return nil }
            pending = pending << 6 | UInt32(digit)
            pendingBits += 6
            if pendingBits >= 8 {
                pendingBits -= 8
                octets.append(UInt8(truncatingIfNeeded: pending >> UInt32(pendingBits)))
            }
        }
        return octets
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The digits of octets, without padding.
    static func encode(_ octets: [UInt8], alphabet: [UInt8] = alphabet) -> [UInt8] {
        var digits: [UInt8] = []
        digits.reserveCapacity((octets.count * 4 + 2) / 3)
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for index in 0...group.count { digits.append(alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)]) }
        }
        return digits
    }

    /// The text of octets, padded to a multiple of four characters.
    public static func text(_ octets: [UInt8]) -> String {
        let digits = encode(octets)
        return String(decoding: digits, as: UTF8.self) + String(repeating: "=", count: (4 - digits.count % 4) % 4)
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"), UInt8(ascii: "."): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
