import Database
import HTTPTypes
import NASClients
import RADIUSTransport
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Accounts
@testable import Composition

/// NAS devices over the API: what is told, who may, and that the listeners know at once.
@Suite struct NASRoutesTests {
    private static let path = "/api/v1/nas/"
    private static let keys = [
        "description", "has_secret", "id", "last_seen", "message_authenticator", "name", "organization", "packets",
        "require_message_authenticator", "short_name", "type", "wrong_secret_at",
    ]

    private static func body(_ address: String, _ name: String, _ organization: String?, secret: String = "very secret indeed") -> JSONValue
    {
        [
            "name": .string(address), "short_name": .string(name), "type": "mikrotik", "secret": .string(secret),
            "organization": .optional(organization),
        ]
    }

    @Test("a device is added, served, changed, listed and removed; its secret is never told", arguments: TestDatabase.Engine.available)
    func life(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let manager = api.client.bearing(world.alpha.manager.token)
            let organization = world.alpha.organization.id
            let added = await manager.post(Self.path, Self.body("192.0.2.10", "lobby", organization))
            #expect(added.status == 201, "\(added.text)")
            #expect(added.keys == Self.keys)
            guard case .integer(let id)? = added.json?["id"] else { return }
            #expect(added.json?["has_secret"] == true && added.json?["message_authenticator"] == .null)
            #expect(added.json?["last_seen"] == .null && added.json?["packets"] == 0 && added.json?["wrong_secret_at"] == .null)
            let address = try #require(IPAddress("192.0.2.10"))
            let served = try #require(api.modules.nasClients.registry.table.client(for: address))
            #expect(served.name == "lobby" && served.organizationID == organization && served.type == "mikrotik")

            let one = Self.path + "\(id)/"
            #expect(await manager.get(one).json == added.json)
            let changed = await manager.patch(
                one, ["short_name": "hall", "secret": "another secret of it", "require_message_authenticator": true])
            #expect(changed.status == 200, "\(changed.text)")
            #expect(changed.json?["short_name"] == "hall" && changed.json?["message_authenticator"] == "required")
            #expect(api.modules.nasClients.registry.table.client(for: address)?.name == "hall")
            #expect(api.modules.nasClients.registry.table.client(for: address)?.requireMessageAuthenticator == .yes)
            let same = await manager.patch(one, ["require_message_authenticator": false])
            #expect(same.json?["message_authenticator"] == .null && same.json?["require_message_authenticator"] == false)

            for query in ["?q=HAL", "?q=192.0.2", "?type=mikrotik&organization=\(organization)"] {
                let list = await manager.get(Self.path + query)
                #expect(list.keys == ["count", "next", "previous", "results"])
                #expect(list.text.contains("\"short_name\":\"hall\""), "\(query): \(list.text)")
            }
            #expect(await manager.get(Self.path + "?q=nothing").json?["count"] == 0)
            #expect(await manager.get(Self.path + "?organization=\(world.beta.organization.id)").keys == ["organization"])

            let audit = await manager.get("/api/v1/audit/?object=nas")
            #expect(audit.json?["count"] == 4)
            for text in [audit.text, changed.text, await manager.get(Self.path).text] {
                for secret in ["very secret indeed", "another secret of it"] { #expect(!text.contains(secret)) }
            }
            #expect(audit.text.contains("*** (another)"))

            #expect(await manager.delete(one).status == 204)
            #expect(await manager.get(one).status == 404)
            #expect(api.modules.nasClients.registry.table.client(for: address) == nil)
        }
    }

    @Test("what cannot be is told at its field", arguments: TestDatabase.Engine.available)
    func refused(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let root = api.client.bearing(world.superuser.token)
            let manager = api.client.bearing(world.alpha.manager.token)
            let (alpha, beta) = (world.alpha.organization.id, world.beta.organization.id)
            #expect(await root.post(Self.path, Self.body("no address", "a", alpha)).keys == ["name"])
            #expect(await root.post(Self.path, Self.body("192.0.2.1/33", "a", alpha)).keys == ["name"])
            #expect(await root.post(Self.path, Self.body("192.0.2.1", "a", alpha, secret: "0xzz")).keys == ["secret"])
            #expect(await root.post(Self.path, Self.body("192.0.2.1", "tenant-alpha-nas", alpha)).keys == ["short_name"])
            #expect(await root.post(Self.path, ["short_name": "a"]).keys == ["name", "secret"])
            // A manager's device belongs to his organization, and takes nothing away from others.
            #expect(await manager.post(Self.path, Self.body("192.0.2.1", "a", nil)).keys == ["organization"])
            #expect(await manager.post(Self.path, Self.body("192.0.2.1", "a", beta)).keys == ["organization"])
            #expect(await manager.post(Self.path, Self.body("198.51.100.0/24", "a", alpha)).keys == ["name"])
            #expect(await manager.post(Self.path, Self.body("198.51.100.2", "a", alpha)).keys == ["name"])
            #expect(await root.post(Self.path, Self.body("203.0.113.0/24", "everybody", nil)).status == 201)
            #expect(await manager.post(Self.path, Self.body("203.0.113.9", "a", alpha)).keys == ["name"])
            let own = Self.path + world.alpha.nasID + "/"
            #expect(await manager.patch(own, ["organization": .null]).keys == ["organization"])
            #expect(await manager.patch(own, ["name": "198.51.100.2"]).keys == ["name"])
            // Managers do not see devices of all organizations.
            #expect(await manager.get(Self.path).json?["count"] == 1)
        }
    }

    @Test("makes, and lines to copy that hold no secret", arguments: TestDatabase.Engine.available)
    func setup(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let manager = api.client.bearing(world.alpha.manager.token)
            let types = await manager.get(Self.path + "types/")
            guard case .array(let makes)? = types.json else { return #expect(Bool(false), "\(types.text)") }
            #expect(makes.contains(["label": "MikroTik RouterOS", "name": "mikrotik"]))
            #expect(makes.last == ["label": "Other", "name": "other"])
            for make in makes {
                let name = try #require(make["name"]?.string)
                let changed = await manager.patch(Self.path + world.alpha.nasID + "/", ["type": .string(name)])
                try #require(changed.status == 200, "\(changed.text)")
                let answer = await manager.get(Self.path + world.alpha.nasID + "/setup/")
                #expect(answer.keys == ["blocks", "vendor"])
                #expect(answer.json?["vendor"] == make["label"])
                guard case .array(let blocks)? = answer.json?["blocks"], let first = blocks.first, case .object(let members) = first else {
                    return #expect(Bool(false), "\(name): \(answer.text)")
                }
                #expect(members.map(\.name).sorted() == ["language", "text", "title"])
                #expect(answer.text.contains("radian.test") && answer.text.contains("RADIUS-SECRET"), "\(name)")
                #expect(!answer.text.contains("a secret of the device"))
            }
        }
    }
}
