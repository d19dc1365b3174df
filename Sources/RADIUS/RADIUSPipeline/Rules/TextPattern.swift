import Foundation

/// What a text must be: the text itself, a pattern with `*` and `?`, or a regular expression between slashes.
public struct TextPattern: Sendable {
    private enum Form: Sendable {
        case exact(String)
        case expression(NSRegularExpression)
    }

    private let form: Form
    private let ignoresCase: Bool

    /// Reads `alice`, `guest-*`, `voucher-????` or `/^[a-z]+[0-9]{2}$/`.
    ///
    /// Patterns cover the whole text; a regular expression may match anywhere in it.
    /// - Throws: when the regular expression is wrong.
    public init(_ text: String, ignoresCase: Bool = false) throws {
        self.ignoresCase = ignoresCase
        let options: NSRegularExpression.Options = ignoresCase ? [.caseInsensitive] : []
        if text.utf8.count > 2, text.hasPrefix("/"), text.hasSuffix("/") {
            form = .expression(try NSRegularExpression(pattern: String(text.dropFirst().dropLast()), options: options))
        } else if text.contains(where: { $0 == "*" || $0 == "?" }) {
            let pattern = text.map { character in
                switch character {
                case "*": ".*"
                case "?": "."
                default: NSRegularExpression.escapedPattern(for: String(character))
                }
            }
            form = .expression(
                try NSRegularExpression(
                    pattern: "\\A" + pattern.joined() + "\\z", options: options.union(.dotMatchesLineSeparators)))
        } else {
            form = .exact(ignoresCase ? text.lowercased() : text)
        }
    }

    /// Whether the text is meant.
    public func matches(_ text: String) -> Bool {
        switch form {
        // Byte by byte, as names are compared everywhere: two spellings of é are two names.
        case .exact(let expected): (ignoresCase ? text.lowercased() : text).utf8.elementsEqual(expected.utf8)
        case .expression(let expression): expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
        }
    }
}

extension [TextPattern] {
    func matches(_ text: String?) -> Bool {
        guard let text else { return false }
        return contains { $0.matches(text) }
    }
}
