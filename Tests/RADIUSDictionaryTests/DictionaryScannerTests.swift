import Testing

@testable import RADIUSDictionary

@Suite struct DictionaryScannerTests {
    private func scan(_ text: String) -> [(Int, [String])] {
        var scanner = DictionaryScanner(Array(text.utf8))
        var lines: [(Int, [String])] = []
        while let words = scanner.next() { lines.append((scanner.line, words)) }
        return lines
    }

    @Test func wordsAreCutAtBlanksAndComments() {
        let lines = scan("# head\r\nATTRIBUTE\tA  1 string#x\r\n\n  \t\nVALUE A b 2 # c d\nlast")
        #expect(lines.map(\.0) == [2, 5, 6])
        #expect(lines.map(\.1) == [["ATTRIBUTE", "A", "1", "string"], ["VALUE", "A", "b", "2"], ["last"]])
    }

    @Test func emptyTextHasNoLines() {
        #expect(scan("").isEmpty)
        #expect(scan("\n\n#").isEmpty)
    }

    @Test(
        arguments: [
            ("0", 0), ("42", 42), ("0x0700", 0x700), ("0XfF", 255), ("18446744073709551615", UInt64.max),
        ] as [(String, UInt64)])
    func numbersAreDecimalOrHexadecimal(_ text: String, _ number: UInt64) {
        #expect(parseNumber(text) == number)
    }

    @Test(arguments: ["", "-1", "+1", "0x", "1a", "18446744073709551616", "0x10000000000000000", " 1"])
    func otherTextsAreNoNumbers(_ text: String) {
        #expect(parseNumber(text) == nil)
    }
}
