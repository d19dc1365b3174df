/// All translations of the program, by English text.
public enum Translations {
    private static let catalogues: [Language: [String: String]] = [
        .italian: italianTexts, .german: germanTexts, .french: frenchTexts, .spanish: spanishTexts,
    ]

    /// The translation of an English text; nil for English itself and for what is not translated.
    public static func text(of english: String, in language: Language) -> String? {
        catalogues[language]?[english]
    }

    /// English texts that any language has a translation of.
    public static var all: Set<String> { Set(catalogues.values.flatMap(\.keys)) }
}
