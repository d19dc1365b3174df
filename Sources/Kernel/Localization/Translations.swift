/// All translations of the program, by English text.
public enum Translations {
    private static let catalogues: [Language: [String: String]] = [
        .italian: italianTexts, .german: germanTexts, .french: frenchTexts, .spanish: spanishTexts,
    ]

    /// The translation of an English text; nil for English itself and for what is not translated.
    public static func text(of english: String, in language: Language) -> String? {
        catalogues[language]?[english]
    }

    /// English texts that have a translation in every language but English.
    public static var complete: Set<String> {
        let keys = catalogues.values.map { Set($0.keys) }
        return keys.dropFirst().reduce(keys.first ?? []) { $0.intersection($1) }
    }
}
