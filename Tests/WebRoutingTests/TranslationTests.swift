import Localization
import Testing

@Suite struct TranslationTests {
    private static let languages = Language.allCases.filter { $0 != .english }

    @Test func `every text has all languages`() {
        for language in Self.languages {
            let missing = Translations.all.filter { Translations.text(of: $0, in: language) == nil }
            #expect(missing.isEmpty, "\(language) lacks \(missing.sorted())")
        }
    }

    @Test func `translations have the placeholders of their text`() {
        for text in Translations.all {
            for language in Self.languages {
                guard let translation = Translations.text(of: text, in: language) else { continue }
                #expect(Self.placeholders(translation) == Self.placeholders(text), "\(language): \(translation)")
            }
        }
    }

    private static func placeholders(_ text: String) -> [String] {
        text.matches(of: /\{[a-z_]+\}/).map { String($0.output) }.sorted()
    }
}
