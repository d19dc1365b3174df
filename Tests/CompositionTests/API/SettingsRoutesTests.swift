import Database
import HTTPTypes
import OrganizationSettings
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Accounts
@testable import Composition

/// Settings of organizations over the API.
@Suite struct SettingsRoutesTests {
    private static func setting(_ name: String, in answer: TestAnswer) -> JSONValue? {
        guard case .array(let settings)? = answer.json?["settings"] else { return nil }
        return settings.first { $0["name"]?.string == name }
    }

    @Test("what holds, what is own, what the installation says", arguments: TestDatabase.Engine.available)
    func change(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let manager = api.client.bearing(world.alpha.manager.token)
            let path = "/api/v1/organization/\(world.alpha.organization.slug)/settings/"
            let before = await manager.get(path)
            #expect(before.keys == ["settings"])
            guard case .array(let settings)? = before.json?["settings"] else { return }
            #expect(settings.compactMap { $0["name"]?.string } == OrganizationSetting.all.map(\.name))
            guard case .object(let members)? = settings.first else { return }
            #expect(
                members.map(\.name).sorted() == [
                    "choices", "default", "expected", "help", "label", "name", "own", "section", "type", "value",
                ])
            let cooldown = try #require(Self.setting("sms_cooldown", in: before))
            #expect(cooldown["type"] == "integer" && cooldown["own"] == .null && cooldown["value"] == 30 && cooldown["default"] == 30)
            #expect(cooldown["label"] == "SMS cooldown" && cooldown["section"] == "Text messages")
            let firstName = try #require(Self.setting("first_name", in: before))
            #expect(firstName["own"] == "allowed" && firstName["default"] == "disabled" && firstName["type"] == "choice")
            #expect(firstName["choices"] == ["disabled", "allowed", "mandatory"])

            let changed = await manager.patch(
                path,
                [
                    "sms_cooldown": "60", "registration_enabled": false, "portal_languages": "de, en", "portal_nas_secret": "open sesame",
                    "first_name": .null,
                ])
            #expect(changed.status == 200, "\(changed.text)")
            #expect(Self.setting("sms_cooldown", in: changed)?["value"] == 60)
            #expect(Self.setting("registration_enabled", in: changed)?["own"] == false)
            #expect(Self.setting("portal_languages", in: changed)?["value"] == ["de", "en"])
            #expect(Self.setting("first_name", in: changed)?["own"] == .null)
            #expect(Self.setting("portal_nas_secret", in: changed)?["value"] == "***")
            #expect(!changed.text.contains("open sesame"))
            // The server knows at once.
            let context = api.modules.organizationSettings.directory.context(slug: world.alpha.organization.slug)
            #expect(context?.settings.smsCooldown == 60 && context?.settings.portal.nasSecret == "open sesame")
            // The mask sent back changes nothing.
            #expect(await manager.patch(path, ["portal_nas_secret": "***"]).status == 200)
            #expect(
                api.modules.organizationSettings.directory.context(slug: world.alpha.organization.slug)?.settings.portal.nasSecret
                    == "open sesame")
            let audit = await manager.get("/api/v1/audit/?object=settings")
            #expect(audit.json?["count"] == 1 && !audit.text.contains("open sesame"), "\(audit.text)")
        }
    }

    @Test("what cannot be is told at its name, and nothing changes", arguments: TestDatabase.Engine.available)
    func refused(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let manager = api.client.bearing(world.alpha.manager.token)
            let path = "/api/v1/organization/\(world.alpha.organization.slug)/settings/"
            let before = await manager.get(path)
            let cases: [(String, JSONValue)] = [
                ("sms_cooldown", -1), ("sms_cooldown", "soon"), ("first_name", "perhaps"), ("portal_color", "red"),
                ("login_url", "javascript:1"),
                ("registration_enabled", "perhaps"), ("sms_sender", ""),
            ]
            for (name, value) in cases {
                let answer = await manager.patch(path, .object([.init("sms_message", "{code}"), .init(name, value)]))
                #expect(answer.status == 400 && answer.keys == [name], "\(name): \(answer.text)")
            }
            #expect(await manager.get(path).json == before.json)
            #expect(await api.client.bearing(world.beta.manager.token).get(path).status == 404)
            #expect(await api.client.bearing(world.beta.manager.token).patch(path, ["sms_cooldown": 1]).status == 404)
            #expect(await api.client.bearing(world.alpha.member.token).get(path).status == 403)
            #expect(await manager.get("/api/v1/organization/none/settings/").status == 404)
        }
    }
}
