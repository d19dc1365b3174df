/// The transfer encoding that leaves text legible (RFC 2045 §6.7).
enum QuotedPrintable {
    /// Lines of at most 76 characters that end with CR LF; line ends of the text are its own.
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        var column = 0
        let octets = Array(text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").utf8)
        for (index, octet) in octets.enumerated() {
            if octet == UInt8(ascii: "\n") {
                out += [13, 10]
                column = 0
                continue
            }
            let endsLine = index + 1 == octets.count || octets[index + 1] == UInt8(ascii: "\n")
            let isBlank = octet == 0x20 || octet == 0x09
            let isLiteral = isBlank ? !endsLine : (0x21...0x7e).contains(octet) && octet != UInt8(ascii: "=")
            let piece = isLiteral ? [octet] : [UInt8(ascii: "="), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
            if column + piece.count > 75 {
                out += [UInt8(ascii: "="), 13, 10]
                column = 0
            }
            out += piece
            column += piece.count
        }
        if column > 0 { out += [13, 10] }
        return String(decoding: out, as: UTF8.self)
    }
}
