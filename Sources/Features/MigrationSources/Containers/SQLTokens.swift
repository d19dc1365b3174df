/// SQL of dumps, token by token.
///
/// What engines write differently: MySQL and MariaDB escape by backslashes and quote names by backticks, PostgreSQL has `E'…'` and
/// `$tag$…$tag$`.
struct SQLTokens {
    enum Token: Equatable {
        /// A key word, an unquoted name or a number, as written.
        case word(String)
        /// A name in quotes.
        case name(String)
        case string([UInt8])
        case symbol(UInt8)
    }

    static let valueLimit = 16 << 20

    let bytes: DumpBytes
    /// Whether a backslash escapes inside plain strings.
    let hasBackslashEscapes: Bool

    private static let quote = UInt8(ascii: "'")
    private static let backslash = UInt8(ascii: "\\")

    /// The next token, comments left out; nil at the end of the file.
    func next() throws -> Token? {
        while let byte = try bytes.peek() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                _ = try bytes.next()
            case UInt8(ascii: "-"):
                _ = try bytes.next()
                guard try bytes.peek() == UInt8(ascii: "-") else { return try signed() }
                _ = try bytes.line(limit: Self.valueLimit)
            case UInt8(ascii: "#") where hasBackslashEscapes:
                _ = try bytes.line(limit: Self.valueLimit)
            case UInt8(ascii: "/"):
                _ = try bytes.next()
                guard try bytes.peek() == UInt8(ascii: "*") else { return .symbol(byte) }
                try skipComment()
            case Self.quote:
                _ = try bytes.next()
                return .string(try string(escapes: hasBackslashEscapes))
            case UInt8(ascii: "\""), UInt8(ascii: "`"):
                _ = try bytes.next()
                return .name(try quotedName(byte))
            case UInt8(ascii: "$") where !hasBackslashEscapes:
                return try dollar()
            case _ where Self.isWord(byte):
                return try word()
            default:
                _ = try bytes.next()
                return .symbol(byte)
            }
        }
        return nil
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "@") || byte >= 0x80
    }

    /// A number behind its minus sign.
    private func signed() throws -> Token {
        var text = [UInt8(ascii: "-")]
        while let byte = try bytes.peek(), Self.isWord(byte) {
            text.append(byte)
            _ = try bytes.next()
        }
        return text.count == 1 ? .symbol(text[0]) : .word(String(decoding: text, as: UTF8.self))
    }

    private func word() throws -> Token {
        var text: [UInt8] = []
        while let byte = try bytes.peek(), Self.isWord(byte) || isExponentSign(byte, text) {
            text.append(byte)
            guard text.count <= Self.valueLimit else { throw SourceError.tooLong(bytes.position) }
            _ = try bytes.next()
        }
        // A prefix that stands right before a string says how it is written.
        if text.count == 1, try bytes.peek() == Self.quote {
            switch text[0] | 0x20 {
            case UInt8(ascii: "e"):
                _ = try bytes.next()
                return .string(try string(escapes: true))
            case UInt8(ascii: "n"):
                _ = try bytes.next()
                return .string(try string(escapes: hasBackslashEscapes))
            case UInt8(ascii: "x"):
                _ = try bytes.next()
                return .string(Self.hexadecimal(try string(escapes: false)))
            case UInt8(ascii: "b"):
                _ = try bytes.next()
                return .string(Self.bits(try string(escapes: false)))
            default: break
            }
        }
        if text.count > 2, text[0] == UInt8(ascii: "0"), text[1] == UInt8(ascii: "x"), hasBackslashEscapes {
            return .string(Self.hexadecimal(Array(text.dropFirst(2))))
        }
        return .word(String(decoding: text, as: UTF8.self))
    }

    /// `1.5e+300`.
    private func isExponentSign(_ byte: UInt8, _ text: [UInt8]) -> Bool {
        guard byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"), let last = text.last, let first = text.first else { return false }
        return last | 0x20 == UInt8(ascii: "e") && first.isDigit
    }

    /// The rest of a string whose opening quote was taken.
    private func string(escapes: Bool) throws -> [UInt8] {
        var text: [UInt8] = []
        while let byte = try bytes.next() {
            if byte == Self.quote {
                guard try bytes.peek() == Self.quote else { return text }
                _ = try bytes.next()
                text.append(byte)
            } else if byte == Self.backslash, escapes {
                guard let escaped = try bytes.next() else { break }
                text.append(Self.unescaped(escaped))
            } else {
                text.append(byte)
            }
            guard text.count <= Self.valueLimit else { throw SourceError.tooLong(bytes.position) }
        }
        throw SourceError.malformed(bytes.position, "a string does not end")
    }

    static func unescaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "n"): UInt8(ascii: "\n")
        case UInt8(ascii: "r"): UInt8(ascii: "\r")
        case UInt8(ascii: "t"): UInt8(ascii: "\t")
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "0"): 0
        case UInt8(ascii: "Z"): 26
        default: byte
        }
    }

    private func quotedName(_ quote: UInt8) throws -> String {
        var text: [UInt8] = []
        while let byte = try bytes.next(), text.count < 4096 {
            if byte == quote {
                guard try bytes.peek() == quote else { return String(decoding: text, as: UTF8.self) }
                _ = try bytes.next()
            }
            text.append(byte)
        }
        throw SourceError.malformed(bytes.position, "a name does not end")
    }

    /// `$tag$…$tag$`, the body of a function: nothing in it is of use, but its semicolons end no statement.
    private func dollar() throws -> Token {
        var tag: [UInt8] = []
        repeat {
            guard let byte = try bytes.next(), tag.count < 128 else {
                throw SourceError.malformed(bytes.position, "a dollar quote does not begin")
            }
            tag.append(byte)
            guard tag.count == 1 || byte == UInt8(ascii: "$") || Self.isWord(byte) else { return .symbol(byte) }
        } while tag.count == 1 || tag.last != UInt8(ascii: "$")
        var tail: [UInt8] = []
        while let byte = try bytes.next() {
            tail.append(byte)
            if tail.count > tag.count { tail.removeFirst() }
            if tail == tag { return .string([]) }
        }
        throw SourceError.malformed(bytes.position, "a dollar quote does not end")
    }

    private func skipComment() throws {
        var previous: UInt8 = 0
        _ = try bytes.next()
        while let byte = try bytes.next() {
            if previous == UInt8(ascii: "*"), byte == UInt8(ascii: "/") { return }
            previous = byte
        }
    }

    private static func hexadecimal(_ digits: [UInt8]) -> [UInt8] {
        func value(_ byte: UInt8) -> UInt8 { byte.isDigit ? byte - UInt8(ascii: "0") : (byte | 0x20) &- UInt8(ascii: "a") &+ 10 }
        guard digits.allSatisfy(\.isHexadecimalDigit), digits.count.isMultiple(of: 2) else { return digits }
        return stride(from: 0, to: digits.count, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    }

    /// A bit field as a number.
    private static func bits(_ digits: [UInt8]) -> [UInt8] {
        Array(String(digits.prefix(62).reduce(0) { $0 << 1 | ($1 == UInt8(ascii: "1") ? 1 : 0) }).utf8)
    }
}
