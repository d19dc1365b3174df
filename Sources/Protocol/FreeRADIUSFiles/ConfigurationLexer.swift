/// Splits a FreeRADIUS configuration into words, quoted texts, braces and line ends.
struct ConfigurationLexer {
    enum Token: Equatable {
        case word(String)
        /// Content of a quoted text; `expands` for double quotes.
        case quoted(String, expands: Bool)
        case open
        case close
        case end
    }

    private let bytes: [UInt8]
    private var index = 0
    private(set) var line = 1
    let file: String

    init(_ text: String, file: String) {
        bytes = Array(text.utf8)
        self.file = file
    }

    var position: ConfigurationSection.Position { .init(file: file, line: line) }

    /// The next token; nil at the end of the text. Line ends are tokens, since they end a statement.
    mutating func next() throws(FreeRADIUSFileError) -> (token: Token, position: ConfigurationSection.Position)? {
        skipBlanks()
        guard index < bytes.count else { return nil }
        let start = position
        switch bytes[index] {
        case UInt8(ascii: "\n"), UInt8(ascii: ","), UInt8(ascii: ";"):
            if bytes[index] == UInt8(ascii: "\n") { line += 1 }
            index += 1
            return (.end, start)
        case UInt8(ascii: "{"):
            index += 1
            return (.open, start)
        case UInt8(ascii: "}"):
            index += 1
            return (.close, start)
        case UInt8(ascii: "\""): return (.quoted(try quoted(), expands: true), start)
        case UInt8(ascii: "'"), UInt8(ascii: "`"): return (.quoted(try quoted(), expands: false), start)
        default: return (.word(word()), start)
        }
    }

    private mutating func skipBlanks() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): index += 1
            case UInt8(ascii: "#"):
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            case UInt8(ascii: "\\") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\n"):
                index += 2
                line += 1
            default: return
            }
        }
    }

    private mutating func quoted() throws(FreeRADIUSFileError) -> String {
        let start = position
        let quote = bytes[index]
        index += 1
        var content: [UInt8] = []
        while index < bytes.count, bytes[index] != quote {
            var byte = bytes[index]
            if byte == UInt8(ascii: "\n") { line += 1 }
            if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                index += 1
                byte = bytes[index]
                switch byte {
                case UInt8(ascii: "n"): byte = 10
                case UInt8(ascii: "r"): byte = 13
                case UInt8(ascii: "t"): byte = 9
                case quote, UInt8(ascii: "\\"): break
                default: content.append(UInt8(ascii: "\\"))
                }
            }
            content.append(byte)
            index += 1
        }
        guard index < bytes.count else { throw FreeRADIUSFileError(start, "a quoted text has no end") }
        index += 1
        return String(decoding: content, as: UTF8.self)
    }

    /// Up to a blank, a comment or a brace of its own; `${…}` and `%{…}` belong to the word.
    private mutating func word() -> String {
        let start = index
        var depth = 0
        // An operator ends a name that touches it: `ipaddr=192.0.2.1`.
        let isOperator = Self.operatorBytes.contains(bytes[index])
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") { break }
            if depth == 0 {
                if [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: ","), UInt8(ascii: ";")].contains(byte) {
                    break
                }
                if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") {
                    guard byte == UInt8(ascii: "{"), index > start,
                        [UInt8(ascii: "$"), UInt8(ascii: "%")].contains(bytes[index - 1]) || isEnvironment(start)
                    else { break }
                }
                if index > start, Self.operatorBytes.contains(byte) != isOperator, isOperator || byte == UInt8(ascii: "=") { break }
            }
            if byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "}") { depth -= 1 }
            index += 1
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private func isEnvironment(_ start: Int) -> Bool { bytes[start..<index].suffix(4).elementsEqual("$ENV".utf8) }

    private static let operatorBytes: Set<UInt8> = Set("=:+!<>~*".utf8)
}
