/// A place in a text.
struct TextPosition: Equatable {
    /// Both from 1; columns are characters.
    let line: Int
    let column: Int

    /// - Parameter offset: of the octet; the end of the text at most.
    init(offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(offset)
        let lineFeed = UInt8(ascii: "\n")
        line = before.count { $0 == lineFeed } + 1
        let lineStart = before.lastIndex(of: lineFeed).map { $0 + 1 } ?? 0
        // Octets that continue a character are no column of their own.
        column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
    }

    var place: TopologyFormatError.Place { .line(line, column: column) }
}
