import Foundation
import HTTPTypes
import InMemoryLogging
import Localization
import Logging
import NIOConcurrencyHelpers
import Testing
import WebRouting
import WebTestSupport

@Suite struct WebServiceTests {
    private static let principals = [
        "member": Principal(id: "m", username: "member", method: .apiToken, memberships: ["o": .member]),
        "inactive": Principal(id: "i", username: "inactive", method: .apiToken, isActive: false),
        "expired": Principal(id: "e", username: "expired", method: .apiToken, isPasswordExpired: true),
    ]

    private static func echo(_ request: WebRequest) -> WebResponse {
        .json([
            "principal": .optional(request.principal?.username), "address": .string(request.clientAddress),
            "parameter": .string(request.parameter("id")), "query": .optional(request.query("q")),
            "origin": .string(request.origin), "language": .string(request.language.rawValue),
        ])
    }

    private static let routes = [
        Route(.get, "/open/", "", handler: { echo($0) }),
        Route(.get, "/mine/", "", access: .user, handler: { echo($0) }),
        Route(.get, "/maybe/", "", access: .optional, handler: { echo($0) }),
        Route(.get, "/page/", "", access: .user, credentials: [.session, .bearer], handler: { echo($0) }),
        Route(.post, "/password/", "", access: .user, allowsExpiredPassword: true, handler: { echo($0) }),
        Route(
            .post, "/org/:slug/thing/", "", access: .user,
            precondition: { if $0.parameter("slug") != "acme" { throw Problem.notFound } }, handler: { echo($0) }),
        Route(.get, "/often/", "", access: .optional, throttle: Throttle("often", limit: 2, per: 60), handler: { echo($0) }),
        Route(.get, "/also-often/", "", throttle: Throttle("often", limit: 2, per: 60), handler: { echo($0) }),
        Route(.get, "/broken/", "") { _ in throw Secret() },
        Route(.get, "/known/", "") { _ in throw Away() },
        Route(.get, "/items/:id/", "", handler: { echo($0) }),
        Route(.put, "/items/:id/", "", handler: { echo($0) }),
    ]

    struct Secret: Error, CustomStringConvertible { let description = "password is hunter2" }
    struct Away: Error {}

    private let time = TestClock()
    private func client(_ settings: WebSettings = WebSettings(), logger: Logger? = nil) -> TestClient {
        TestClient(
            Self.routes, sockets: [WebSocketRoute("/ws/", "") { _, _ in }], authenticator: FixedAuthenticator(Self.principals),
            settings: settings, logger: logger ?? Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, clock: time.clock,
            explanation: { $0 is Away ? Problem(.serviceUnavailable, "Away.") : nil })
    }

    @Test func `an unknown path is 404 with or without credential`() async {
        let answer = await client().get("/nowhere/")
        #expect(answer.status == 404)
        #expect(answer.keys == ["detail"])
        #expect(answer.headers[.contentType] == "application/json")
    }

    @Test func `another method is 405 and says which there are`() async {
        let answer = await client().delete("/items/7")
        #expect(answer.status == 405)
        #expect(answer.headers[.allow] == "GET, PUT, HEAD, OPTIONS")
        #expect(answer.keys == ["detail"])
    }

    @Test func `OPTIONS tells the methods to everybody`() async {
        let answer = await client().send(.options, "/password/")
        #expect(answer.status == 204)
        #expect(answer.headers[.allow] == "POST, OPTIONS")
        #expect(answer.body.isEmpty)
    }

    @Test func `HEAD is GET without its body`() async {
        let (get, head) = await (client().get("/items/7/"), client().send(.head, "/items/7/"))
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect(head.headers[.contentLength] == String(get.body.count))
        #expect(head.headers[.contentType] == "application/json")
    }

    @Test func `the path's precondition comes before method and credential`() async {
        #expect(await client().post("/org/other/thing/").status == 404)
        #expect(await client().get("/org/other/thing/").status == 404)
        #expect(await client().send(.options, "/org/other/thing/").status == 404)
        #expect(await client().get("/org/acme/thing/").status == 405)
        #expect(await client().post("/org/acme/thing/").status == 401)
        #expect(await client().bearing("member").post("/org/acme/thing/").status == 200)
    }

    @Test func `nobody is asked for the credential that the route prefers`() async {
        let bearer = await client().get("/mine/")
        #expect(bearer.status == 401)
        #expect(bearer.headers[.wwwAuthenticate] == "Bearer")
        #expect(bearer.json?["detail"]?.string == "Authentication credentials were not provided.")
        let session = await client().get("/page/")
        #expect(session.status == 403)
        #expect(session.headers[.wwwAuthenticate] == nil)
        let wrong = await client().bearing("forged").get("/page/")
        #expect(wrong.status == 403)
        #expect(wrong.headers[.wwwAuthenticate] == nil)
    }

    @Test func `a wrong credential is refused where one may be shown, and not looked at where none is wanted`() async {
        #expect(await client().bearing("forged").get("/mine/").status == 401)
        #expect(await client().bearing("forged").get("/maybe/").status == 401)
        #expect(await client().bearing("forged").get("/open/").status == 200)
        #expect(await client().get("/maybe/").json?["principal"] == .null)
        #expect(await client().bearing("member").get("/maybe/").json?["principal"]?.string == "member")
    }

    @Test func `inactive users and old passwords`() async {
        let inactive = await client().bearing("inactive").get("/mine/")
        #expect(inactive.status == 401)
        #expect(inactive.json?["detail"]?.string == "User inactive or deleted.")
        let expired = await client().bearing("expired").get("/mine/")
        #expect(expired.status == 403)
        #expect(expired.json?["code"]?.string == "password_expired")
        #expect(await client().bearing("expired").post("/password/").status == 200)
    }

    @Test func `throttles count by name and caller and come after the credential`() async {
        let client = client()
        #expect(await client.get("/often/").status == 200)
        #expect(await client.get("/also-often/").status == 200)
        let refused = await client.get("/often/")
        #expect(refused.status == 429)
        #expect(refused.headers[.retryAfter] == "30")
        #expect(refused.keys == ["detail"])
        // A known user has its own count, other addresses, too.
        #expect(await client.bearing("member").get("/often/").status == 200)
        var elsewhere = client
        elsewhere.address = "192.0.2.11"
        #expect(await elsewhere.get("/often/").status == 200)
        time.advance(30)
        #expect(await client.get("/often/").status == 200)
    }

    @Test func `operators set rates by name`() async {
        let client = client(WebSettings(throttles: ["often": Throttle("often", limit: nil, per: 1)]))
        for _ in 0..<10 { #expect(await client.get("/often/").status == 200) }
    }

    @Test func `an error is 500 with its number; its cause is in the log alone`() async throws {
        let log = InMemoryLogHandler()
        let answer = await client(logger: Logger(label: "test") { _ in log }).get("/broken/")
        #expect(answer.status == 500)
        let id = try #require(answer.headers[.xRequestID])
        #expect(answer.text.contains(id))
        #expect(!answer.text.contains("hunter2"))
        let entry = try #require(log.entries.first { $0.level == .error })
        #expect("\(entry.message)".contains("hunter2"))
        #expect(entry.metadata["request"] == "\(id)")
    }

    @Test func `errors that the program knows are answered as it says`() async {
        #expect(await client().get("/known/").status == 503)
    }

    @Test(arguments: [
        ("abcd-1234", true), ("short", false), ("with space", false), ("line\nbreak-", false), (String(repeating: "a", count: 65), false),
    ])
    func `the client's request id is taken where it may stand in a log`(_ asked: String, _ isTaken: Bool) async {
        var headers = HTTPFields()
        headers[.xRequestID] = asked
        let answer = await client().send(.get, "/open/", headers: headers)
        #expect((answer.headers[.xRequestID] == asked) == isTaken)
        #expect((answer.headers[.xRequestID] ?? "").count >= 8)
    }

    @Test func `messages come in the language that is asked for`() async {
        var headers = HTTPFields()
        headers[.acceptLanguage] = "nl, de-AT;q=0.8, en;q=0.5"
        let answer = await client().send(.get, "/nowhere/", headers: headers)
        #expect(answer.json?["detail"]?.string == "Nicht gefunden.")
    }

    @Test func `query and parameters are decoded`() async {
        let answer = await client().get("/items/a%20b/?x=1&q=caf%C3%A9+%26&q=2")
        #expect(answer.json?["parameter"]?.string == "a b")
        #expect(answer.json?["query"]?.string == "café &")
        let null = await client().get("/items/a/?q=a%00b")
        #expect(null.status == 400 && null.json == ["q": ["Null characters are not allowed."]])
    }

    @Test func `forwarding fields count from trusted proxies only`() async {
        var headers = HTTPFields()
        headers[HTTPField.Name("X-Forwarded-For")!] = "203.0.113.9"
        headers[HTTPField.Name("X-Forwarded-Proto")!] = "https"
        #expect(await client().send(.get, "/open/", headers: headers).json?["address"]?.string == "192.0.2.10")
        let trusting = WebSettings(proxies: TrustedProxies([AddressBlock("192.0.2.0/24")].compactMap { $0 }))
        let answer = await client(trusting).send(.get, "/open/", headers: headers)
        #expect(answer.json?["address"]?.string == "203.0.113.9")
        #expect(answer.json?["origin"]?.string == "https://radian.test")
        let fixed = await client(WebSettings(publicOrigin: "https://radius.example")).get("/open/")
        #expect(fixed.json?["origin"]?.string == "https://radius.example")
    }

    @Test func `answers carry what keeps browsers and caches from harm`() async {
        let answer = await client().get("/open/")
        let names = ["X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options", "Content-Security-Policy", "Cache-Control"]
        let values = names.map { answer.headers[HTTPField.Name($0)!] }
        #expect(values == ["nosniff", "same-origin", "DENY", "default-src 'none'; frame-ancestors 'none'", "no-store"])
    }

    @Test func `only pages of allowed sites may read answers`() async {
        let client = client(WebSettings(allowedOrigins: ["https://portal.example"]))
        var headers = HTTPFields()
        headers[.origin] = "https://portal.example"
        let allowed = await client.send(.get, "/open/", headers: headers)
        #expect(allowed.headers[.accessControlAllowOrigin] == "https://portal.example")
        #expect(allowed.headers[.vary] == "Origin")
        let asked = await client.send(.options, "/password/", headers: headers)
        #expect(asked.headers[.accessControlAllowMethods] == "POST, OPTIONS")
        #expect(asked.headers[.accessControlAllowHeaders]?.contains("Authorization") == true)
        headers[.origin] = "https://evil.example"
        #expect(await client.send(.get, "/open/", headers: headers).headers[.accessControlAllowOrigin] == nil)
    }

    @Test func `a WebSocket's path without upgrade is 426`() async {
        let answer = await client().get("/ws/")
        #expect(answer.status == 426)
        #expect(answer.headers[.upgrade] == "websocket")
    }

    @Test func `the access log names neither query nor credential`() async throws {
        var log = InMemoryLogHandler()
        log.logLevel = .debug
        let kept = log
        var logger = Logger(label: "test") { _ in kept }
        logger.logLevel = .debug
        _ = await client(logger: logger).bearing("member").get("/mine/?token=topsecret")
        let entry = try #require(kept.entries.first)
        #expect("\(entry.message)" == "GET /mine/")
        #expect(entry.metadata["status"] == "200")
        #expect(entry.metadata["user"] == "m")
        #expect(!"\(kept.entries)".contains("topsecret"))
        #expect(!"\(kept.entries)".contains("Bearer"))
    }
}

@Suite struct SocketDecisionTests {
    private func decision(_ path: String, bearer: String? = nil, origin: String? = nil, allowed: Set<String> = []) async -> String {
        let routes = [
            WebSocketRoute("/ws/mine/:id/", "") { _, _ in },
            WebSocketRoute(
                "/ws/ticket/", "", access: .own,
                accept: { request in
                    guard request.query("ticket") == "good" else { throw Problem.forbidden }
                    request.principal = Principal(id: "t", username: "ticket", method: .oneTimeToken)
                }
            ) { _, _ in },
        ]
        let service = WebService(
            routes: [], sockets: routes,
            authenticator: FixedAuthenticator(["good": Principal(id: "u", username: "user", method: .apiToken)]),
            settings: WebSettings(allowedOrigins: allowed), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var head = HTTPRequest(method: .get, scheme: "http", authority: "radian.test", path: path)
        head.headerFields[.authorization] = bearer.map { "Bearer \($0)" }
        head.headerFields[.origin] = origin
        switch await service.openSocket(IncomingRequest(head: head, peerAddress: "192.0.2.1", isSecure: false)) {
        case .none: return "none"
        case .refused(let response): return "\(response.status.code)"
        case .accepted(_, let request): return "\(request.principal?.id ?? "-") \(request.parameter("id"))"
        }
    }

    @Test func `who may open it is decided as for a route`() async {
        #expect(await decision("/ws/mine/7/", bearer: "good") == "u 7")
        #expect(await decision("/ws/mine/7/") == "403")
        #expect(await decision("/ws/mine/7/", bearer: "forged") == "403")
        #expect(await decision("/ws/nowhere/", bearer: "good") == "none")
    }

    @Test func `a ticket may say who asks`() async {
        #expect(await decision("/ws/ticket/?ticket=good") == "t ")
        #expect(await decision("/ws/ticket/?ticket=bad") == "403")
    }

    @Test func `pages of other sites are refused`() async {
        #expect(await decision("/ws/mine/7/", bearer: "good", origin: "http://radian.test") == "u 7")
        #expect(await decision("/ws/mine/7/", bearer: "good", origin: "http://evil.example") == "403")
        #expect(
            await decision("/ws/mine/7/", bearer: "good", origin: "http://console.example", allowed: ["http://console.example"]) == "u 7")
    }
}
