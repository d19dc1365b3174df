import Database
import Digests
import Foundation
import HTTPTypes
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Accounts
@testable import Composition

/// Every route that wants a credential refuses one that is missing, made up, too old, used up or taken back; and does nothing then.
@Suite struct CredentialTests {
    @Test("credentials that do not count, on every route", arguments: TestDatabase.Engine.available)
    func refused(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let credentials = try await Credentials(world).all
            let before = try api.rows()
            for route in api.routes {
                switch route.access {
                case .anonymous, .optional, .own: continue
                case .user, .manager, .permission, .staff, .superuser: break
                }
                let path = try world.alpha.path(route.path)
                let body = JSONValue.object(try SampleBody(tenant: world.alpha, number: 1).members(route))
                // A browser's session is nothing that a client can be asked for.
                let expected = route.credentials.first == .session ? 403 : 401
                for (name, fields) in credentials {
                    let answer = await api.client.send(route.method, path, json: body, headers: fields)
                    #expect(answer.status == expected, "\(route.signature), \(name): \(answer.status) \(answer.text.prefix(200))")
                    #expect((answer.headers[.wwwAuthenticate] == "Bearer") == (expected == 401), "\(route.signature), \(name)")
                    #expect(answer.json?["detail"]?.string?.isEmpty == false, "\(route.signature), \(name)")
                }
            }
            #expect(TenancyTests.difference(before, try api.rows()) == [])
        }
    }

    @Test("a browser's session without its CSRF token changes nothing", arguments: TestDatabase.Engine.available)
    func crossSite(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let login = await api.client.post(
                "/api/v1/auth/session/",
                ["username": .string(world.alpha.manager.user.username), "password": .string(TwoTenants.password)])
            let cookie = try #require(login.headers[.setCookie]?.prefix { $0 != ";" })
            let own = try #require(login.json?["csrf_token"]?.string)
            let other = await api.client.post(
                "/api/v1/auth/session/",
                ["username": .string(world.alpha.member.user.username), "password": .string(TwoTenants.password)])
            let foreign = try #require(other.json?["csrf_token"]?.string)
            let before = try api.rows()
            for route in api.routes where route.isUnsafe && route.credentials.contains(.session) {
                switch route.access {
                case .anonymous, .optional, .own: continue
                case .user, .manager, .permission, .staff, .superuser: break
                }
                let path = try world.alpha.path(route.path)
                let body = JSONValue.object(try SampleBody(tenant: world.alpha, number: 1).members(route))
                for token in ["", foreign, own + "x"] {
                    var fields: HTTPFields = [.cookie: String(cookie)]
                    if !token.isEmpty { fields[SessionCookie.csrfField] = token }
                    let answer = await api.client.send(route.method, path, json: body, headers: fields)
                    #expect(answer.status == 403 && answer.json?["code"] == "csrf_failed", "\(route.signature): \(answer.text)")
                }
            }
            #expect(TenancyTests.difference(before, try api.rows()) == [])
        }
    }
}

/// Who has a second factor gives it wherever a password is exchanged for a token.
@Suite struct SecondFactorEverywhereTests {
    @Test("no login goes without the code", arguments: TestDatabase.Engine.available)
    func logins(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let user = world.alpha.manager.user
            let secret = randomOctets(20)
            #expect(try SecondFactorStore(api.connection).offer(secret, userID: user.id))
            try SecondFactorStore(api.connection).confirm(user.id)
            let codes = try SecondFactorStore(api.connection).makeRecoveryCodes(user.id)
            let logins = api.routes.filter { route in
                let names = Set(route.form?.fields.map(\.name) ?? [])
                return [.anonymous, .optional].contains(route.access) && names.isSuperset(of: ["username", "password"])
            }
            #expect(logins.count >= 4)
            for (route, code) in zip(logins, codes) {
                let path = try world.alpha.path(route.path)
                let without: [JSONValue.Member] = [
                    .init("username", .string(user.username)), .init("password", .string(TwoTenants.password)),
                ]
                let refused = await api.client.post(path, .object(without))
                #expect(refused.status == 400 && refused.json?["code"] == "second_factor_required", "\(path): \(refused.text)")
                #expect(!refused.text.contains(world.alpha.manager.token) && refused.headers[.setCookie] == nil, "\(path)")
                let wrong = await api.client.post(path, .object(without + [.init("code", "000000")]))
                #expect(wrong.status == 400 && wrong.keys == ["code"], "\(path): \(wrong.text)")
                let right = await api.client.post(path, .object(without + [.init("code", .string(code))]))
                #expect(right.status == 200, "\(path): \(right.text)")
            }
        }
    }
}

/// Credentials of alpha's manager, or that claim to be, none of which counts.
private struct Credentials {
    var all: [(name: String, fields: HTTPFields)] = [("none", [:])]

    init(_ world: TwoTenants) async throws {
        let (api, manager) = (world.api, world.alpha.manager)
        let zeros = String(repeating: "0", count: 40)
        add("forged API token", zeros)
        add("part of an API token", String(manager.token.dropLast()))
        add("API token in capitals", manager.token.uppercased())
        add("organization's credential", "\(world.alpha.organization.id) \(world.alpha.token)")
        add("RADIUS token", world.alpha.radiusToken)
        add("deactivated user", world.inactive.token)
        all.append(("another scheme", [.authorization: "Basic \(manager.token)"]))
        all.append(("forged session", [.cookie: "sid=" + String(repeating: "A", count: 43)]))
        all.append(("one-time token where none is taken", [.authorization: "sesame " + String(repeating: "A", count: 43)]))

        let connection = api.connection
        let keys = api.modules.accounts.keys
        let key = try SigningKeyStore(connection).current()
        let now = currentMicroseconds() / 1_000_000
        func token(_ subject: String, _ id: String, expires: Int64, _ secret: [UInt8]) -> String {
            JSONWebToken(subject: subject, id: id, issuedAt: now - 7200, expires: expires, keyID: key.id).signed(with: secret)
        }
        let subject = "admin:\(manager.user.id)"
        add("JWT that nobody was given", token(subject, RandomText.id(), expires: now + 3600, key.secret))
        add("JWT of another key", token(subject, RandomText.id(), expires: now + 3600, randomOctets(32)))
        add("JWT without signature", Self.unsigned(token(subject, RandomText.id(), expires: now + 3600, key.secret)))

        let id = RandomText.id()
        let expired = token(subject, id, expires: now - 120, key.secret)
        try LoginStore(connection).add(
            Login(
                id: id, kind: .jwt, userID: manager.user.id, clientAddress: "192.0.2.10", userAgent: "", isPasswordBased: true,
                created: (now - 7200) * 1_000_000, expires: (now + 3600) * 1_000_000), token: expired, keyID: key.id)
        add("expired JWT", expired)

        // Given and taken back; given and replaced, shown from elsewhere.
        let credentials: JSONValue = ["username": .string(manager.user.username), "password": .string(TwoTenants.password)]
        let revoked = try #require((await api.client.post("/api/v1/auth/token/", credentials)).json?["access_token"]?.string)
        try #require(await api.client.bearing(revoked).delete("/api/v1/auth/token/").status == 204)
        add("revoked JWT", revoked)
        var elsewhere = api.client
        elsewhere.address = "198.51.100.7"
        let replaced = try #require((await elsewhere.post("/api/v1/auth/token/", credentials)).json?["access_token"]?.string)
        try #require(await elsewhere.bearing(replaced).post("/api/v1/auth/token/refresh/").status == 200)
        add("replaced JWT", replaced)

        // An API token that a newer one replaced.
        let owner = world.alpha.owner
        _ = try APITokenStore(connection, key: keys.apiToken(over: connection)).replace(userID: owner.user.id)
        add("replaced API token", owner.token)
    }

    private mutating func add(_ name: String, _ token: String) { all.append((name, [.authorization: "Bearer \(token)"])) }

    /// The same claims under the algorithm "none".
    private static func unsigned(_ token: String) -> String {
        let header = Base64URL.encode(Array(#"{"alg":"none","typ":"JWT","kid":"1"}"#.utf8))
        return "\(header).\(token.split(separator: ".")[1])."
    }
}
