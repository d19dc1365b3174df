/// A sentence for people: English in the source, other languages from the ``Translations``.
///
/// The English text is the key of its translations; `{name}` stands for an argument.
public struct Message: Sendable, Hashable, ExpressibleByStringLiteral {
    public let english: String
    /// Values of the placeholders, not translated.
    public let arguments: [String: String]

    public init(_ english: String, _ arguments: [String: String] = [:]) {
        self.english = english
        self.arguments = arguments
    }

    public init(stringLiteral value: String) { self.init(value) }

    /// The text in a language; English where the translation is missing.
    public func text(in language: Language) -> String {
        Self.fill(Translations.text(of: english, in: language) ?? english, arguments)
    }

    /// Puts arguments where their names stand; an unknown `{name}` stays.
    public static func fill(_ template: String, _ arguments: [String: String]) -> String {
        guard template.contains("{") else { return template }
        var result = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: open)..<close])
            result += rest[..<open]
            result += arguments[name] ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
