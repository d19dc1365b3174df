import Accounts
import CaptiveDialects
import HTTPTypes
import Localization
import OrganizationSettings
import WebRouting

/// One request to a login page, with what is known of who made it.
struct Visit: Sendable {
    let request: WebRequest
    let context: OrganizationContext
    var language: Language
    var state: PortalState
    /// What the NAS sent the browser with.
    var captive: CaptiveRequest?
    /// Whether the browser keeps cookies; then the page can be asked for again without a form.
    let hasCookie: Bool
    /// A state came that cannot be opened any more.
    let isStale: Bool

    /// `/login/cafe/`.
    var base: String { "/login/\(context.organization.slug)/" }

    /// Address of the pages for other programs.
    var address: String { request.origin + base }

    /// The languages that the organization offers.
    var languages: [Language] { Self.languages(context.settings.portal) }

    static func languages(_ portal: PortalSettings) -> [Language] {
        let chosen = portal.languages.compactMap(Language.init(rawValue:))
        return chosen.isEmpty ? Language.allCases : chosen
    }

    /// The page with the terms; nil where there are none.
    var termsURL: String? {
        let portal = context.settings.portal
        return portal.termsURL ?? (portal.terms == nil ? nil : base + "terms/?lang=\(language.rawValue)")
    }

    /// Whether the form was sent to see the page only, in another language or at all.
    var isView: Bool { request.values.contains("view") || request.values.contains("lang") }

    func text(_ name: String) -> String { request.values.text(name) ?? "" }

    /// The request as the services of the API know it.
    /// - Parameter values: what a client of the API would send.
    func service(_ values: [String: String] = [:], as principal: Principal? = nil) -> WebRequest {
        var request = request
        request.language = language
        request.head.headerFields[.acceptLanguage] = language.rawValue
        request.principal = principal
        request.values = FormValues(values.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) })
        return request
    }

    /// The device's address in one spelling.
    var station: String? { captive?.clientMAC?.description }

    /// The language to begin with: chosen by hand, asked for by the browser, the organization's first.
    static func language(_ chosen: Language?, _ request: WebRequest, _ portal: PortalSettings) -> Language {
        let offered = languages(portal)
        let wanted = request.values.text("lang") ?? request.query("lang").map { String($0.prefix(2)).lowercased() }
        if let wanted = wanted.flatMap(Language.init(rawValue:)), offered.contains(wanted) { return wanted }
        if let chosen, offered.contains(chosen) { return chosen }
        // Only what is offered counts: who reads French and German gets German where there is no French.
        let ranges = request.head.headerFields[.acceptLanguage] ?? ""
        let fitting = ranges.split(separator: ",").prefix(32).filter { range in
            Language(acceptLanguage: String(range)).map(offered.contains) ?? false
        }
        return Language(acceptLanguage: fitting.joined(separator: ",")) ?? offered.first ?? .english
    }
}

/// The cookie of a login page.
enum PortalCookie {
    static let name = "portal"
    /// Seconds.
    static let lifetime: Int64 = 86_400

    static func value(of request: WebRequest) -> String? {
        for field in request.head.headerFields[values: .cookie] {
            for pair in field.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0].filter({ $0 != " " }) == name { return parts[1].filter { $0 != " " } }
            }
        }
        return nil
    }

    /// - Parameter value: empty to take the cookie back.
    static func field(_ value: String, path: String, isSecure: Bool) -> String {
        "\(name)=\(value); Path=\(path); Max-Age=\(value.isEmpty ? 0 : lifetime); HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
    }
}
