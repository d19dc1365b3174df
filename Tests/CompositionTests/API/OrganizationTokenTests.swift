import Accounts
import Foundation
import HTTPTypes
import TestSupport
import Testing
import WebRouting
import WebTestSupport

/// The credential of one organization's FreeRADIUS opens nothing of another's.
@Suite struct OrganizationTokenTests {
    private static let base = "/api/v1/freeradius/"

    private static func record(_ type: String, _ tenant: Tenant) -> JSONValue {
        [
            "status_type": .string(type), "session_id": .string(tenant.sessionID), "unique_id": .string(tenant.sessionID),
            "nas_ip_address": "192.0.2.1", "username": .string(tenant.member.user.username), "session_time": 99, "input_octets": 1_000_000,
            "called_station_id": .string("\(tenant.organization.slug)-ap"), "calling_station_id": "02-00-00-00-00-0A",
        ]
    }

    @Test("credentials that do not count are answered 403, and 400 when a part is missing", arguments: TestDatabase.Engine.available)
    func refused(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let (alpha, beta) = (world.alpha, world.beta)
            let before = try api.rows()
            let wrong: [(String, String, Int)] = [
                ("another organization's token", "\(alpha.organization.id) \(beta.token)", 403),
                ("another organization's id", "\(beta.organization.id) \(alpha.token)", 403),
                ("forged token", "\(alpha.organization.id) \(String(repeating: "x", count: 32))", 403),
                ("part of the token", "\(alpha.organization.id) \(alpha.token.dropLast())", 403),
                ("no organization", "00000000-0000-4000-8000-000000000000 \(alpha.token)", 403),
                ("no UUID", "' \(alpha.token)", 403), ("two blanks", "\(alpha.organization.id)  \(alpha.token)", 403),
                ("a superuser's token", world.superuser.token, 400), ("no token", alpha.organization.id, 400),
            ]
            for route in api.routes where TenancyTests.freeRADIUS.contains(route.signature) {
                let body = JSONValue.object(try SampleBody(tenant: alpha, number: 1).members(route))
                for (name, credential, expected) in wrong {
                    var client = api.client
                    client.headers[.authorization] = "Bearer \(credential)"
                    let answer = await client.send(route.method, route.path, json: body)
                    #expect(answer.status == expected, "\(route.signature), \(name): \(answer.status) \(answer.text)")
                    #expect(answer.keys == ["detail"], "\(route.signature), \(name)")
                    #expect(answer.headers[.wwwAuthenticate] == nil, "\(route.signature), \(name)")
                }
                let query = await api.client.send(
                    route.method, route.path + "?uuid=\(alpha.organization.id)&token=\(beta.token)", json: body)
                #expect(query.status == 403, "\(route.signature)")
                let mixed = JSONValue.object([.init("organization", .string(alpha.organization.id))])
                let set = await api.client.freeRADIUS(beta.organization.id, beta.token).post(route.path, mixed)
                #expect(set.status == 403, "\(route.signature) lets the request choose its organization")
            }
            #expect(TenancyTests.difference(before, try api.rows()) == [])
        }
    }

    @Test("a session of another organization is neither changed nor shown", arguments: TestDatabase.Engine.available)
    func accounting(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let (alpha, beta) = (world.alpha, world.beta)
            let client = api.client.freeRADIUS(beta.organization.id, beta.token)
            let before = try api.rows(mentioning: alpha.marks)
            for type in ["Start", "Interim-Update", "Stop"] {
                let answer = await client.post(Self.base + "accounting/", Self.record(type, alpha))
                #expect(answer.status == 200 && answer.body.isEmpty, "\(type): \(answer.status) \(answer.text)")
            }
            // Its access point is switched on, says another organization.
            let on = await client.post(
                Self.base + "accounting/",
                ["status_type": "Accounting-On", "called_station_id": .string("\(alpha.organization.slug)-ap")])
            #expect(on.status == 200)
            #expect(TenancyTests.difference(before, try api.rows(mentioning: alpha.marks)) == [])

            for query in [
                "", "?username=\(alpha.member.user.username)", "?is_open=true", "?called_station_id=\(alpha.organization.slug)-ap",
            ] {
                let list = await client.get(Self.base + "accounting/" + query)
                #expect(list.status == 200)
                #expect(!list.text.contains(alpha.organization.id) && !list.text.contains(alpha.sessionID), "\(list.text)")
            }
            #expect(await client.get(Self.base + "accounting/").text.contains(beta.sessionID))
        }
    }

    @Test("another organization's users are not let in, by password or by RADIUS token", arguments: TestDatabase.Engine.available)
    func authorize(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let (alpha, beta) = (world.alpha, world.beta)
            let user = alpha.member.user
            for name in [user.username, user.email ?? "", user.phoneNumber ?? ""] {
                for password in [TwoTenants.password, alpha.radiusToken] {
                    let answer = await api.client.freeRADIUS(beta.organization.id, beta.token).post(
                        Self.base + "authorize/", ["username": .string(name), "password": .string(password)])
                    #expect(answer.status == 200 && answer.body.isEmpty, "\(name): \(answer.status) \(answer.text)")
                }
                let own = await api.client.freeRADIUS(alpha.organization.id, alpha.token).post(
                    Self.base + "authorize/", ["username": .string(name), "password": .string(TwoTenants.password)])
                #expect(own.json?["control:Auth-Type"] == "Accept", "\(name): \(own.status) \(own.text)")
            }
        }
    }

    @Test(
        "without a credential, a device's request reaches only the organization that it belongs to",
        arguments: TestDatabase.Engine.available)
    func withoutCredential(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let alpha = world.alpha
            // The RADIUS token tells the organization; the password of another one's user does not come with it.
            let byName = await api.client.get(Self.base + "accounting/?username=\(alpha.member.user.username)")
            #expect(byName.status == 200 && !byName.text.contains(world.beta.sessionID))
            let unknown = await api.client.get(Self.base + "accounting/?username=nobody")
            #expect(unknown.status == 403)
            #expect(await api.client.get(Self.base + "accounting/").status == 403)
            #expect(await api.client.get(Self.base + "accounting/?username=a%00b").status < 500)
            for name in HostileText.all {
                let fields: JSONValue = ["username": .string(name), "password": "x", "reply": "Access-Reject", "status_type": "Start"]
                for route in ["authorize/", "postauth/", "accounting/"] {
                    let answer = await api.client.post(Self.base + route, fields)
                    #expect([200, 400, 403].contains(answer.status), "\(route) of \(name.prefix(40)): \(answer.status) \(answer.text)")
                }
            }
            // A device that moves is known by its open session.
            let station = JSONValue.string("02:00:00:00:00:0a")
            let roaming = await api.client.post(Self.base + "authorize/", ["username": station, "password": station])
            #expect(roaming.json?["control:Auth-Type"] == "Accept", "\(roaming.status) \(roaming.text)")
            let strange = JSONValue.string("02:00:00:00:00:0f")
            let stranger = await api.client.post(Self.base + "authorize/", ["username": strange, "password": strange])
            #expect(stranger.status == 200 && stranger.body.isEmpty)
        }
    }
}
