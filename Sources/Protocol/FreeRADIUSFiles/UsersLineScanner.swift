/// A mistake in a line.
struct UsersLineError: Error {
    var message: String
}

/// Takes one line apart.
struct UsersLineScanner {
    private var rest: Substring
    let isIndented: Bool
    private static let operators = [":=", "+=", "-=", "^=", "==", "!=", "<=", ">=", "=~", "!~", "=*", "!*", "=", "<", ">"]

    init(_ line: Substring) {
        isIndented = line.first == " " || line.first == "\t"
        rest = line
        skipBlanks()
    }

    /// Nothing is left but blanks and a comment.
    var isAtEnd: Bool { rest.isEmpty || rest.first == "#" }

    /// The path of an `$INCLUDE` line; nil for any other.
    var includedPath: String? {
        guard rest.hasPrefix("$INCLUDE") else { return nil }
        let path = rest.dropFirst(8).drop { $0 == " " || $0 == "\t" }.prefix { !$0.isWhitespace }
        return path.isEmpty ? nil : String(path)
    }

    /// The entry's name; nil for DEFAULT, with or without a number behind it.
    mutating func name() throws(UsersLineError) -> String? {
        if rest.first == "\"" || rest.first == "'" { return try quoted().text }
        let word = rest.prefix { !$0.isWhitespace && $0 != "," }
        rest = rest.dropFirst(word.count)
        skipBlanks()
        if word.hasPrefix("DEFAULT"), word.dropFirst(7).allSatisfy(\.isNumber) { return nil }
        return String(word)
    }

    /// Items up to the line's end, and whether a comma stands there.
    mutating func items() throws(UsersLineError) -> (items: [UsersFile.Item], endsWithComma: Bool) {
        var items: [UsersFile.Item] = []
        skipBlanks()
        while !isAtEnd {
            items.append(try item())
            skipBlanks()
            guard rest.first == "," else {
                guard isAtEnd else { throw UsersLineError(message: "a comma is missing behind \(items[items.count - 1].attribute)") }
                return (items, false)
            }
            rest = rest.dropFirst()
            skipBlanks()
        }
        return (items, !items.isEmpty)
    }

    private mutating func item() throws(UsersLineError) -> UsersFile.Item {
        var name = rest.prefix { $0.isLetter || $0.isNumber || "-_./".contains($0) }
        var end = name.endIndex
        // A colon with a number behind it is a tag; one with `=` behind it is an operator.
        if rest[end...].first == ":", rest[end...].dropFirst().first?.isNumber == true {
            end = rest[rest.index(after: end)...].prefix(while: \.isNumber).endIndex
            name = rest[..<end]
        }
        guard !name.isEmpty else { throw UsersLineError(message: "an attribute is expected") }
        rest = rest[end...]
        skipBlanks()
        guard let op = Self.operators.first(where: rest.hasPrefix) else {
            throw UsersLineError(message: "an operator is expected behind \(name)")
        }
        rest = rest.dropFirst(op.count)
        skipBlanks()
        if rest.first == "\"" || rest.first == "'" || rest.first == "`" {
            let (text, quote) = try quoted()
            return UsersFile.Item(
                attribute: String(name), op: op, value: text, isExpanded: quote == "`" || quote == "\"" && text.contains("%{"))
        }
        let value = rest.prefix { !$0.isWhitespace && $0 != "," }
        rest = rest.dropFirst(value.count)
        guard !value.isEmpty || op == "=*" || op == "!*" else { throw UsersLineError(message: "a value is expected behind \(name) \(op)") }
        return UsersFile.Item(attribute: String(name), op: op, value: String(value))
    }

    /// A text in quotes. Double quotes know `\n`, `\r`, `\t`, `\"` and `\\`; the others only their own quote.
    private mutating func quoted() throws(UsersLineError) -> (text: String, quote: Character) {
        let quote = rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            if character == quote {
                skipBlanks()
                return (text, quote)
            }
            guard character == "\\", let next = rest.first else {
                text.append(character)
                continue
            }
            let escapes: [Character: Character] =
                quote == "\"" ? ["n": "\n", "r": "\r", "t": "\t", "\\": "\\", "\"": "\""] : [quote: quote]
            if let escaped = escapes[next] {
                text.append(escaped)
                rest.removeFirst()
            } else {
                text.append(character)
            }
        }
        throw UsersLineError(message: "a quote is not closed")
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == " " || $0 == "\t" }
    }
}
