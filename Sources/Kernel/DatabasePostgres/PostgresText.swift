/// PostgreSQL's text form of values.
enum PostgresText {
    /// The number at the start of the text, cut at the decimal point and limited to 64 bits; `t` is 1; 0 for any other text.
    static func integer(_ text: UnsafeRawBufferPointer) -> Int64 {
        if text.count == 1, text[0] == UInt8(ascii: "t") { return 1 }
        let isNegative = text.first == UInt8(ascii: "-")
        var value: Int64 = 0
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { break }
            let (product, isTooLong) = value.multipliedReportingOverflow(by: 10)
            let digit = Int64(byte - UInt8(ascii: "0"))
            // Downwards, as the lowest number has no positive counterpart.
            let (next, isTooLarge) = isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if isTooLong || isTooLarge { return isNegative ? .min : .max }
            value = next
        }
        return value
    }

    /// The content of `\x0123...`; empty when the text is not that.
    static func bytes(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        guard text.starts(with: #"\x"#.utf8), text.count.isMultiple(of: 2) else { return [] }
        return stride(from: 2, to: text.count, by: 2).map { digit(text[$0]) << 4 | digit(text[$0 + 1]) }
    }

    private static func digit(_ byte: UInt8) -> UInt8 {
        byte <= UInt8(ascii: "9") ? byte &- UInt8(ascii: "0") : byte &- UInt8(ascii: "a") &+ 10
    }
}
