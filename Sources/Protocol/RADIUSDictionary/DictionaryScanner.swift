/// Cuts a dictionary text into the words of its statements.
struct DictionaryScanner {
    private let bytes: [UInt8]
    private var index = 0
    /// Number of the line last returned, from 1.
    private(set) var line = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The words of the next line that has any; nil at the end. A `#` begins a comment anywhere.
    mutating func next() -> [String]? {
        var words: [String] = []
        while index < bytes.count {
            line += 1
            var start: Int?
            var inComment = false
            scan: while true {
                let byte = index < bytes.count ? bytes[index] : UInt8(ascii: "\n")
                let isEnd = byte == UInt8(ascii: "\n")
                if isEnd || byte == UInt8(ascii: "#") || isBlank(byte) {
                    if let from = start { words.append(String(decoding: bytes[from..<index], as: UTF8.self)) }
                    start = nil
                    if byte == UInt8(ascii: "#") { inComment = true }
                } else if start == nil, !inComment {
                    start = index
                }
                index += 1
                if isEnd { break scan }
            }
            if !words.isEmpty { return words }
        }
        return nil
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") || byte == 0x0b || byte == 0x0c
    }
}

/// ASCII lower case: names are compared without regard to case.
func foldName(_ name: some StringProtocol) -> String {
    if !name.utf8.contains(where: { 0x41...0x5a ~= $0 }) { return String(name) }
    return String(decoding: name.utf8.map { 0x41...0x5a ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
}

/// A decimal number or one in hexadecimal after `0x`; nil for anything else or too large.
func parseNumber(_ text: some StringProtocol) -> UInt64? {
    var digits = text.utf8[...]
    var radix: UInt64 = 10
    if digits.count > 2, digits.first == UInt8(ascii: "0"), let second = digits.dropFirst().first, second | 0x20 == UInt8(ascii: "x") {
        digits = digits.dropFirst(2)
        radix = 16
    }
    guard !digits.isEmpty else { return nil }
    var number: UInt64 = 0
    for byte in digits {
        let digit: UInt64
        switch byte {
        case 0x30...0x39: digit = UInt64(byte - 0x30)
        case 0x41...0x46 where radix == 16: digit = UInt64(byte - 0x41 + 10)
        case 0x61...0x66 where radix == 16: digit = UInt64(byte - 0x61 + 10)
        default: return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: radix)
        let (sum, carry) = product.addingReportingOverflow(digit)
        if overflow || carry { return nil }
        number = sum
    }
    return number
}
