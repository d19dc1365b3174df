import ArgumentParser

/// Attributes as `radclient` reads them: `Name = value` in lines or parted by commas, texts in quotes, requests parted by blank lines.
enum RadclientText {
    struct Item: Equatable {
        /// With `:TAG` behind it where it has one.
        var name: String
        var op: String
        var value: String
    }

    /// The longer before those that they begin with.
    private static let operators = [":=", "+=", "==", "!=", "<=", ">=", "=~", "!~", "=*", "!*", "=", "<", ">"]

    /// - Throws: when a part is no `Name = value`.
    static func requests(_ text: String) throws -> [[Item]] {
        var requests: [[Item]] = [[]]
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let trimmed = line.drop(while: \.isWhitespace)
            if trimmed.isEmpty {
                if requests.last?.isEmpty == false { requests.append([]) }
                continue
            }
            if trimmed.first == "#" { continue }
            var rest = trimmed
            while !rest.isEmpty, rest.first != "#" { requests[requests.count - 1].append(try item(&rest)) }
        }
        if requests.last?.isEmpty == true { requests.removeLast() }
        return requests
    }

    private static func item(_ rest: inout Substring) throws -> Item {
        let whole = rest
        let name = rest.prefix { !$0.isWhitespace && !"=:+!<>~*".contains($0) || $0 == ":" && isTag(after: $0, in: rest) }
        rest = rest.dropFirst(name.count).drop(while: \.isWhitespace)
        guard !name.isEmpty, let op = operators.first(where: rest.hasPrefix) else {
            throw ValidationError("'\(whole)' is no attribute; write NAME = VALUE.")
        }
        rest = rest.dropFirst(op.count).drop(while: \.isWhitespace)
        let value = try value(&rest)
        rest = rest.drop { $0.isWhitespace || $0 == "," }
        return Item(name: String(name), op: op, value: value)
    }

    /// A colon is part of the name where a tag follows, as in `Tunnel-Type:1`, not in `:=`.
    private static func isTag(after colon: Character, in text: Substring) -> Bool {
        guard let index = text.firstIndex(of: colon) else { return false }
        let next = text.index(after: index)
        return next < text.endIndex && text[next].isNumber
    }

    private static func value(_ rest: inout Substring) throws -> String {
        guard let quote = rest.first, quote == "\"" || quote == "'" || quote == "`" || quote == "/" else {
            let value = rest.prefix { $0 != "," }
            rest = rest.dropFirst(value.count)
            return String(value.reversed().drop(while: \.isWhitespace).reversed())
        }
        var value = ""
        rest = rest.dropFirst()
        while let character = rest.popFirst() {
            if character == quote { return value }
            if character == "\\", quote == "\"", let next = rest.popFirst() {
                value.append(next == "n" ? "\n" : next == "r" ? "\r" : next == "t" ? "\t" : next)
            } else if character == "\\", quote == "/", rest.first == "/" {
                value.append(rest.removeFirst())
            } else {
                value.append(character)
            }
        }
        throw ValidationError("a quoted value is not closed")
    }
}
