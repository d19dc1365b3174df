/// Percent-encoding (RFC 3986 §2.1) and the pairs of forms that build on it.
enum PercentCoding {
    /// The text that stands behind the escapes; an escape that is none stays as it is.
    /// - Parameter plusIsBlank: as in forms and queries.
    /// - Returns: nil for what is not UTF-8.
    static func decode(_ text: some Sequence<UInt8>, plusIsBlank: Bool = false) -> String? {
        let source = Array(text)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            let byte = source[index]
            if byte == UInt8(ascii: "%"), index + 2 < source.count, let high = digit(source[index + 1]), let low = digit(source[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
                continue
            }
            bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            index += 1
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// `a=1&b=2` in its order.
    /// - Returns: nil for what is not UTF-8 or has too many pairs.
    static func pairs(_ text: some Sequence<UInt8>) -> [(name: String, value: String)]? {
        var pairs: [(String, String)] = []
        for pair in Array(text).split(separator: UInt8(ascii: "&")) {
            let sign = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard pairs.count < mostPairs, let name = decode(pair[..<sign], plusIsBlank: true),
                let value = decode(pair[sign...].dropFirst(), plusIsBlank: true)
            else { return nil }
            pairs.append((name, value))
        }
        return pairs
    }

    private static let mostPairs = 1000

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
