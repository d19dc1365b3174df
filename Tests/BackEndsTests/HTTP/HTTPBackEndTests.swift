import BackEnds
import Foundation
import RADIUSPipeline
import RADIUSWire
import TestPeers
import Testing

@Suite struct HTTPBackEndTests {
    private static func fixture(
        _ server: ScriptedWebServer, guarded: BackEndSettings = .patient, _ adjust: (inout HTTPSettings) -> Void
    ) throws -> BackEndFixture {
        var settings = HTTPSettings()
        settings.timeoutSeconds = BackEndSettings.patient.timeoutSeconds
        adjust(&settings)
        var fixture = try BackEndFixture([(HTTPBackEnd(name: "web", settings), guarded)])
        fixture.peer = server
        return fixture
    }

    private static func question(
        _ url: String, _ method: HTTPSettings.Method = .get, _ body: HTTPSettings.Body = .none, data: String? = nil
    ) -> HTTPSettings.Question {
        var question = HTTPSettings.Question(url: url)
        question.method = method
        question.body = body
        question.data = data
        return question
    }

    @Test func `authorize finds the user, authenticate checks the password`() throws {
        let server = try ScriptedWebServer { request in
            if request.line.contains("action=authorize") {
                return .init(
                    status: 200,
                    body: #"{"reply:Session-Timeout": 60, "Filter-Id": ["a", "b"], "control:Simultaneous-Use": {"op": ":=", "value": 2}}"#)
            }
            return .init(
                status: request.body.contains("User-Password=s%26cret") ? 200 : 401,
                body: #"{"Reply-Message": {"op": "+=", "value": ["hello"]}}"#)
        }
        defer { server.stop() }
        let fixture = try Self.fixture(server) {
            $0.authorize = Self.question("\(server.url)/user/%{User-Name}/mac/%{Called-Station-Id}?action=authorize")
            $0.authenticate = Self.question("\(server.url)/?action=authenticate", .post, .post)
            $0.userName = "radian"
            $0.password = "key"
            $0.headers = ["X-Site": "one"]
        }
        let decision = try fixture.logIn("al/ice ü", "s&cret", [("Called-Station-Id", "00-11")])
        #expect(decision.code == .accessAccept)
        #expect(decision.lines == ["Filter-Id = a", "Filter-Id = b", "Session-Timeout = 60", "Reply-Message = hello"])
        #expect(server.requests[0].line == "GET /user/al%2Fice%20%C3%BC/mac/00-11?action=authorize HTTP/1.1")
        #expect(server.requests[0].headers["authorization"] == "Basic cmFkaWFuOmtleQ==")
        #expect(server.requests[0].headers["x-site"] == "one")
        #expect(server.requests[1].body.hasPrefix("User-Name=al%2Fice%20%C3%BC&"))
        #expect(try fixture.logIn("alice", "wrong").reason == .passwordMismatch)
    }

    @Test(arguments: [
        (200, PacketCode.accessAccept as PacketCode?, RejectReason?.none), (204, .accessAccept, nil),
        (401, .accessReject, .passwordMismatch),
        (403, .accessReject, .accountInactive), (404, .accessReject, .userUnknown), (410, .accessReject, .userUnknown),
        (400, .accessReject, .backEndUnavailable), (500, .accessReject, .backEndUnavailable), (302, .accessReject, .backEndUnavailable),
    ]) func `the status decides`(_ status: Int, _ code: PacketCode?, _ reason: RejectReason?) throws {
        let server = try ScriptedWebServer { _ in .init(status: status, location: "http://127.0.0.1:1/") }
        defer { server.stop() }
        var guarded = BackEndSettings.patient
        guarded.failure = .next
        let fixture = try Self.fixture(server, guarded: guarded) { $0.authenticate = Self.question("\(server.url)/%{User-Name}") }
        let decision = try fixture.logIn("alice", "x")
        #expect(decision.code == code)
        #expect(decision.reason == reason)
    }

    @Test func `a look-up may hand out the password, refuse or not know`() throws {
        let server = try ScriptedWebServer { request in
            if request.line.contains("alice") {
                return .init(
                    status: 200, type: "application/x-www-form-urlencoded", body: "control:Cleartext-Password=a+b%21&Filter-Id=x\n")
            }
            return .init(status: request.line.contains("bob") ? 401 : 404)
        }
        defer { server.stop() }
        let fixture = try Self.fixture(server) { $0.authorize = Self.question("\(server.url)/%{User-Name}") }
        let decision = try fixture.logIn("alice", "a b!")
        #expect(decision.code == .accessAccept)
        #expect(decision.lines == ["Filter-Id = x"])
        #expect(try fixture.logIn("bob", "x").reason == .policyRejected)
        #expect(try fixture.logIn("carol", "x").reason == .userUnknown)
    }

    @Test func `attributes travel as JSON in rlm_rest's form, or as the template says`() throws {
        let server = try ScriptedWebServer { _ in .init(status: 204) }
        defer { server.stop() }
        let fixture = try Self.fixture(server) {
            $0.authorize = Self.question("\(server.url)/a", .post, .json)
            $0.authenticate = Self.question("\(server.url)/b", .post, .json, data: #"{"user": "%{User-Name}", "pw": "%{User-Password}"}"#)
        }
        _ = try fixture.logIn("al\"ice", "x\\y", [("NAS-Port", "7"), ("Filter-Id", "p"), ("Filter-Id", "q")])
        let first = try #require(try JSONSerialization.jsonObject(with: Data(server.requests[0].body.utf8)) as? [String: [String: Any]])
        #expect(first["User-Name"]?["value"] as? [String] == ["al\"ice"])
        #expect(first["NAS-Port"]?["value"] as? [String] == ["7"])
        #expect(first["Filter-Id"]?["value"] as? [String] == ["p", "q"])
        #expect(first["User-Password"]?["value"] as? [String] == ["x\\y"])
        let second = try #require(try JSONSerialization.jsonObject(with: Data(server.requests[1].body.utf8)) as? [String: String])
        #expect(second == ["user": "al\"ice", "pw": "x\\y"])
    }

    @Test func `a service that does not answer, or answers nonsense, is a failure`() throws {
        let answers: [ScriptedWebServer.Answer] = [
            .init(status: 200, isLate: true), .init(status: 200, body: "{"), .init(status: 200, body: "[]"),
            .init(status: 200, body: #"{"Filter-Id": {"no": 1}}"#), .init(status: 200, body: String(repeating: "x", count: 70_000)),
        ]
        for answer in answers {
            let server = try ScriptedWebServer { _ in answer }
            defer { server.stop() }
            var guarded = BackEndSettings.patient
            guarded.failure = .next
            guarded.timeoutSeconds = 0.3
            let fixture = try Self.fixture(server, guarded: guarded) {
                $0.authorize = Self.question(server.url)
                $0.timeoutSeconds = 0.3
            }
            #expect(try fixture.logIn("alice", "x").reason == .backEndUnavailable)
        }
        var settings = HTTPSettings()
        settings.authorize = Self.question("http://127.0.0.1:1/")
        let fixture = try BackEndFixture([(HTTPBackEnd(name: "web", settings), BackEndSettings())])
        #expect(try fixture.logIn("alice", "x").code == nil)
    }

    @Test func `no value of an answer is expanded unless it says so`() throws {
        let server = try ScriptedWebServer { _ in
            .init(
                status: 200,
                body:
                    #"{"Reply-Message": "`%{User-Password}`", "Filter-Id": {"do_xlat": true, "value": "%{User-Name}!"}, "control:Auth-Type": "Accept"}"#
            )
        }
        defer { server.stop() }
        let fixture = try Self.fixture(server) { $0.authorize = Self.question(server.url) }
        #expect(try fixture.logIn("alice", "x").lines == ["Filter-Id = alice!", "Reply-Message = `%{User-Password}`"])
    }

    @Test func `an answer is remembered for the same question only`() throws {
        let server = try ScriptedWebServer { _ in .init(status: 200, body: #"{"control:Cleartext-Password": "x"}"#) }
        defer { server.stop() }
        var guarded = BackEndSettings.patient
        guarded.cacheSeconds = 60
        let fixture = try Self.fixture(server, guarded: guarded) { $0.authorize = Self.question("\(server.url)/%{User-Name}/%{NAS-Port}") }
        for port in ["1", "1", "2"] { #expect(try fixture.logIn("alice", "x", [("NAS-Port", port)]).code == .accessAccept) }
        #expect(server.requests.count == 2)
    }
}
