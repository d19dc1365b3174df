@testable import Documents
import Foundation
import Testing

/// Everything a reader gives for a text, in order.
enum CSVOutcome: Equatable {
    case record(Int, [String])
    case failure(CSVError)
}

/// - Parameter pieceLength: octets the source gives at a time.
func readCSV(_ octets: [UInt8], pieceLength: Int = .max) throws -> [CSVOutcome] {
    var rest = octets[...]
    var reader = CSVReader {
        let piece = Array(rest.prefix(pieceLength))
        rest = rest.dropFirst(pieceLength)
        return piece
    }
    var outcomes: [CSVOutcome] = []
    while true {
        do {
            guard let record = try reader.next() else { return outcomes }
            outcomes.append(.record(record.line, record.fields))
        } catch let error as CSVError {
            outcomes.append(.failure(error))
        }
    }
}

private func readCSV(_ text: String) throws -> [CSVOutcome] {
    try readCSV(Array(text.utf8))
}

@Suite struct CSVReaderTests {
    @Test func quotesHoldDelimitersLineEndsAndDoubledQuotes() throws {
        #expect(
            try readCSV("a,\"b,\"\"c\"\"\r\nd\",\ne,f,\"\"\n") == [
                .record(1, ["a", "b,\"c\"\r\nd", ""]), .record(3, ["e", "f", ""]),
            ])
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func everyLineEndCountsOnce(end: String) throws {
        let text = ["a,b", "", "c,\"x\(end)y\"", "d,e"].joined(separator: end)
        #expect(try readCSV(text) == [.record(1, ["a", "b"]), .record(3, ["c", "x\(end)y"]), .record(5, ["d", "e"])])
    }

    @Test func blankLinesAndEmptyRowsArePassedOver() throws {
        #expect(try readCSV("\n  \r\na,b\n\n,\n ,\t\nc,d") == [.record(3, ["a", "b"]), .record(7, ["c", "d"])])
        #expect(try readCSV("").isEmpty)
        #expect(try readCSV("\n\n").isEmpty)
    }

    @Test(arguments: [
        ("a;b;c", ["a", "b", "c"]), ("a\tb", ["a", "b"]), ("a,b;c,d", ["a", "b;c", "d"]), ("\"x;y;z\",b", ["x;y;z", "b"]),
        ("a,b;c", ["a", "b;c"]), ("alone", ["alone"]), ("\n\na;b", ["a", "b"]), ("o\"neil;b", ["o\"neil", "b"]),
        ("\"a\"\",;;;\",b", ["a\",;;;", "b"]), ("x\"\",b;c;d", ["x\"\",b", "c", "d"]),
    ]) func theDelimiterComesFromTheFirstLine(text: String, fields: [String]) throws {
        let outcomes = try readCSV(text)
        guard case .record(_, let found) = try #require(outcomes.first) else { Issue.record("no record"); return }
        #expect(found == fields)
    }

    @Test func laterLinesKeepTheFirstLinesDelimiter() throws {
        #expect(try readCSV("a;b\nc,d;e") == [.record(1, ["a", "b"]), .record(2, ["c,d", "e"])])
    }

    @Test func aQuoteInsideAFieldIsItself() throws {
        #expect(try readCSV("pa\"ss,x\"\n") == [.record(1, ["pa\"ss", "x\""])])
    }

    @Test func readingGoesOnBehindAWrongRow() throws {
        #expect(
            try readCSV("a,b\nc,\"d\"x,\"e\nf,g\n") == [
                .record(1, ["a", "b"]), .failure(CSVError(line: 2, column: 2, problem: .textAfterQuote)), .record(3, ["f", "g"]),
            ])
        #expect(
            try readCSV("a,b\nc,\"d\ne,f\n") == [
                .record(1, ["a", "b"]), .failure(CSVError(line: 2, column: 2, problem: .unterminatedQuote)),
            ])
    }

    @Test func whatIsNoTextIsRefusedByRow() throws {
        #expect(
            try readCSV(Array("a,b\nc,".utf8) + [0xE9] + Array("\nd,e\nf,".utf8) + [0xC3]) == [
                .record(1, ["a", "b"]), .failure(CSVError(line: 2, column: 2, problem: .notText)), .record(3, ["d", "e"]),
                .failure(CSVError(line: 4, column: 2, problem: .notText)),
            ])
    }

    @Test func nulCharactersAreDropped() throws {
        #expect(try readCSV([0] + Array("a,\0b\0\nc,d".utf8)) == [.record(1, ["a", "b"]), .record(2, ["c", "d"])])
    }

    @Test(arguments: ["bob,secret,bob@example.org,Bob,Jones\nАнна,x,anna@example.org,Анна,\n", "a,b\n"])
    func utf16NeedsNoByteOrderMark(text: String) throws {
        let expected = try readCSV(Array(text.utf8))
        #expect(try readCSV(text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }) == expected)
        #expect(try readCSV(text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }) == expected)
    }

    @Test func aRowBeyondTheLimitIsRefusedAndItsLineEndFound() throws {
        let long = String(repeating: "x", count: CSVReader.recordLimit + 1)
        #expect(
            try readCSV("a,\"\(long)\n\",b\nc,d") == [
                .failure(CSVError(line: 1, column: 2, problem: .recordTooLong)), .record(3, ["c", "d"]),
            ])
        #expect(try readCSV("a,\(long.dropFirst(3))\n").count == 1)
        let separators = String(repeating: ",", count: CSVReader.recordLimit + 1)
        #expect(
            try readCSV("a\(separators)\n") == [.failure(CSVError(line: 1, column: CSVReader.recordLimit, problem: .recordTooLong))])
    }

    @Test(arguments: [1, 2, 3, 7, 1 << 16]) func encodingsAndPiecesDoNotMatter(pieceLength: Int) throws {
        let text = "name;wörd\r\n\"日本\";🦊\n"
        let expected = [CSVOutcome.record(1, ["name", "wörd"]), .record(2, ["日本", "🦊"])]
        let utf16 = Array(text.utf16)
        let encodings: [[UInt8]] = [
            Array(text.utf8), [0xEF, 0xBB, 0xBF] + text.utf8,
            [0xFE, 0xFF] + utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] },
            [0xFF, 0xFE] + utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
        ]
        for octets in encodings { #expect(try readCSV(octets, pieceLength: pieceLength) == expected) }
    }

    @Test func halfASurrogatePairAndHalfAUnitAreNoText() throws {
        let high: [UInt8] = [0xD8, 0x3E]
        let letter: [UInt8] = [0, 0x61]
        let notText = [CSVOutcome.failure(CSVError(line: 1, column: 1, problem: .notText))]
        for octets in [high + letter, letter + high, [0xDC, 0x00] + letter, letter + [0]] {
            #expect(try readCSV([0xFE, 0xFF] + octets) == notText)
        }
    }

    @Test func aFileIsReadFromItsHandle() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("radian-\(UUID().uuidString).csv")
        defer { try? FileManager.default.removeItem(at: url) }
        let rows = (1...20_000).map { "user\($0),password" }
        try rows.joined(separator: "\n").write(to: url, atomically: true, encoding: .utf8)
        let file = try FileHandle(forReadingFrom: url)
        defer { try? file.close() }
        var reader = CSVReader(file: file)
        var last: CSVRecord?
        while let record = try reader.next() { last = record }
        #expect(last == CSVRecord(line: 20_000, fields: ["user20000", "password"]))
        #expect(reader.bytesRead == rows.joined(separator: "\n").utf8.count)
    }
}
