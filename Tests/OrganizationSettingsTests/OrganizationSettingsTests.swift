import Accounts
import Database
import HTTPTypes
import OrganizationSettings
import TestSupport
import Testing
import WebRouting

@Suite struct OrganizationSettingsTests {
    /// Runs the body over a database with the organization `cafe`.
    private func withCafe(
        _ engine: TestDatabase.Engine, defaults: OrganizationSettings = OrganizationSettings(),
        _ body: (any DatabaseConnection, OrganizationSettingsStore, Organization) throws -> Void
    ) throws {
        let database = try TestDatabase(engine, schema: [AccountsModule.migrations, OrganizationSettingsModule.migrations])
        defer { try? database.drop() }
        let connection = try database.engine.connect(.general)
        let cafe = Organization(name: "Café", slug: "cafe")
        try OrganizationStore(connection).add(cafe)
        try body(connection, OrganizationSettingsStore(connection, defaults: defaults), cafe)
    }

    @Test("what is equal to the configuration is not kept, and follows it", arguments: TestDatabase.Engine.available)
    func inheritance(engine: TestDatabase.Engine) throws {
        var defaults = OrganizationSettings()
        defaults.smsCooldown = 45
        try withCafe(engine, defaults: defaults) { connection, store, cafe in
            try store.set(["sms_cooldown": "45", "first_name": "mandatory"], of: cafe.id)
            #expect(try store.overrides(of: cafe.id) == ["first_name": "mandatory"])
            var later = defaults
            later.smsCooldown = 60
            let settings = try OrganizationSettingsStore(connection, defaults: later).settings(of: cafe.id)
            #expect(settings.smsCooldown == 60)
            #expect(settings.firstName == .mandatory)
            try store.set(["first_name": nil], of: cafe.id)
            #expect(try store.settings(of: cafe.id).firstName == .disabled)
        }
    }

    @Test(
        "a wrong value changes nothing",
        arguments: [
            ["sms_cooldown": "soon"], ["sms_message": "no code"], ["allowed_mobile_prefixes": "39"], ["sms_verification": "yes"],
            ["freeradius_allowed_hosts": "10.0.0.0/33"], ["password_reset_url": "https://example.org/{uid}"], ["nothing": "1"],
            ["sms_meta_data": "[1]"], ["login_url": "javascript:alert(1)"], ["portal_methods": "password,magic"],
            ["portal_languages": "xx"],
            ["portal_logo": "https://example.org/logo.png"], ["portal_logo": "data:text/html;base64,QUJD"],
            ["portal_logo": "data:image/png;base64,QUJD\"><script>"],
            ["portal_logo": "data:image/png;base64," + String(repeating: "QUJD", count: 7000)], ["portal_color": "red"],
            ["portal_color": "#12345;}"], ["portal_texts": "[]"], ["portal_texts": "{\"en\": \"x\"}"],
            ["portal_texts": "{\"en\": {\"a\": 1}}"],
            ["portal_terms_url": "javascript:alert(1)"], ["portal_success_url": "file:///etc/passwd"], ["portal_trusted_hosts": "a b<c"],
            ["portal_nas_encoding": "rot13"], ["portal_nas_channel": "pigeon"], ["portal_nas_role": "a b"],
            ["portal_controller": "{\"username\": \"x\"}"], ["portal_controller": "x"],
        ])
    func refused(changes: [String: String]) throws {
        try withCafe(.sqlite) { _, store, cafe in
            var all = changes.mapValues { Optional($0) }
            all["location"] = "allowed"
            #expect(throws: OrganizationSettingsError.self) { try store.set(all, of: cafe.id) }
            let kept = try store.overrides(of: cafe.id)
            #expect(kept.isEmpty)
        }
    }

    @Test("what login pages look like and offer", arguments: TestDatabase.Engine.available)
    func portal(engine: TestDatabase.Engine) throws {
        try withCafe(engine) { _, store, cafe in
            let before = try store.settings(of: cafe.id).portal
            #expect(before == PortalSettings())
            #expect(before.offers(.password))
            #expect(!before.offers(.clickThrough))
            #expect(before.consentVersion == nil)
            try store.set(
                [
                    "portal_methods": "voucher, click-through", "portal_languages": "it,en", "portal_logo": "data:image/png;base64,QUJD",
                    "portal_color": "#0A5c8f", "portal_texts": "{\"*\": {\"Log in\": \"Enter\"}}", "portal_terms": "Be kind.",
                    "portal_terms_version": "7", "portal_trusted_hosts": "gate.example.org 198.51.100.7", "portal_nas_encoding": "chap",
                    "portal_nas_channel": "server", "portal_nas_role": "guest-in", "portal_nas_secret": "uam",
                    "portal_controller": "{\"url\": \"https://unifi.example.org\", \"key\": \"k\"}",
                ], of: cafe.id)
            let portal = try store.settings(of: cafe.id).portal
            #expect(portal.methods == ["voucher", "click-through"])
            #expect(portal.languages == ["it", "en"])
            #expect(portal.color == "#0A5c8f")
            #expect(portal.consentVersion == "7")
            #expect(portal.trustedHosts == ["gate.example.org", "198.51.100.7"])
            #expect(portal.nasSecret == "uam")
            #expect(portal.nasChannel == "server")
            #expect(portal.nasRole == "guest-in")
            let secrets = OrganizationSetting.all.filter(\.isSecret).map(\.name)
            #expect(secrets == ["portal_nas_secret", "portal_controller"])
        }
    }

    @Test("an organization has a token of its own from the start", arguments: TestDatabase.Engine.available)
    func token(engine: TestDatabase.Engine) throws {
        try withCafe(engine) { _, store, cafe in
            try store.prepare(cafe.id)
            let first = try store.settings(of: cafe.id).token
            #expect(first.count == 32)
            try store.prepare(cafe.id)
            #expect(try store.settings(of: cafe.id).token == first)
            let second = try store.renewToken(cafe.id)
            #expect(second != first)
            #expect(try store.settings(of: cafe.id).token == second)
            #expect(try store.overrides(of: cafe.id).isEmpty)
        }
    }

    @Test("the directory knows active organizations only")
    func directory() throws {
        try withCafe(.sqlite) { connection, store, cafe in
            try OrganizationStore(connection).add(Organization(name: "Closed", slug: "closed", isActive: false))
            try store.set(["coa_enabled": "yes"], of: cafe.id)
            let directory = SettingsDirectory(defaults: OrganizationSettings())
            try directory.refresh(over: connection)
            func request(_ slug: String) -> WebRequest {
                WebRequest(head: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/"), parameters: ["slug": slug])
            }
            #expect(try directory.organization(of: request("cafe")).settings.coaEnabled)
            for slug in ["closed", "unknown", ""] {
                let problem = #expect(throws: Problem.self) { try directory.organization(of: request(slug)) }
                #expect(problem?.status == .notFound)
            }
        }
    }

    @Test(
        "addresses and prefixes",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false), ("0.0.0.0/0", "198.51.100.7", true), ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false), ("127.0.0.0/8", "::ffff:127.0.0.1", true), ("::/0", "10.0.0.1", false),
        ])
    func ranges(range: String, address: String, isInside: Bool) throws {
        let known = try #require(AddressRange(range))
        #expect(known.contains(address) == isInside)
    }

    @Test("what is no address is no range", arguments: ["", "10.0.0", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/8/9", "host", "::/129"])
    func noRange(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
