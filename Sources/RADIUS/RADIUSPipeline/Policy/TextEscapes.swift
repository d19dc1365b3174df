/// The escapes that FreeRADIUS knows in text values of its tables, quoted or not: `\\`, `\"`, `\n`, `\r`, `\t` and three octal digits.
///
/// Any other backslash stands for itself, so that `DOMAIN\user` and `a\.b` mean what they say.
enum TextEscapes {
    static func unescape(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let next = rest.first else {
                result.append(byte)
                continue
            }
            if let escaped = simple[next] {
                result.append(escaped)
                rest = rest.dropFirst()
            } else if let octal = octal(rest.prefix(3)) {
                result.append(octal)
                rest = rest.dropFirst(3)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// What ``unescape(_:)`` reads as `text`.
    static func escape(_ text: String) -> String {
        text.replacing("\\", with: "\\\\")
    }

    private static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "n"): UInt8(ascii: "\n"),
        UInt8(ascii: "r"): UInt8(ascii: "\r"), UInt8(ascii: "t"): UInt8(ascii: "\t"),
    ]

    private static func octal(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 3, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }) else { return nil }
        return UInt8(exactly: digits.reduce(0) { $0 * 8 + Int($1 - UInt8(ascii: "0")) })
    }
}
