/// A line of a text, without its end and the blanks before that.
struct TextLine {
    /// From 1.
    let number: Int
    let bytes: ArraySlice<UInt8>

    var isBlank: Bool { bytes.isEmpty }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var place: TopologyFormatError.Place { .line(number) }

    func equals(_ text: StaticString) -> Bool { text.withUTF8Buffer { bytes.elementsEqual($0) } }
    func begins(with text: StaticString) -> Bool { text.withUTF8Buffer { bytes.starts(with: $0) } }

    /// What stands between the separators, empty ones included.
    func fields(separatedBy separator: UInt8) -> [String] {
        bytes.split(separator: separator, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }

    /// What stands between blanks and tabs.
    var words: [String] {
        bytes.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The lines of a text; the last is empty where the text ends with a line's end. Tabs at the end of a line stay: they separate.
    static func lines(of bytes: [UInt8]) -> [TextLine] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().map { index, line in
            var line = line
            while let last = line.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\r") { line.removeLast() }
            return TextLine(number: index + 1, bytes: line)
        }
    }
}
