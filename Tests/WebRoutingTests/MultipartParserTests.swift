import Testing

@testable import WebRouting

@Suite struct MultipartParserTests {
    private static let body = """
        preamble to be ignored\r
        --b0\r
        Content-Disposition: form-data; name="name"\r
        \r
        first\r
        --b0 \t\r
        content-disposition: form-data; name="file"; filename="a \\"b\\" C:\\dir.csv"\r
        Content-Type: text/csv; charset=UTF-8\r
        \r
        line 1\r
        --b1 is no boundary\r
        --b\r\r\n\r
        --b0\r
        Content-Disposition: form-data; name=empty\r
        \r
        \r
        --b0--\r
        epilogue
        """

    /// Parts with their contents put together.
    private static func parse(_ body: [UInt8], chunks: some Sequence<Int>) throws -> [String] {
        var parser = try #require(MultipartParser(boundary: "b0"))
        var result: [String] = []
        var rest = body[...]
        var sizes = chunks.makeIterator()
        while !rest.isEmpty {
            let size = max(1, sizes.next() ?? rest.count)
            for event in try parser.feed(Array(rest.prefix(size))) {
                switch event {
                case .part(let part): result.append("\(part.name)|\(part.fileName ?? "-")|\(part.contentType)|")
                case .content(let bytes): result[result.count - 1] += String(decoding: bytes, as: UTF8.self)
                case .endOfPart: result[result.count - 1] += "."
                }
            }
            rest = rest.dropFirst(size)
        }
        try parser.finish()
        return result
    }

    private static let expected = [
        "name|-||first.", "file|a \"b\" C:\\dir.csv|text/csv|line 1\r\n--b1 is no boundary\r\n--b\r\r\n.", "empty|-||.",
    ]

    @Test func `fields and files are told apart`() throws {
        #expect(try Self.parse(Array(Self.body.utf8), chunks: []) == Self.expected)
    }

    @Test(arguments: [1, 2, 3, 5, 7, 11, 64]) func `the pieces that a body arrives in make no difference`(_ size: Int) throws {
        #expect(try Self.parse(Array(Self.body.utf8), chunks: repeatElement(size, count: 10_000)) == Self.expected)
    }

    @Test(arguments: [
        "", "--b0", "--b0\r\n", "--b0--x", "no boundary at all", "--b0\r\n\r\nx\r\n--b0--",
        "--b0\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--b0--",
        "--b0\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b0--",
        "--b0\r\nnonsense\r\n\r\nx\r\n--b0--", "--b0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nnever ends",
        "--b0 " + String(repeating: " ", count: 300) + "\r\n",
    ]) func `what is no such body is refused`(_ body: String) {
        #expect(throws: (any Error).self) {
            guard try Self.parse(Array(body.utf8), chunks: []).isEmpty, body.hasPrefix("--b0--") else { throw MultipartParser.Malformed() }
            throw MultipartParser.Malformed()
        }
    }

    @Test func `a header without end is refused before it fills the memory`() throws {
        var parser = try #require(MultipartParser(boundary: "b0"))
        _ = try parser.feed(Array("--b0\r\nContent-Disposition: ".utf8))
        #expect(throws: MultipartParser.Malformed.self) {
            for _ in 0..<64 { _ = try parser.feed([UInt8](repeating: 97, count: 1024)) }
        }
    }

    @Test func `too many parts are refused`() {
        let part = "--b0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n"
        let body = String(repeating: part, count: 300) + "--b0--"
        #expect(throws: MultipartParser.Malformed.self) { try Self.parse(Array(body.utf8), chunks: []) }
    }

    @Test(arguments: ["", String(repeating: "b", count: 71)]) func `a boundary must be one`(_ boundary: String) {
        #expect(MultipartParser(boundary: boundary) == nil)
    }

    /// Any damage is refused or read, and nothing of the body gets lost on the way to the fields.
    @Test func `damaged bodies do no harm`() {
        var generator = Seeded(state: 0x9E37_79B9_7F4A_7C15)
        for _ in 0..<2000 {
            var body = Array(Self.body.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<body.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: body[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: body.remove(at: place)
                case 2: body.insert(contentsOf: Array("\r\n--b0".utf8).prefix(Int.random(in: 1...6, using: &generator)), at: place)
                default: body.removeSubrange(place...)
                }
                if body.isEmpty { break }
            }
            let sizes = (0..<body.count).map { _ in Int.random(in: 1...40, using: &generator) }
            let whole = try? Self.parse(body, chunks: [])
            let pieces = try? Self.parse(body, chunks: sizes)
            #expect(whole == pieces)
        }
    }
}

/// The same random numbers each time (xorshift64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
