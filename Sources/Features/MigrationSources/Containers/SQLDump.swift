/// A dump in SQL: of `pg_dump` (COPY or INSERT), `mysqldump`, `mariadb-dump`, phpMyAdmin or SQLite's `.dump`.
///
/// It is read from the beginning each time, in constant memory. Statements that are no data are passed over.
struct SQLDump: SourceContainer {
    let path: String
    private let hasBackslashEscapes: Bool

    /// - Parameter beginning: the first octets of the file, by which the program that wrote it is known.
    init(path: String, beginning: [UInt8]) {
        self.path = path
        let text = String(decoding: beginning, as: UTF8.self)
        hasBackslashEscapes = ["MySQL dump", "MariaDB dump", "phpMyAdmin", "ENGINE=", "`"].contains { text.contains($0) }
    }

    func read(_ wants: (String) -> Bool, _ take: (SourceRecord) throws -> Void, _ progress: (Int) -> Void) throws {
        let bytes = try DumpBytes(path: path)
        var reader = SQLDumpReader(bytes: bytes, hasBackslashEscapes: hasBackslashEscapes)
        try reader.run(wants, take, progress)
    }
}

/// One pass over a dump.
private struct SQLDumpReader {
    private typealias Token = SQLTokens.Token
    private var tokens: SQLTokens
    private var bytes: DumpBytes { tokens.bytes }
    /// Of tables whose CREATE statement came already, for INSERTs that name no columns.
    private var created: [String: SourceColumns] = [:]

    init(bytes: DumpBytes, hasBackslashEscapes: Bool) {
        tokens = SQLTokens(bytes: bytes, hasBackslashEscapes: hasBackslashEscapes)
    }

    private static let comma = Token.symbol(UInt8(ascii: ","))
    private static let open = Token.symbol(UInt8(ascii: "("))
    private static let close = Token.symbol(UInt8(ascii: ")"))
    private static let end = Token.symbol(UInt8(ascii: ";"))

    mutating func run(_ wants: (String) -> Bool, _ take: (SourceRecord) throws -> Void, _ progress: (Int) -> Void) throws {
        while let token = try tokens.next() {
            progress(bytes.position)
            if token == Self.end { continue }
            // psql's own commands are lines.
            if token == .symbol(UInt8(ascii: "\\")) {
                _ = try bytes.line(limit: SQLTokens.valueLimit)
                continue
            }
            guard case .word(let word) = token else {
                try skipStatement()
                continue
            }
            switch word.uppercased() {
            case "COPY": try readCopy(wants, take, progress)
            case "INSERT", "REPLACE": try readInsert(wants, take, progress)
            case "CREATE": try readCreate()
            case "DELIMITER": try skipDelimited()
            default: try skipStatement()
            }
        }
    }

    private mutating func skipStatement() throws {
        while let token = try tokens.next(), token != Self.end {}
    }

    /// Triggers and functions of MySQL: lines until the delimiter is a semicolon again.
    private func skipDelimited() throws {
        guard let line = try bytes.line(limit: SQLTokens.valueLimit), Self.text(line) != ";" else { return }
        while let line = try bytes.line(limit: SQLTokens.valueLimit) {
            let words = Self.text(line).split(separator: " ")
            if words.count == 2, words[0].uppercased() == "DELIMITER", words[1] == ";" { return }
        }
    }

    private static func text(_ line: [UInt8]) -> String { String(decoding: line, as: UTF8.self).trimmingBlanks }

    /// The last part of `schema.table`, in lower case, and the token behind it.
    private mutating func table() throws -> (name: String, following: Token?) {
        var name = ""
        while let token = try tokens.next() {
            switch token {
            case .name(let text): name = text
            // An unquoted name comes with its schema; between quoted ones the dot is a word of its own.
            case .word(let text) where text == ".": break
            case .word(let text) where name.isEmpty || text.hasPrefix("."):
                name = text.split(separator: ".").last.map(String.init) ?? ""
            default: return (name.lowercased(), token)
            }
        }
        return (name.lowercased(), nil)
    }

    /// Names up to the closing bracket; the opening one was taken.
    private mutating func names() throws -> SourceColumns {
        var names: [String] = []
        while let token = try tokens.next(), token != Self.close {
            switch token {
            case .name(let text), .word(let text): names.append(text)
            default: break
            }
        }
        return SourceColumns(names)
    }

    private mutating func readCreate() throws {
        var token = try tokens.next()
        while case .word(let word) = token, ["TEMPORARY", "TEMP", "UNLOGGED", "GLOBAL", "LOCAL"].contains(word.uppercased()) {
            token = try tokens.next()
        }
        guard case .word(let kind) = token, kind.uppercased() == "TABLE" else {
            if token != Self.end { try skipStatement() }
            return
        }
        var (name, following) = try table()
        if name == "if" {
            // IF NOT EXISTS
            while case .word(let word) = following {
                name = word.split(separator: ".").last.map { $0.lowercased() } ?? ""
                following = try tokens.next()
            }
            if case .name(let quoted) = following {
                name = quoted.lowercased()
                following = try tokens.next()
            }
        }
        guard following == Self.open else {
            if following != Self.end { try skipStatement() }
            return
        }
        created[name] = try definitions()
        try skipStatement()
    }

    private static let constraints: Set<String> = [
        "PRIMARY", "KEY", "UNIQUE", "CONSTRAINT", "FOREIGN", "INDEX", "CHECK", "FULLTEXT", "SPATIAL", "EXCLUDE", "PERIOD", "LIKE",
    ]

    /// The first word of each part of a table's definition, unless it begins a constraint.
    private mutating func definitions() throws -> SourceColumns {
        var names: [String] = []
        var depth = 1
        var isFirst = true
        while depth > 0, let token = try tokens.next() {
            switch token {
            case Self.open: depth += 1
            case Self.close: depth -= 1
            case Self.comma where depth == 1:
                isFirst = true
                continue
            case .word(let text) where isFirst:
                if !Self.constraints.contains(text.uppercased()) { names.append(text) }
            case .name(let text) where isFirst: names.append(text)
            default: break
            }
            isFirst = false
        }
        return SourceColumns(names)
    }

    /// `COPY table (columns) FROM stdin;` and its lines.
    private mutating func readCopy(_ wants: (String) -> Bool, _ take: (SourceRecord) throws -> Void, _ progress: (Int) -> Void) throws {
        let (name, following) = try table()
        var columns = created[name]
        var token = following
        if token == Self.open {
            columns = try names()
            token = try tokens.next()
        }
        var isData = false
        while let current = token, current != Self.end {
            if case .word(let word) = current, word.uppercased() == "STDIN" { isData = true }
            token = try tokens.next()
        }
        guard isData else { return }
        _ = try bytes.line(limit: SQLTokens.valueLimit)
        let isWanted = wants(name)
        while let line = try bytes.line(limit: SQLTokens.valueLimit) {
            progress(bytes.position)
            if line.count <= 3, line.starts(with: Array("\\.".utf8)) { return }
            guard isWanted else { continue }
            guard let columns else { throw SourceError.malformed(bytes.position, "COPY names no columns of \(name)") }
            try take(SourceRecord(table: name, columns: columns, values: Self.fields(line)))
        }
    }

    /// The fields of a line of COPY's text format: tabs between, `\N` for NULL, backslash escapes.
    private static func fields(_ line: [UInt8]) -> [String?] {
        line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map { field in
            if field.elementsEqual("\\N".utf8) { return nil }
            guard field.contains(UInt8(ascii: "\\")) else { return SourceText.decode(field) }
            var text: [UInt8] = []
            var rest = field
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
                    text.append(byte)
                    continue
                }
                switch escaped {
                case UInt8(ascii: "f"): text.append(12)
                case UInt8(ascii: "v"): text.append(11)
                // Digits after a backslash are octal here, which pg_dump does not write.
                case UInt8(ascii: "0"), UInt8(ascii: "Z"): text.append(escaped)
                default: text.append(SQLTokens.unescaped(escaped))
                }
            }
            return SourceText.decode(text[...])
        }
    }

    /// `INSERT INTO table (columns) VALUES (…), (…);`
    private mutating func readInsert(_ wants: (String) -> Bool, _ take: (SourceRecord) throws -> Void, _ progress: (Int) -> Void) throws {
        var token = try tokens.next()
        while case .word(let word) = token, ["INTO", "IGNORE", "OR", "REPLACE", "DELAYED"].contains(word.uppercased()) {
            if word.uppercased() == "INTO" { break }
            token = try tokens.next()
        }
        var (name, following) = try table()
        var columns = created[name]
        guard wants(name) else {
            if following != Self.end { try skipStatement() }
            return
        }
        if following == Self.open {
            columns = try names()
            following = try tokens.next()
        }
        while case .word(let word) = following, word.uppercased() != "VALUES" { following = try tokens.next() }
        guard case .word = following else {
            if following != Self.end { try skipStatement() }
            return
        }
        guard let columns else { throw SourceError.malformed(bytes.position, "INSERT names no columns of \(name)") }
        while let token = try tokens.next(), token != Self.end {
            guard token == Self.open else {
                if token == Self.comma { continue }
                // ON CONFLICT … and the like.
                return try skipStatement()
            }
            try take(SourceRecord(table: name, columns: columns, values: try row()))
            progress(bytes.position)
        }
    }

    /// Values up to the closing bracket; the opening one was taken.
    private mutating func row() throws -> [String?] {
        var values: [String?] = []
        while let token = try tokens.next() {
            var following: Token?
            values.append(try value(token, &following))
            if try following ?? tokens.next() == Self.close { return values }
        }
        throw SourceError.malformed(bytes.position, "a row does not end")
    }

    /// - Parameter following: set to the token behind the value where that had to be read.
    private mutating func value(_ token: Token, _ following: inout Token?) throws -> String? {
        switch token {
        case .string(let text):
            return SourceText.decode(text[...])
        case .name(let text):
            return text
        case .word(let text):
            switch text.uppercased() {
            case "NULL", "DEFAULT": return nil
            case _ where text.hasPrefix("_") && text.count > 1:
                // MySQL names a string's character set in front of it.
                guard let next = try tokens.next() else { return nil }
                return try value(next, &following)
            default:
                if text.utf8.first?.isDigit == true || text.hasPrefix("-") { return text }
                let next = try tokens.next()
                guard next == Self.open else {
                    following = next
                    return text
                }
                return SQLFunction.value(text, try row())
            }
        default:
            throw SourceError.malformed(bytes.position, "a value was expected")
        }
    }
}

/// The functions by which SQLite's `.dump` writes line ends inside texts.
private enum SQLFunction {
    static func value(_ name: String, _ arguments: [String?]) -> String? {
        switch name.lowercased() {
        case "char":
            return String(String.UnicodeScalarView(arguments.compactMap { $0.flatMap { UInt32($0) }.flatMap(Unicode.Scalar.init) }))
        case "replace":
            guard arguments.count == 3, let text = arguments[0], let old = arguments[1], let new = arguments[2], !old.isEmpty else {
                return nil
            }
            return text.replacing(old, with: new)
        case "unistr":
            return arguments.first.flatMap(\.self).map(unistr)
        default:
            return nil
        }
    }

    /// `\XXXX`, `\+XXXXXX`, `\uXXXX` and `\UXXXXXXXX` are characters by number.
    private static func unistr(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let mark = rest.first else {
                result.append(scalar)
                continue
            }
            if mark == "\\" {
                result.append(mark)
                rest.removeFirst()
                continue
            }
            let length = mark == "+" ? 6 : mark == "U" ? 8 : 4
            if mark == "+" || mark == "u" || mark == "U" { rest.removeFirst() }
            let digits = String(String.UnicodeScalarView(rest.prefix(length)))
            rest = rest.dropFirst(length)
            if let number = UInt32(digits, radix: 16), let character = Unicode.Scalar(number) { result.append(character) }
        }
        return String(result)
    }
}

/// Octets of a dump as text.
enum SourceText {
    /// UTF-8, or Latin-1 where it is not: dumps of old databases hold both.
    static func decode(_ bytes: ArraySlice<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
