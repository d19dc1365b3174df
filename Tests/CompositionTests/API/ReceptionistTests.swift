import HTTPTypes
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Accounts
@testable import Composition

/// The role of receptions: vouchers are made, printed and looked at, and nothing else is reached.
@Suite struct ReceptionistTests {
    private static func reception(_ world: TwoTenants) throws -> TestClient {
        let connection = world.api.connection
        let user = User(username: "reception", isStaff: true)
        try UserStore(connection).add(user)
        try MembershipStore(connection).join(user.id, world.alpha.organization.id, role: .manager)
        let role = try #require(try RoleStore(connection).role(named: "Receptionist"))
        #expect(role.permissions.map(\.codeName).sorted() == ["add_radiusbatch", "view_radiusbatch"])
        try RoleStore(connection).setRoles([role.id], of: user.id)
        let key = try world.api.modules.accounts.keys.apiToken(over: connection)
        return world.api.client.bearing(try APITokenStore(connection, key: key).token(userID: user.id))
    }

    @Test("vouchers are made, printed and looked at", arguments: TestDatabase.Engine.available)
    func vouchers(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let reception = try Self.reception(world)
            let slug = world.alpha.organization.slug
            let batch: JSONValue = [
                "name": "Evening", "strategy": "prefix", "prefix": "evening-", "number_of_users": 1, "organization_slug": .string(slug),
            ]
            let made = await reception.post("/api/v1/radius/batch/", batch)
            #expect(made.status == 201, "\(made.text)")
            let id = try #require(made.json?["id"]?.string)
            #expect(made.json?["user_credentials"] != .null)
            for path in [
                "/api/v1/radius/batch/", "/api/v1/radius/batch/\(id)/", "/api/v1/radius/batch/\(id)/users/",
                "/api/v1/radius/batch/\(id)/progress/", "/api/v1/radius/organization/\(slug)/batch/\(id)/pdf/",
                "/api/v1/radius/batch/?organization=\(world.alpha.organization.id)",
            ] {
                let answer = await reception.get(path)
                #expect(answer.status == 200, "\(path): \(answer.text.prefix(200))")
            }
            #expect(await reception.patch("/api/v1/radius/batch/\(id)/", ["notes": "x"]).status == 403)
            #expect(await reception.delete("/api/v1/radius/batch/\(id)/").status == 403)
            #expect(await reception.get("/api/v1/radius/batch/?organization=\(world.beta.organization.id)").keys == ["organization"])
            #expect(await reception.get("/api/v1/radius/batch/\(world.beta.batchID)/").status == 404)
        }
    }

    @Test("nothing else is reached", arguments: TestDatabase.Engine.available)
    func limits(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let reception = try Self.reception(world)
            let before = try api.rows()
            for route in api.routes {
                switch route.access {
                case .anonymous, .optional, .user, .own: continue
                case .staff(let model) where model == "radiusbatch" && [.get, .post].contains(route.method): continue
                case .manager, .permission, .staff, .superuser: break
                }
                let body = JSONValue.object(try SampleBody(tenant: world.alpha, number: 1).members(route))
                let answer = await reception.send(route.method, try world.alpha.path(route.path), json: body)
                #expect(answer.status == 403, "\(route.signature): \(answer.status) \(answer.text.prefix(200))")
            }
            // What is open to everybody tells a reception nothing of others, and changes nothing of them.
            let user = "/api/v1/users/user/\(world.alpha.member.user.id)/"
            let password: JSONValue = ["new_password": "lantern of brass 9", "confirm_password": "lantern of brass 9"]
            #expect(await reception.put(user + "password/", password).status == 403)
            #expect(await reception.post(user + "notes/", ["text": "x"]).status == 403)
            #expect(TenancyTests.difference(before, try api.rows()) == [])
        }
    }
}
