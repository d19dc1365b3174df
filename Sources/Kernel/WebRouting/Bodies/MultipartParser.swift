/// Reads `multipart/form-data` (RFC 7578, RFC 2046 §5.1) as it arrives, in pieces of any size, with memory for one delimiter and one part's
/// header only.
struct MultipartParser {
    /// What a piece of the body brought.
    enum Event: Equatable {
        case part(Part)
        /// Some of the part's content.
        case content([UInt8])
        case endOfPart
    }

    /// The header of a part.
    struct Part: Equatable {
        var name: String
        /// Of an uploaded file; nil for a field.
        var fileName: String?
        /// In lower case; empty when the part does not say.
        var contentType: String
        var isUTF8 = true
    }

    /// The body is not what its Content-Type says.
    struct Malformed: Error {}

    private enum State {
        case preamble, afterDelimiter, header, content, epilogue
    }

    private static let longestHeader = 16 * 1024
    private static let mostParts = 200
    private static let lineEnd: [UInt8] = [13, 10]

    private let delimiter: [UInt8]
    private var state = State.preamble
    /// A delimiter starts with a line end; the first one may stand at the very start of the body.
    private var buffer: [UInt8] = Self.lineEnd
    private var parts = 0

    /// - Parameter boundary: of the Content-Type.
    init?(boundary: String) {
        guard (1...70).contains(boundary.utf8.count) else { return nil }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    /// Takes the next piece of the body.
    mutating func feed(_ bytes: [UInt8]) throws(Malformed) -> [Event] {
        buffer += bytes
        var events: [Event] = []
        while try step(&events) {}
        return events
    }

    /// Says that the body has ended.
    func finish() throws(Malformed) {
        guard case .epilogue = state else { throw Malformed() }
    }

    /// - Returns: false when it takes more bytes to go on.
    private mutating func step(_ events: inout [Event]) throws(Malformed) -> Bool {
        switch state {
        case .preamble:
            guard let start = find(delimiter) else {
                discard(keeping: delimiter.count - 1)
                return false
            }
            buffer.removeFirst(start + delimiter.count)
            state = .afterDelimiter
        case .afterDelimiter:
            guard buffer.count >= 2 else { return false }
            if buffer.starts(with: [UInt8(ascii: "-"), UInt8(ascii: "-")]) {
                state = .epilogue
                return true
            }
            let blanks = buffer.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
            guard blanks < 256 else { throw Malformed() }
            guard buffer.count >= blanks + 2 else { return false }
            guard buffer.dropFirst(blanks).starts(with: Self.lineEnd), parts < Self.mostParts else { throw Malformed() }
            // The line end stays, so that a header ends with two of them even when it is empty.
            buffer.removeFirst(blanks)
            parts += 1
            state = .header
        case .header:
            guard let end = find([13, 10, 13, 10]) else {
                guard buffer.count < Self.longestHeader else { throw Malformed() }
                return false
            }
            guard end < Self.longestHeader else { throw Malformed() }
            events.append(.part(try Self.part(buffer[..<end])))
            buffer.removeFirst(end + 4)
            state = .content
        case .content:
            guard let end = find(delimiter) else {
                emit(upTo: buffer.count - (delimiter.count - 1), &events)
                return false
            }
            emit(upTo: end, &events)
            buffer.removeFirst(delimiter.count)
            events.append(.endOfPart)
            state = .afterDelimiter
        case .epilogue:
            buffer.removeAll()
            return false
        }
        return true
    }

    private mutating func emit(upTo end: Int, _ events: inout [Event]) {
        guard end > 0 else { return }
        events.append(.content(Array(buffer[..<end])))
        buffer.removeFirst(end)
    }

    private mutating func discard(keeping count: Int) {
        if buffer.count > count { buffer.removeFirst(buffer.count - count) }
    }

    private func find(_ pattern: [UInt8]) -> Int? {
        guard buffer.count >= pattern.count else { return nil }
        let last = buffer.count - pattern.count
        var index = 0
        while index <= last {
            guard let next = buffer[index...last].firstIndex(of: pattern[0]) else { return nil }
            if buffer[next..<(next + pattern.count)].elementsEqual(pattern) { return next }
            index = next + 1
        }
        return nil
    }

    private static func part(_ header: ArraySlice<UInt8>) throws(Malformed) -> Part {
        guard let text = String(validating: header, as: UTF8.self) else { throw Malformed() }
        var part = Part(name: "", fileName: nil, contentType: "")
        var hasName = false
        for line in text.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { throw Malformed() }
            let value = String(line[line.index(after: colon)...])
            switch line[..<colon].lowercased() {
            case "content-disposition":
                let disposition = MediaType(value)
                guard disposition.name == "form-data", let name = disposition.parameters["name"] else { throw Malformed() }
                (part.name, hasName) = (name, true)
                part.fileName = disposition.parameters["filename"]
            case "content-type":
                let type = MediaType(value)
                (part.contentType, part.isUTF8) = (type.name, type.isUTF8)
            default: continue
            }
        }
        guard hasName else { throw Malformed() }
        return part
    }
}
