/// Hexadecimal text as stored password hashes use it.
enum Hex {
    /// The octets that `text` writes as pairs of hexadecimal digits of either case.
    ///
    /// - Returns: `nil` when the length is odd or a character is not a digit.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(text.count / 2)
        var high: UInt8?
        for character in text {
            guard let digit = value(of: character) else { return nil }
            if let upper = high {
                octets.append(upper << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return octets
    }

    /// `octets` as upper-case digits.
    static func encodeUppercase(_ octets: [UInt8]) -> String {
        encode(octets, digits: Array("0123456789ABCDEF".utf8))
    }

    /// `octets` as lower-case digits.
    static func encodeLowercase(_ octets: [UInt8]) -> String {
        encode(octets, digits: Array("0123456789abcdef".utf8))
    }

    private static func encode(_ octets: [UInt8], digits: [UInt8]) -> String {
        String(decoding: octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
