import Foundation
import Localization
import Mustache
import OrganizationSettings

/// The texts of a page in the language of a visit, the organization's own before ours.
struct PortalWords {
    let language: Language
    /// By English text.
    private let own: [String: String]

    init(_ visit: Visit) {
        self.init(language: visit.language, json: visit.context.settings.portal.texts)
    }

    /// - Parameter json: of the setting `portal_texts`.
    init(language: Language, json: String?) {
        self.language = language
        let all = json.flatMap { try? JSONDecoder().decode([String: [String: String]].self, from: Data($0.utf8)) } ?? [:]
        own = (all["*"] ?? [:]).merging(all[language.rawValue] ?? [:]) { $1 }
    }

    func text(_ message: Message) -> String {
        own[message.english].map { Message.fill($0, message.arguments) } ?? message.text(in: language)
    }

    /// A text that only organizations have: `intro`, `help`.
    func slot(_ name: String) -> String? { own[name] }

    /// `{{#t}}English text{{/t}}` in templates.
    var lambda: MustacheLambda { MustacheLambda { english in Markup(text(Message(english))) } }

    /// A text that is escaped already. No `String`: the template engine would read what operators write as a template.
    private struct Markup: CustomStringConvertible {
        let description: String

        init(_ text: String) {
            description = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
                .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
        }
    }
}

extension Language {
    /// As its speakers call it.
    var ownName: String {
        switch self {
        case .english: "English"
        case .italian: "Italiano"
        case .german: "Deutsch"
        case .french: "Français"
        case .spanish: "Español"
        }
    }

    /// The direction of writing, for HTML.
    var direction: String { Locale.Language(identifier: rawValue).characterDirection == .rightToLeft ? "rtl" : "ltr" }
}
