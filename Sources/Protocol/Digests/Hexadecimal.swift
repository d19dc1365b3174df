/// Octets as pairs of hexadecimal digits.
public enum Hexadecimal {
    /// The octets that `digits` write, in either case.
    /// - Returns: nil when their number is odd or a character is no digit.
    public static func decode(_ digits: some Collection<UInt8>) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for character in digits {
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

    /// Lower-case digits, two for each octet.
    @inlinable public static func encode(_ octets: some Collection<UInt8>) -> String {
        encode(octets, digits: "0123456789abcdef")
    }

    /// Upper-case digits, two for each octet.
    public static func encodeUppercase(_ octets: some Collection<UInt8>) -> String {
        encode(octets, digits: "0123456789ABCDEF")
    }

    @inlinable static func encode(_ octets: some Collection<UInt8>, digits: StaticString, prefix: StaticString = "") -> String {
        String(unsafeUninitializedCapacity: prefix.utf8CodeUnitCount + octets.count * 2) { text in
            var end = 0
            while end < prefix.utf8CodeUnitCount {
                text[end] = prefix.utf8Start[end]
                end += 1
            }
            for octet in octets {
                text[end] = digits.utf8Start[Int(octet >> 4)]
                text[end + 1] = digits.utf8Start[Int(octet & 15)]
                end += 2
            }
            return end
        }
    }

    /// The value of one digit of either case; nil for any other character.
    public static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
