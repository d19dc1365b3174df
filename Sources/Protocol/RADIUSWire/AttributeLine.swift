public import RADIUSDictionary

/// One attribute as operators write it on a line: `Session-Timeout = 600`, `Tunnel-Type:1 := VLAN`, `Filter-Id = "guests"`.
public struct AttributeLine: Sendable, Equatable {
    /// As the dictionary has it, or is meant to.
    public let name: String
    /// Of `Tunnel-Type:1`.
    public let tag: UInt8?
    /// Without its quotes.
    public let value: String

    /// Nil where there is no `NAME = VALUE`. The operators `:=` and `+=` count as `=`; a comma at the end is left out.
    public init?(_ text: String) {
        let line = text[...]
        guard let equals = line.firstIndex(of: "=") else { return nil }
        var left = Self.trimmed(line[..<equals])
        if let last = left.last, ":+".contains(last) { left = Self.trimmed(left.dropLast()) }
        let parts = left.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bare = parts.first, !bare.isEmpty else { return nil }
        if parts.count == 2 {
            guard let number = UInt8(parts[1]) else { return nil }
            tag = number
        } else {
            tag = nil
        }
        name = String(bare)
        value = Self.unquoted(Self.trimmed(line[line.index(after: equals)...]))
    }

    /// What stands between quotes, with `\"`, `\\`, `\n`, `\r` and `\t` resolved in double ones; a text without quotes as it is.
    private static func unquoted(_ text: Substring) -> String {
        var rest = text
        guard let quote = rest.popFirst(), quote == "\"" || quote == "'" else {
            return String(trimmed(text.last == "," ? text.dropLast() : text))
        }
        var value = ""
        while let character = rest.popFirst() {
            if character == quote { return value }
            guard character == "\\", quote == "\"", let next = rest.popFirst() else {
                value.append(character)
                continue
            }
            value.append(next == "n" ? "\n" : next == "r" ? "\r" : next == "t" ? "\t" : next)
        }
        // No quote ends it: then the first one is part of the text.
        return String(text)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var rest = text.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return rest
    }

    /// The attribute, its value read as the dictionary says.
    /// - Throws: ``Problem``.
    public func attribute(_ dictionary: AttributeDictionary) throws(Problem) -> Attribute {
        guard let definition = dictionary.attribute(named: name) else { throw .unknown(name) }
        do throws(WireError) {
            return try Attribute.parse(value, for: definition, tag: tag)
        } catch {
            throw .unfit(definition.name)
        }
    }

    /// Why a line is no attribute; the value, which may be a secret, is never told.
    public enum Problem: Error, Sendable, Equatable {
        /// The dictionary has no such name.
        case unknown(String)
        case unfit(String)
    }
}
