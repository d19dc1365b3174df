import Accounts
import CaptiveDialects
import Digests
import Foundation
import Localization
import OrganizationSettings
import Testing
import TestSupport
import WebTestSupport

@testable import CaptivePortal

/// What every page owes to its readers and to browsers.
@Suite struct PageFormTests {
    private static let logo = "data:image/png;base64," + String(repeating: "QUJD", count: (PortalSettings.longestLogo - 22) / 4)

    /// All pages of a visit that goes through everything.
    private func pages(_ hotel: Hotel) async throws -> [View] {
        try await hotel.add(User(username: "bob", email: "bob@example.org"))
        try await hotel.limit("bob")
        for index in 0..<12 { try await hotel.open("s\(index)", "bob", address: "192.0.2.\(100 + index)") }
        var browser = Browser(hotel)
        let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
        let signUp = await browser.submit(page, "sign-up/")
        let signUpErrors = await browser.submit(signUp, "sign-up/", ["password1": "1", "terms": "yes"])
        let wrong = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "x"])
        let consent = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
        let handOff = await browser.submit(consent, "terms/", ["terms": "yes"])
        let start = await browser.get("/login/hotel/")
        let status = await browser.submit(start, "/login/hotel/", ["username": "bob", "password": "correct horse"])
        return [
            page, signUp, signUpErrors, wrong, consent, handOff, status, await browser.submit(status, "password/change/"),
            await browser.submit(status, "delete/"), await browser.submit(page, "password/forgotten/"),
            await browser.get("/login/hotel/terms/"),
            await browser.get("/login/nowhere/"), await browser.get("/login/hotel/status/?online=1"),
        ]
    }

    private static let everything = [
        "portal_methods": "password,voucher,click-through,sign-up", "portal_logo": logo, "portal_color": "#ffe000",
        "portal_background": "#203040", "portal_terms": String(repeating: "Be kind. ", count: 2500),
        "portal_privacy_url": "https://example.org/p",
        "portal_success_url": "https://example.org/in",
    ]

    @Test("one response of at most 50 KB, nothing to fetch, styles and scripts allowed by their hashes alone", arguments: Engine.available)
    func selfContained(engine: Engine) async throws {
        try await Hotel.with(engine, Self.everything) { hotel in
            for page in try await pages(hotel) {
                #expect(page.answer.body.count <= 50_000, "\(page.title)")
                #expect(page.answer.body.count > 2000, "\(page.title)")
                // Everything that a browser fetches by itself.
                for match in page.text.matches(of: /<(?:img|script|link|iframe|source|video|object|embed)[^>]*/) {
                    let tag = String(match.output)
                    if let source = View.attribute("src", tag) { #expect(source.hasPrefix("data:image/png;base64,"), "\(tag)") }
                    // An empty picture of the page, so that none is asked for.
                    if tag.hasPrefix("<link") { #expect(tag.hasPrefix(#"<link rel="icon" href="data:,""#), "\(tag)") }
                }
                #expect(!page.text.contains("@import"))
                #expect(!page.text.contains("url("))
                let policy = page.header("content-security-policy")
                #expect(policy.contains("default-src 'none'"))
                #expect(!policy.contains("unsafe"))
                let styles = page.contents("style")
                let scripts = page.contents("script")
                #expect(styles.count == 2)
                #expect(scripts.count == 1)
                for text in styles + scripts { #expect(policy.contains(PortalTemplates.source(of: text)), "\(page.title)") }
                // No attribute that the policy would stop.
                #expect(page.text.firstMatch(of: /<[^>]+\s(?:style|on[a-z]+)=/) == nil)
                #expect(page.header("content-type") == "text/html; charset=utf-8")
                #expect(page.header("x-content-type-options") == "nosniff")
                #expect(page.header("cache-control") == "no-store")
            }
        }
    }

    @Test("every input has a label, errors are bound to their inputs, ids are unique", arguments: [Engine.sqlite])
    func accessible(engine: Engine) async throws {
        try await Hotel.with(engine, Self.everything) { hotel in
            for page in try await pages(hotel) {
                let ids = page.text.matches(of: /\sid="([^"]*)"/).map { String($0.1) }
                #expect(Set(ids).count == ids.count, "\(page.title): \(ids)")
                for form in page.forms {
                    for input in form.inputs where View.attribute("type", input.attributes) != "hidden" {
                        let id = View.attribute("id", input.attributes) ?? "?"
                        #expect(page.text.contains("<label for=\"\(id)\">"), "\(page.title): \(input.name)")
                        #expect(
                            View.attribute("autocomplete", input.attributes) != nil || input.attributes.contains("checkbox"),
                            "\(input.name)")
                        for described in View.attribute("aria-describedby", input.attributes)?.split(separator: " ") ?? [] {
                            #expect(ids.contains(String(described)))
                        }
                    }
                }
                for match in page.text.matches(of: /href="#([^"]*)"/) { #expect(ids.contains(String(match.1)), "\(page.title)") }
                for match in page.text.matches(of: /\sform="([^"]*)"/) { #expect(ids.contains(String(match.1)), "\(page.title)") }
                #expect(page.text.matches(of: /<h1>/).count == 1)
                #expect(page.text.contains("<main>"))
                #expect(page.text.contains("lang=\"en\" dir=\"ltr\""))
            }
        }
    }

    @Test("hostile names, texts and parameters stay text", arguments: Engine.available)
    func hostile(engine: Engine) async throws {
        let settings = [
            "portal_texts":
                #"{"en": {"Log in": "<script>alert(1)</script>{{{state}}}{{base}}", "help": "<b>{{organization}}</b>", "intro": "\"><i>"}}"#,
            "portal_terms": "<script>alert(2)</script>{{base}}",
        ]
        try await Hotel.with(engine, settings) { hotel in
            try await hotel.add(User(username: "bob", email: "bob@example.org"))
            var browser = Browser(hotel)
            let hostile = "%22%3E%3Cscript%3Ealert(3)%3C/script%3E"
            let page = await browser.get(
                "/login/hotel/" + Hotel.mikroTik + "&username=\(hostile)&ssid=\(hostile)&identity=\(hostile)&x=\(hostile)")
            let terms = await browser.get("/login/hotel/terms/")
            let wrong = await browser.submit(page, "/login/hotel/", ["username": "\"><script>alert(3)</script>{{state}}", "password": "x"])
            for view in [page, terms, wrong] {
                #expect(!view.text.contains("<script>alert"))
                #expect(!view.text.contains("<b>"))
                #expect(!view.text.contains("<i>"))
                #expect(view.text.contains("Hotel &lt;Sole&gt; &amp; Mare"))
            }
            #expect(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;{{{state}}}{{base}}"))
            #expect(terms.text.contains("&lt;script&gt;alert(2)&lt;/script&gt;{{base}}"))
            #expect(wrong.value("username") == "\"><script>alert(3)</script>{{state}}")
            // A page of nowhere does not repeat its address.
            let nowhere = await browser.get("/login/\(hostile)/")
            #expect(nowhere.status == 404)
            #expect(!nowhere.text.contains("alert(3)"))
        }
    }

    @Test("credentials go to no host that a stranger named", arguments: [Engine.sqlite])
    func strangersTarget(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob"))
            var browser = Browser(hotel)
            let link = Hotel.mikroTik.replacing("http%3A%2F%2F10.5.50.1%2Flogin&", with: "https%3A%2F%2Fevil.example.com%2F&")
            let page = await browser.get("/login/hotel/" + link)
            let refused = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            #expect(refused.status == 400)
            #expect(!refused.text.contains("evil.example.com"))
            #expect(refused.text.contains("in a way that is not safe"))
            try await hotel.set(["portal_trusted_hosts": "evil.example.com"])
            let again = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            #expect(again.forms.first?.action == "https://evil.example.com/")
        }
    }

    @Test("no secret stands in an address", arguments: Engine.available)
    func addresses(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob", email: "bob@example.org"))
            var browser = Browser(hotel, keepsCookies: true)
            let page = await browser.get("/login/hotel/")
            let status = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            let change = await browser.submit(status, "password/change/")
            let radiusToken = try await hotel.radiusToken("bob")
            let keys = hotel.accounts.keys
            let id = try #require(try await hotel.table("SELECT id FROM radian_user").first?.first)
            let apiToken = try await hotel.write { try APITokenStore($0, key: keys.apiToken(over: $0)).token(userID: id) }
            for view in [page, status, change] {
                #expect(!view.text.contains(apiToken))
                #expect(!view.text.contains(radiusToken))
                #expect(!view.header("set-cookie").contains(apiToken))
                for match in view.text.matches(of: /(?:href|action)="([^"]*)"/) { #expect(match.1.utf8.count < 80, "\(match.1)") }
            }
            #expect(browser.visited.allSatisfy { !$0.contains("=") })
            let cookie = status.header("set-cookie")
            #expect(cookie.contains("Path=/login/hotel/; Max-Age=86400; HttpOnly; SameSite=Lax; Secure"))
        }
    }

    @Test("languages: asked for, offered, switched by hand with what was typed", arguments: Engine.available)
    func languages(engine: Engine) async throws {
        try await Hotel.with(engine, ["portal_languages": "it,de,en"]) { hotel in
            var browser = Browser(hotel)
            browser.language = "ja"
            #expect(await browser.get("/login/hotel/").title == "Vai online")
            browser.language = "fr, de;q=0.5"
            let german = await browser.get("/login/hotel/" + Hotel.mikroTik)
            #expect(german.title == "Online gehen")
            #expect(german.text.contains("<html lang=\"de\" dir=\"ltr\">"))
            #expect(german.header("content-language") == "de")
            #expect(!german.text.contains("Français"))
            #expect(await browser.get("/login/hotel/?lang=en").title == "Go online")
            #expect(await browser.get("/login/hotel/?lang=fr").title == "Online gehen")
            let english = await browser.submit(
                german, "/login/hotel/", ["username": "bob", "password": "half"], button: ("lang", "en"))
            #expect(english.status == 200)
            #expect(english.title == "Go online")
            #expect(english.value("username") == "bob")
            #expect(english.alert == "")
            // The choice travels with the form.
            #expect(await browser.submit(english, "sign-up/").title == "Make an account")
            #expect(await browser.get("/login/hotel/").title == "Online gehen")
        }
    }

    @Test("an organization's own texts", arguments: [Engine.sqlite])
    func ownTexts(engine: Engine) async throws {
        let texts =
            #"{"*": {"help": "Dial 9."}, "en": {"Go online": "Surf", "intro": "Welcome to the sea."}, "de": {"Go online": "Surfen"}}"#
        try await Hotel.with(engine, ["portal_texts": texts]) { hotel in
            var browser = Browser(hotel)
            let english = await browser.get("/login/hotel/")
            #expect(english.title == "Surf")
            #expect(english.text.contains("<p class=\"intro\">Welcome to the sea.</p>"))
            #expect(english.text.contains("<p class=\"help\">Dial 9.</p>"))
            browser.language = "de"
            let german = await browser.get("/login/hotel/")
            #expect(german.title == "Surfen")
            #expect(!german.text.contains("Welcome"))
            #expect(german.text.contains("Dial 9."))
        }
    }

    @Test("a state is of one organization, of this server, and of its time", arguments: [Engine.sqlite])
    func states(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob"), to: [hotel.hotel, hotel.bar])
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/")
            let status = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            let state = try #require(status.value("state"))
            func title(_ state: String, _ slug: String = "hotel") async -> String {
                View(await hotel.client.post("/login/\(slug)/status/", form: [("state", state)])).title
            }
            #expect(await title(state) == "You are not online")
            #expect(await title(state, "bar") == "Go online")
            #expect(await title((state.first == "A" ? "B" : "A") + state.dropFirst()) == "Go online")
            #expect(await title(String(state.dropLast(2))) == "Go online")
            #expect(await title("") == "Go online")
            hotel.pass(PortalPages.pageSeconds + 1)
            #expect(await title(state) == "Go online")
            // A token that was replaced opens nothing.
            let again = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            let keys = hotel.accounts.keys
            let id = try #require(try await hotel.table("SELECT id FROM radian_user").first?.first)
            _ = try await hotel.write { try APITokenStore($0, key: keys.apiToken(over: $0)).replace(userID: id) }
            #expect(await title(again.value("state") ?? "") == "Go online")
        }
    }

    @Test("every text of the templates has all languages")
    func templateTexts() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Hotel.templates.path).filter { $0.hasSuffix(".mustache") }
        #expect(files.count > 10)
        for file in files {
            let text = try String(contentsOf: Hotel.templates.appending(path: file), encoding: .utf8)
            for match in text.matches(of: /\{\{#t\}\}(.*?)\{\{\/t\}\}/) {
                for language in Language.allCases where language != .english {
                    #expect(Translations.text(of: String(match.1), in: language) != nil, "\(file): \(match.1) in \(language)")
                }
            }
        }
    }
}
