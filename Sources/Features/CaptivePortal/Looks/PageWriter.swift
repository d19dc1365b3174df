import Accounts
import Foundation
import HTTPTypes
import Localization
import Mustache
import OrganizationSettings
import WebRouting

/// Draws pages.
struct PageWriter: Sendable {
    let templates: PortalTemplates

    /// The whole answer: one response, nothing to be fetched for it.
    func response(_ page: Page, _ visit: Visit, state: String) -> WebResponse {
        let portal = visit.context.settings.portal
        let theme = PortalTheme(color: portal.color, background: portal.background).css
        let words = PortalWords(visit)
        let own = page.values.mapValues { Self.translated($0, words) }
        let values = common(page, visit, words, theme: theme, state: state).merging(own) { common, _ in common }
        let html = templates.library.render(values, withTemplate: page.template) ?? ""
        var response = WebResponse(page.status, contentType: "text/html; charset=utf-8", body: html)
        response.headers[.contentLanguage] = visit.language.rawValue
        response.headers[.vary] = "Accept-Language, Cookie"
        let styles = [templates.css, theme].map(PortalTemplates.source(of:)).joined(separator: " ")
        // Chromium holds the redirects behind a form against form-action, too, and a NAS sends the browser wherever it likes.
        let forms = page.sendsElsewhere ? "'self' http: https:" : "'self'"
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src \(styles); script-src \(PortalTemplates.source(of: templates.script)); img-src data:; "
            + "connect-src 'self'; form-action \(forms); frame-ancestors 'none'; base-uri 'none'"
        return response
    }

    /// The value with all messages in it as texts.
    private static func translated(_ value: any Sendable, _ words: PortalWords) -> Any {
        switch value {
        case let message as Message: words.text(message)
        case let messages as [Message]: messages.map(words.text)
        case let members as [String: any Sendable]: members.mapValues { translated($0, words) }
        case let list as [[String: any Sendable]]: list.map { $0.mapValues { translated($0, words) } }
        default: value
        }
    }

    private func common(_ page: Page, _ visit: Visit, _ words: PortalWords, theme: String, state: String) -> [String: Any] {
        let portal = visit.context.settings.portal
        let wrong = page.fields.filter { $0.error != nil }
        let (termsURL, languages) = (visit.termsURL, visit.languages)
        func some(_ text: String?) -> Any { text.map { $0.isEmpty ? false : $0 as Any } ?? false }
        return [
            "t": words.lambda, "language": visit.language.rawValue, "direction": visit.language.direction,
            "title": words.text(page.title), "organization": visit.context.organization.name,
            "logo": some(page.template == "terms" ? nil : portal.logo),
            "intro": some(page.template == "log-in" ? words.slot("intro") : nil), "help": some(words.slot("help")),
            "css": templates.css, "theme": theme, "script": templates.script, "scripted": page.refreshSeconds.map { $0 > 10 } ?? false,
            "refreshSeconds": some(page.refreshSeconds.map(String.init)), "goTo": some(page.goTo),
            "notice": some(page.notice.map(words.text)), "hasErrors": !page.errors.alerts.isEmpty || !wrong.isEmpty,
            "alerts": page.errors.alerts.map(words.text), "wrongFields": Self.translated(wrong.map(\.values), words), "base": visit.base,
            "state": state,
            "hasLanguages": languages.count > 1, "hasForm": page.hasForm,
            "languages": languages.map { ["code": $0.rawValue, "name": $0.ownName, "isCurrent": $0 == visit.language] as [String: Any] },
            "privacyURL": some(portal.privacyURL), "termsURL": some(termsURL),
        ]
    }
}
