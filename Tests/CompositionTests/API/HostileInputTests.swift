import Foundation
import HTTPTypes
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Accounts

/// Whatever a client writes into a path, a query or a body: no route answers 5xx, none touches another organization, and what a form does
/// not take is told under the field's name.
@Suite struct HostileInputTests {
    @Test("paths", arguments: TestDatabase.Engine.available)
    func paths(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            var scene = Scene(world)
            let before = try api.rows(mentioning: world.alpha.marks)
            for route in api.routes {
                for parameter in route.parameterNames {
                    for text in HostileText.all.filter({ !$0.isEmpty }).map(HostileText.escaped) + HostileText.escapes {
                        let segments = try route.path.split(separator: "/", omittingEmptySubsequences: false).map { segment -> String in
                            if segment == ":\(parameter)" { return text }
                            guard segment.hasPrefix(":") else { return String(segment) }
                            return try #require(world.beta.value(of: String(segment.dropFirst()), in: route.path))
                        }
                        let answer = await scene.ask(route, segments.joined(separator: "/"), try scene.body(route))
                        #expect(answer.status < 500, "\(route.signature), :\(parameter) = \(text.prefix(60)): \(answer.text.prefix(200))")
                        #expect(
                            !(200..<300).contains(answer.status) || scene.isForEverybody(route),
                            "\(route.signature) takes \(text.prefix(60))")
                    }
                }
            }
            #expect(TenancyTests.difference(before, try api.rows(mentioning: world.alpha.marks)) == [])
        }
    }

    @Test("queries", arguments: TestDatabase.Engine.available)
    func queries(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            var scene = Scene(world)
            let before = try api.rows(mentioning: world.alpha.marks)
            for route in api.routes where route.method == .get {
                let path = try world.beta.path(route.path)
                for name in Set(route.query.map(\.name)).union(["unheard"]) {
                    for text in HostileText.all.map(HostileText.escaped) + HostileText.escapes {
                        let answer = await scene.ask(route, "\(path)?\(name)=\(text)", nil)
                        let what = "\(route.signature)?\(name)=\(text.prefix(60)): \(answer.status) \(answer.text.prefix(300))"
                        #expect(answer.status < 500, "\(what)")
                        for mark in world.alpha.marks where !scene.isSuperusers(route) {
                            #expect(!answer.text.contains(mark), "\(what)")
                        }
                        // Kinds other than texts are checked where the route lists them.
                        if answer.status == 400, let keys = answer.keys, keys != ["detail"] { #expect(keys == [name], "\(what)") }
                    }
                }
            }
            let changes = TenancyTests.difference(before, try api.rows(mentioning: world.alpha.marks))
            #expect(changes == [])
        }
    }

    @Test("fields of bodies", arguments: TestDatabase.Engine.available)
    func fields(engine: TestDatabase.Engine) async throws {
        let routes = try await Self.routesWithForms()
        for signature in routes {
            // What is taken changes things: each route begins anew.
            try await WholeAPI.with(engine) { api in
                let world = try await TwoTenants(api)
                var scene = Scene(world)
                let before = try api.rows(mentioning: world.alpha.marks)
                let route = try #require(api.routes.first { $0.signature == signature })
                for field in route.form?.fields ?? [] {
                    for text in HostileText.all { await scene.probe(.string(text), in: field, of: route) }
                    for value in field.kind == .json ? Self.documents : Self.wrongKinds(field) {
                        await scene.probe(value, in: field, of: route, isWrong: field.kind != .json)
                    }
                }
                #expect(TenancyTests.difference(before, try api.rows(mentioning: world.alpha.marks)) == [], "\(signature)")
            }
        }
    }

    private static func routesWithForms() async throws -> [String] {
        var signatures: [String] = []
        try await WholeAPI.with(.sqlite) { api in signatures = api.routes.filter { $0.form != nil }.map(\.signature) }
        return signatures
    }

    /// Documents that no field wants, with texts that break out deep inside.
    private static let documents: [JSONValue] =
        ["\u{0}", "' OR '1'='1", "9223372036854775808"].flatMap { text -> [JSONValue] in
            let text = JSONValue.string(text)
            return [
                [text], [[text]], [["organization": text, "is_admin": text, "delete": text]], ["organization_user": text],
                ["organization_user": [text]],
            ]
        } + [[.number(1e300)], [-1], [true], [nil], [:], [["organization": 1]], ["organization_user": 1]]

    /// Values that a field of this kind never takes.
    private static func wrongKinds(_ field: Field) -> [JSONValue] {
        let nested: [JSONValue] = [["x"], ["x": "y"], []]
        switch field.kind {
        case .text, .password: return nested + [true]
        case .file: return ["no file"] + nested
        case .boolean: return nested + ["perhaps", 2]
        case .integer: return nested + [true, "one", .number(1.5), .number(1e300), "99999999999999999999"]
        case .number: return nested + [true, "one", "1e400"]
        default: return nested + [true, "no such thing", .number(1e300), -1]
        }
    }

    @Test("bodies", arguments: TestDatabase.Engine.available)
    func bodies(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            var scene = Scene(world)
            let before = try api.rows()
            for route in api.routes where route.form != nil {
                let path = try world.beta.path(route.path)
                for body in HostileBody.all(limit: route.bodyLimit) {
                    let answer = await scene.ask(route, path, type: body.type, body.bytes)
                    let what = "\(route.signature), \(body.name): \(answer.status) \(answer.text.prefix(200))"
                    #expect(body.statuses.contains(answer.status) || answer.status == 413 && body.bytes.count > route.bodyLimit, "\(what)")
                    #expect(answer.json?["detail"]?.string?.isEmpty == false || answer.json?["non_field_errors"] != nil, "\(what)")
                }
            }
            #expect(TenancyTests.difference(before, try api.rows()) == [])
        }
    }

    @Test("names that come twice, and names that no form has", arguments: TestDatabase.Engine.available)
    func names(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            var scene = Scene(world)
            let before = try api.rows(mentioning: world.alpha.marks)
            for route in api.routes where route.form != nil && route.method == .post {
                let path = try world.beta.path(route.path)
                let members = try SampleBody(tenant: world.beta, number: 1).members(route)
                let twice = JSONValue.object(members + members).text
                let foreign: [JSONValue.Member] = [
                    "id", "is_superuser", "is_staff", "organization_id", "user_id", "created", "__proto__", "constructor", "",
                ].map { .init($0, .string(world.alpha.organization.id)) }
                for text in [twice, JSONValue.object(foreign).text, JSONValue.object(members + foreign).text] {
                    let answer = await scene.ask(route, path, type: "application/json", Array(text.utf8))
                    #expect(answer.status < 500, "\(route.signature): \(answer.status) \(answer.text.prefix(200))")
                }
            }
            let changes = TenancyTests.difference(before, try api.rows(mentioning: world.alpha.marks))
            #expect(changes == [])
        }
    }
}

/// Asks routes as beta's people would, each time from another address: guesses are counted by address.
private struct Scene {
    let world: TwoTenants
    private var number = 0

    init(_ world: TwoTenants) { self.world = world }

    /// Whether a route's answer does not depend on what its path says.
    func isForEverybody(_ route: Route) -> Bool { route.access == .anonymous || route.access == .optional || route.access == .own }

    func isSuperusers(_ route: Route) -> Bool { client(route).headers[.authorization] == "Bearer \(world.superuser.token)" }

    func body(_ route: Route) throws -> [JSONValue.Member] { try SampleBody(tenant: world.beta, number: number).members(route) }

    /// The least of beta's people whom the route lets in.
    private func client(_ route: Route) -> TestClient {
        let (client, beta) = (world.api.client, world.beta)
        switch route.access {
        case .anonymous, .optional: return client
        case .own: return client.freeRADIUS(beta.organization.id, beta.token)
        // Those of topologies ask for managers in words of their own.
        case .user where route.path.contains("/network-topology/"): return client.bearing(beta.manager.token)
        case .user: return client.bearing(beta.member.token)
        case .manager, .permission, .staff:
            let administrator = Principal(
                id: "", username: "", method: .apiToken, isStaff: true, memberships: ["": .manager], permissions: Self.administrator)
            let isEnough = route.access.verdict(on: administrator, method: route.method) == .admitted
            return client.bearing(isEnough ? beta.manager.token : world.superuser.token)
        case .superuser: return client.bearing(world.superuser.token)
        }
    }

    /// What the role of the managers allows, as far as it matters: everything but the installation's own objects.
    private static let administrator: Set<String> = {
        let models = [
            "user", "organizationuser", "emailaddress", "token", "radiusgroup", "radiususergroup", "radiusaccounting", "radiuspostauth",
            "radiusbatch", "nas", "auditentry",
        ]
        let all = models.flatMap { model in Permission.Action.allCases.map { "\($0.rawValue)_\(model)" } }
        return Set(all + ["view_organization", "change_organization", "view_group"])
    }()

    mutating func ask(_ route: Route, _ path: String, _ members: [JSONValue.Member]?) async -> TestAnswer {
        await ask(route, path, type: members == nil ? nil : "application/json", members.map { JSONValue.object($0).bytes } ?? [])
    }

    mutating func ask(_ route: Route, _ path: String, type: String?, _ body: [UInt8]) async -> TestAnswer {
        number += 1
        var client = client(route)
        client.address = "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
        return await client.send(route.method, path, type: type, body: route.method == .get ? [] : body)
    }

    /// Sends one field's value among good ones.
    mutating func probe(_ value: JSONValue, in field: Field, of route: Route, isWrong: Bool = false) async {
        do {
            let members = try body(route).filter { $0.name != field.name } + [.init(field.name, value)]
            let answer = await ask(route, try world.beta.path(route.path), members)
            let what = "\(route.signature), \(field.name) = \(value.text.prefix(60)): \(answer.status) \(answer.text.prefix(200))"
            #expect(answer.status < 500, "\(what)")
            #expect(answer.status != 404 || !isWrong, "not reached: \(what)")
            if isWrong {
                #expect(answer.status == 400, "\(what)")
                #expect(answer.json?[field.name] != nil, "\(what)")
            }
            // Pages for people say it in their own way.
            let isPage = answer.headers[.contentType]?.hasPrefix("text/html") == true
            if answer.status == 400, !isPage { #expect(answer.keys?.isEmpty == false, "\(what)") }
        } catch {
            Issue.record("\(route.signature): \(error)")
        }
    }
}

/// Bodies that are not what they say.
private struct HostileBody {
    let name: String
    let type: String
    let bytes: [UInt8]
    let statuses: Set<Int>

    init(_ name: String, _ type: String, _ text: String, _ statuses: Set<Int> = [400]) {
        self.init(name, type, Array(text.utf8), statuses)
    }

    init(_ name: String, _ type: String, _ bytes: [UInt8], _ statuses: Set<Int> = [400]) {
        (self.name, self.type, self.bytes, self.statuses) = (name, type, bytes, statuses)
    }

    static func all(limit: Int) -> [HostileBody] {
        let (json, form) = ("application/json", "application/x-www-form-urlencoded")
        let deep = String(repeating: "{\"a\":", count: 50_000) + "1" + String(repeating: "}", count: 50_000)
        return [
            HostileBody("no end", json, "{\"username\": \"bob\""), HostileBody("no JSON", json, "username=bob"),
            HostileBody("an array", json, "[]"), HostileBody("a text", json, "\"bob\""), HostileBody("null", json, "null"),
            HostileBody("two documents", json, "{}{}"), HostileBody("deep", json, deep),
            HostileBody("deep arrays", json, String(repeating: "[", count: 100_000)),
            HostileBody("no UTF-8", json, [0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xFF, 0xFE, 0x22, 0x7D]),
            HostileBody("a NUL", json, [0x00]), HostileBody("half a surrogate", json, #"{"username": "\ud800"}"#),
            HostileBody("a number without end", json, "{\"page\": 1e999999}"),
            HostileBody("another charset", json + "; charset=utf-16", "{}", [415]), HostileBody("XML", "text/xml", "<a/>", [415]),
            HostileBody("no type", "", "{}", [415]), HostileBody("plain text", "text/plain", "{}", [415]),
            HostileBody("form, no UTF-8", form, "username=%FF"), HostileBody("form, raw octets", form, [0x61, 0x3D, 0xFF]),
            HostileBody("form, thousands of fields", form, (0..<5000).map { "f\($0)=1" }.joined(separator: "&")),
            HostileBody("multipart without boundary", "multipart/form-data", "--x--"),
            HostileBody(
                "multipart without end", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb"),
            HostileBody("multipart, another boundary", "multipart/form-data; boundary=x", "--y\r\n\r\n--y--\r\n"),
            HostileBody("too large", json, [UInt8](repeating: UInt8(ascii: " "), count: min(limit, 32 << 20) + 1), [413]),
        ]
    }
}
