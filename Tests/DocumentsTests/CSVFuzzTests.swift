import Documents
import Testing

@Suite struct CSVFuzzTests {
    /// xorshift64*, so that a failing seed can be run again.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 0x2545_F491_4F6C_DD1D
        }
    }

    /// Whatever the octets: no trap, lines never go back, and the pieces in which they come change nothing.
    @Test(arguments: 1...400) func anyOctetsInAnyPiecesGiveTheSameRows(seed: Int) throws {
        var generator = Generator(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
        let marks: [[UInt8]] = [[], [], [0xEF, 0xBB, 0xBF], [0xFE, 0xFF], [0xFF, 0xFE]]
        let alphabet = Array("\",;\t\r\nab ".utf8) + [0, 0xC3, 0xA9, 0xD8, 0x3E, 0xFF]
        let octets =
            (marks.randomElement(using: &generator) ?? [])
            + (0..<Int.random(in: 0...200, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
        let whole = try readCSV(octets)
        let lines = whole.map { outcome in
            switch outcome {
            case .record(let line, _): line
            case .failure(let error): error.line
            }
        }
        #expect(lines == lines.sorted())
        for pieceLength in [1, 2, 5] { #expect(try readCSV(octets, pieceLength: pieceLength) == whole) }
    }

    /// What is quoted by the rules comes back as it was.
    @Test(arguments: 1...200) func quotedFieldsComeBack(seed: Int) throws {
        var generator = Generator(state: UInt64(seed) &* 0xD134_2543_DE82_EF95)
        let alphabet = Array("\",;\t\r\né🦊x")
        let rows = (0..<5).map { _ in
            (0..<3).map { _ in
                "x" + String((0..<Int.random(in: 0...6, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? "x" })
            }
        }
        let text = rows.map { $0.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",") }.joined(separator: "\r\n")
        let fields = try readCSV(Array(text.utf8)).map { outcome -> [String] in
            guard case .record(_, let fields) = outcome else { return [] }
            return fields
        }
        #expect(fields == rows)
    }
}
