import Accounts
import HTTPTypes
import TestSupport
import Testing
import WebRouting
import WebTestSupport

/// Organizations are closed to each other, on every route that the program has. The routes come from the program: one that this test does
/// not know how to ask, or that lets everybody in without a reason here, fails it.
@Suite struct TenancyTests {
    /// Routes without a credential, and why.
    private static let open: [String: String] = [
        "GET /health": "tells only whether the server is well",
        "GET /metrics": "counters without names",
        "GET /api/v1/docs.json": "describes the API", "GET /api/v1/docs.yaml": "describes the API",
        "GET /api/v1/docs/": "describes the API",
        "GET /api/v1/docs/assets/:name": "describes the API",
        "POST /api/v1/users/token/": "needs the password", "POST /api/v1/auth/session/": "needs the password",
        "POST /api/v1/auth/token/": "needs the password", "GET /api/v1/auth/session/": "tells the caller who he is",
        "POST /api/v1/users/password/reset/": "answers everybody alike", "POST /api/v1/users/password/reset/confirm/": "needs the letter",
        "GET /accounts/confirm-email/:key/": "needs the letter", "POST /accounts/confirm-email/:key/": "needs the letter",
        "GET /accounts/password/reset/key/:uid/:token/": "needs the letter",
        "POST /accounts/password/reset/key/:uid/:token/": "needs the letter",
        "GET /accounts/password/change/": "is the same for everybody", "POST /accounts/password/change/": "needs the password",
        "GET /api/v1/messages/receipts/:gateway/:secret/": "needs the gateway's secret",
        "POST /api/v1/messages/receipts/:gateway/:secret/": "needs the gateway's secret",
        account: "makes a user of one's own", account + "token/": "needs the password", account + "token/validate/": "needs the token",
        account + "password/reset/": "answers everybody alike", account + "password/reset/confirm/": "needs the letter",
        "GET /radius/social-login/:slug/": "switched off", "GET /radius/saml2/login/": "switched off",
        "POST /radius/saml2/acs/": "switched off", "GET /radius/saml2/additional-info/": "switched off",
        "GET /radius/saml2/logout/": "switched off", "GET /radius/saml2/ls/": "switched off", "POST /radius/saml2/ls/post/": "switched off",
        "GET /radius/saml2/metadata/": "switched off",
        "POST /captive-portal-mock/login/": "needs the RADIUS token; for demonstrations",
        "POST /captive-portal-mock/logout/": "needs the session's id; for demonstrations",
        "POST /api/v1/network-topology/topology/:id/receive/": "needs the topology's key",
        "GET /api/v1/network-topology/map/": "tells where maps come from",
        "GET /topology/": "asks for a login itself", "GET /topology/topology/:id/": "asks for a login itself",
    ]
    private static let account = "POST /api/v1/radius/organization/:slug/account/"

    /// Routes that ask for the organization's credential themselves; ``OrganizationTokenTests`` asks them.
    static let freeRADIUS: Set = [
        "POST /api/v1/freeradius/authorize/", "POST /api/v1/freeradius/postauth/", "POST /api/v1/freeradius/accounting/",
        "GET /api/v1/freeradius/accounting/",
    ]

    /// What is the same for all organizations: managers may see it.
    private static let shared: Set = ["GET /api/v1/users/group/:id/"]

    @Test func `every route without a credential has a reason`() async throws {
        try await WholeAPI.with(.sqlite) { api in
            let routes = Set(api.routes.filter { $0.access == .anonymous || $0.access == .optional }.map(\.signature))
            #expect(routes.subtracting(Self.open.keys).sorted() == [], "routes that let everybody in")
            #expect(Set(Self.open.keys).subtracting(routes).sorted() == [], "no such routes, or with a credential")
            #expect(Set(api.routes.filter { $0.access == .own }.map(\.signature)) == Self.freeRADIUS)
        }
    }

    @Test("people of another organization, and of none, see and change nothing", arguments: TestDatabase.Engine.available)
    func foreigners(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let (alpha, beta) = (world.alpha, world.beta)
            let before = try api.rows(mentioning: alpha.marks)
            #expect(before.count > 10, "the tenant has rows in \(before.keys.sorted())")
            let foreigners = [
                ("manager", beta.manager), ("owner", beta.owner), ("member", beta.member), ("stranger", world.stranger),
            ]
            var number = 0
            for route in api.routes where Self.open[route.signature] == nil && !Self.freeRADIUS.contains(route.signature) {
                for (name, person) in foreigners {
                    number += 1
                    let path = try alpha.path(route.path)
                    let body = JSONValue.object(try SampleBody(tenant: alpha, number: number).members(route))
                    // One's own login ends here: it has to be another one each time.
                    let answer = await api.client.bearing(person.token).send(route.method, path, json: body)
                    Self.expectNothing(answer, route, name, alpha, said: path + body.text)
                }
                let after = try api.rows(mentioning: alpha.marks)
                if after != before {
                    Issue.record("\(route.signature) changed \(Self.difference(before, after))")
                    return
                }
            }
        }
    }

    @Test("the same requests find what they ask for where its manager asks", arguments: TestDatabase.Engine.available)
    func owners(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            // A batch by prefix has no file.
            let routes = api.routes.filter {
                $0.method == .get && !$0.parameterNames.isEmpty && $0.access.model != nil && !$0.path.contains("/csv/")
            }
            #expect(routes.count > 5)
            for route in routes {
                let answer = await api.client.bearing(world.alpha.manager.token).get(try world.alpha.path(route.path))
                #expect(answer.status == 200, "\(route.signature): \(answer.status) \(answer.text.prefix(200))")
            }
        }
    }

    private static func expectNothing(_ answer: TestAnswer, _ route: Route, _ who: String, _ alpha: Tenant, said: String) {
        let what = "\(route.signature) by \(who): \(answer.status) \(answer.text.prefix(300))"
        for mark in alpha.marks where answer.text.contains(mark) && !said.contains(mark) { Issue.record("\(mark) is told: \(what)") }
        #expect(answer.status < 500, "\(what)")
        if route.parameterNames.isEmpty || shared.contains(route.signature) {
            // A list, or something of the caller's own; what it names of the other organization is refused.
            if route.isUnsafe, said.contains(alpha.organization.id) || said.contains(alpha.organization.slug) {
                #expect([400, 403, 404].contains(answer.status), "\(what)")
            }
        } else if route.path.contains("/account/") {
            // Everybody may ask there for what is his own; he has nothing there.
            #expect([400, 401, 403, 404].contains(answer.status) || answer.text == "[]", "\(what)")
        } else {
            #expect([401, 403, 404].contains(answer.status), "\(what)")
        }
    }

    static func difference(_ before: [String: [String]], _ after: [String: [String]]) -> [String] {
        Set(before.keys).union(after.keys).sorted().flatMap { table -> [String] in
            let (old, new) = (Set(before[table] ?? []), Set(after[table] ?? []))
            return old.subtracting(new).map { "\(table) - \($0)" } + new.subtracting(old).map { "\(table) + \($0)" }
        }
    }

    @Test("plain members reach nothing that is for managers", arguments: TestDatabase.Engine.available)
    func members(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let before = try api.rows()
            for route in api.routes {
                switch route.access {
                case .anonymous, .optional, .user, .own: continue
                case .manager, .permission, .staff, .superuser: break
                }
                let body = JSONValue.object(try SampleBody(tenant: world.alpha, number: 1).members(route))
                let answer = await api.client.bearing(world.alpha.member.token).send(
                    route.method, try world.alpha.path(route.path), json: body)
                #expect(answer.status == 403, "\(route.signature): \(answer.status) \(answer.text.prefix(200))")
            }
            #expect(Self.difference(before, try api.rows()) == [])
        }
    }

    @Test("superusers alone reach what is for superusers", arguments: TestDatabase.Engine.available)
    func superusers(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            for route in api.routes where route.access == .superuser {
                let answer = await api.client.bearing(world.alpha.manager.token).send(
                    route.method, try world.alpha.path(route.path), json: [:])
                #expect(answer.status == 403, "\(route.signature): \(answer.status)")
            }
        }
    }

    @Test("WebSockets of another organization's objects do not open", arguments: TestDatabase.Engine.available)
    func sockets(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            for socket in api.sockets {
                let path = try world.alpha.path(socket.path)
                // A WebSocket of no single object shows each manager his own.
                let foreigner = socket.path.contains(":") ? [("manager", world.beta.manager.token)] : []
                for (name, token) in foreigner + [
                    ("member", world.alpha.member.token), ("nobody", ""), ("forger", String(repeating: "0", count: 40)),
                ] {
                    var head = HTTPRequest(method: .get, scheme: "http", authority: "radian.test", path: path)
                    if !token.isEmpty { head.headerFields[.authorization] = "Bearer \(token)" }
                    let decision = await api.client.service.openSocket(
                        IncomingRequest(head: head, peerAddress: "192.0.2.10", isSecure: false))
                    guard case .refused(let response) = decision else {
                        Issue.record("\(socket.path) opens for \(name)")
                        continue
                    }
                    #expect([401, 403, 404].contains(response.status.code), "\(socket.path) for \(name): \(response.status)")
                }
                var head = HTTPRequest(method: .get, scheme: "http", authority: "radian.test", path: path)
                head.headerFields[.authorization] = "Bearer \(world.alpha.manager.token)"
                let own = await api.client.service.openSocket(IncomingRequest(head: head, peerAddress: "192.0.2.10", isSecure: false))
                guard case .accepted = own else {
                    Issue.record("\(socket.path) does not open for its manager")
                    continue
                }
            }
        }
    }
}

extension JSONValue {
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
