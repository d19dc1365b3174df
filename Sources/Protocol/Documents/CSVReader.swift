public import Foundation

/// Reads CSV (RFC 4180) in pieces, so that a file of any size needs the memory of one row.
///
/// Beyond the RFC it accepts what spreadsheets and editors write: `;` or tab as the delimiter, found from the first line;
/// lines that end with LF, CR LF or CR; UTF-8 and UTF-16 with or without byte order mark; NUL characters, which are dropped; a quote
/// inside a field that does not begin with one, taken as it is. Blank lines, and lines whose fields are all blank, are passed over.
public struct CSVReader {
    /// The longest row, in octets of UTF-8.
    public static let recordLimit = 1 << 20
    private static let chunkSize = 64 * 1024

    /// About how many octets of the source the rows so far took, for progress; exact at the end, and for UTF-8.
    public var bytesRead: Int { max(0, bytesFetched - (buffer.count - position)) }
    private var bytesFetched = 0
    private let nextChunk: () throws -> [UInt8]
    private var decoder = TextDecoder()
    private var parser: CSVParser?
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// - Parameter nextChunk: the next octets, any number; none at the end. It is not called again after that.
    public init(nextChunk: @escaping () throws -> [UInt8]) {
        self.nextChunk = nextChunk
    }

    /// Reads an open file from where it stands; the caller closes it.
    public init(file: FileHandle) {
        self.init { Array(try file.read(upToCount: Self.chunkSize) ?? Data()) }
    }

    /// The next row.
    /// - Returns: nil at the end of the text.
    /// - Throws: ``CSVError`` for a row that is wrong, after which the next call reads on behind it; or the source's error.
    public mutating func next() throws -> CSVRecord? {
        var parser = try takeParser()
        defer { self.parser = parser }
        while true {
            while position < buffer.count {
                position += 1
                guard let outcome = parser.consume(buffer[position - 1]) else { continue }
                return try Self.unwrap(outcome)
            }
            guard try fill() else { return try parser.finish().flatMap(Self.unwrap) }
        }
    }

    private static func unwrap(_ outcome: CSVParser.Outcome) throws -> CSVRecord {
        switch outcome {
        case .record(let record): record
        case .failure(let error): throw error
        }
    }

    /// Replaces the buffer, all of which was used.
    /// - Returns: false at the end of the text.
    private mutating func fill() throws -> Bool {
        buffer = []
        position = 0
        while buffer.isEmpty, !isAtEnd { buffer = try decodeChunk() }
        return !buffer.isEmpty
    }

    private mutating func decodeChunk() throws -> [UInt8] {
        let chunk = try nextChunk()
        bytesFetched += chunk.count
        isAtEnd = chunk.isEmpty
        return isAtEnd ? decoder.finish() : decoder.decode(chunk)
    }

    /// The parser, made when the first line is there to find the delimiter in.
    private mutating func takeParser() throws -> CSVParser {
        if let parser {
            // The only owner changes it in place.
            self.parser = nil
            return parser
        }
        while !isAtEnd, buffer.count < Self.chunkSize, !DelimiterCount(buffer).isComplete { buffer += try decodeChunk() }
        return CSVParser(delimiter: DelimiterCount(buffer).delimiter, recordLimit: Self.recordLimit)
    }
}

/// Which of the possible delimiters the first line with text has most of, outside quotes.
private struct DelimiterCount {
    private static let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    private var counts = [0, 0, 0]
    /// Whether the line's end was seen.
    private(set) var isComplete = false

    init(_ text: [UInt8]) {
        var isQuoted = false
        // At a field's beginning, and behind a closing quote, which a second one opens again.
        var mayOpen = true
        var hasText = false
        for octet in text {
            let isLineEnd = octet == UInt8(ascii: "\n") || octet == UInt8(ascii: "\r")
            if octet == UInt8(ascii: "\""), isQuoted || mayOpen {
                isQuoted.toggle()
                mayOpen = !isQuoted
            } else if !isQuoted {
                let candidate = Self.candidates.firstIndex(of: octet)
                if let candidate { counts[candidate] += 1 }
                mayOpen = candidate != nil || isLineEnd
                isComplete = isLineEnd && hasText
                if isComplete { return }
            }
            hasText = hasText || octet > UInt8(ascii: " ")
        }
    }

    /// The first of several that occur as often.
    var delimiter: UInt8 {
        let most = counts.max() ?? 0
        return Self.candidates[counts.firstIndex(of: most) ?? 0]
    }
}
