import DynamicAuthorization
import NIOConcurrencyHelpers
import RADIUSWire
import ServicePlans
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import SessionActions

/// Disconnect and CoA for one session by the API.
@Suite struct SessionActionRoutesTests {
    private static let path = "/api/v1/radius/sessions/a/"

    private static func person(_ organization: String, _ permissions: Set<String>, _ role: Principal.Role = .manager) -> Principal {
        Principal(id: "id", username: "eve", method: .apiToken, memberships: [organization: role], permissions: permissions)
    }

    private static func client(_ actions: SessionActions) -> TestClient {
        let may: Set<String> = ["add_radiusaccounting"]
        return TestClient(
            SessionActionRoutes(actions: actions).all,
            authenticator: FixedAuthenticator([
                "root": Principal(id: "root", username: "root", method: .apiToken, isSuperuser: true),
                "cafe": person("cafe", may), "museum": person("museum", may), "member": person("cafe", may, .member),
                "looker": person("cafe", ["view_radiusaccounting"]),
            ]))
    }

    @Test(arguments: Engine.available) func anAcknowledgementIsToldAndRemembered(engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a", organization: "cafe")
            let links = ScriptedLinks { _ in .ack }
            let answer = await Self.client(try site.actions(links)).bearing("cafe").post(Self.path + "disconnect/")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(
                answer.keys == ["detail", "error_cause", "error_cause_text", "is_closed", "milliseconds", "nas", "result"])
            #expect(answer.json?["result"] == "ack" && answer.json?["error_cause"] == .null && answer.json?["is_closed"] == false)
            #expect(answer.json?["nas"] == ["id": nil, "name": "gate"])
            #expect(links.sent.withLockedValue { $0 } == [.disconnectRequest])
            let history = try site.history()
            #expect(history.map(\.requestedBy) == ["eve"] && history.map(\.result) == ["acknowledged"])
            #expect(history.map(\.reason) == ["operator"])
        }
    }

    @Test(arguments: Engine.available) func aRefusalTellsItsCauseAndASessionThatTheNASDoesNotKnowIsClosed(engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a", organization: "cafe")
            let links = ScriptedLinks { _ in .nak(.sessionContextNotFound) }
            let answer = await Self.client(try site.actions(links)).bearing("root").post(Self.path + "disconnect/")
            #expect(answer.json?["result"] == "nak" && answer.json?["error_cause"] == 503 && answer.json?["is_closed"] == true)
            #expect(
                answer.json?["error_cause_text"]?.string
                    == "Session-Context-Not-Found: The NAS has no such session: it has ended, and its Accounting Stop was lost.")
            let session = try site.session("a")
            #expect(session?.isOpen == false)
            #expect(site.ended.withLockedValue { $0 } == ["a"])
        }
    }

    @Test func silenceEndsWithTheSettingsTime() async throws {
        try await Site.with(.sqlite) { (site) async throws in
            try site.begin("a", organization: "cafe")
            var settings = DynamicAuthorizationSettings()
            settings.timers.initial = .milliseconds(20)
            settings.timers.total = .milliseconds(60)
            let links = ScriptedLinks { _ in nil }
            let answer = await Self.client(try site.actions(links, settings: settings)).bearing("cafe").post(Self.path + "disconnect/")
            #expect(answer.json?["result"] == "timeout", "\(answer.text)")
            #expect(links.sent.withLockedValue { $0.count } > 1)
            let history = try site.history()
            #expect(history.map(\.result) == ["timed-out"])
        }
    }

    @Test func whereNothingCanBeSentIsToldWhy() async throws {
        try await Site.with(.sqlite) { (site) async throws in
            try site.begin("a", nas: "203.0.113.9", organization: "cafe")
            let answer = await Self.client(try site.actions(ScriptedLinks { _ in .ack })).bearing("cafe").post(Self.path + "disconnect/")
            #expect(answer.json?["result"] == "unreachable" && answer.json?["nas"] == .null && answer.json?["milliseconds"] == 0)
            #expect(answer.json?["detail"] == "no NAS is known at 203.0.113.9")
            let history = try site.history()
            #expect(history.isEmpty)
        }
    }

    @Test(arguments: Engine.available) func changesTakeAttributesAndPlans(engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a", organization: "cafe")
            let asked = NIOLockedValueBox<[String]>([])
            let links = ScriptedLinks { _ in .ack }
            let planNamed: SessionActions.PlanNamed = { name, organizationID in
                asked.withLockedValue { $0.append("\(name) \(organizationID ?? "")") }
                guard name == "slow" else { return nil }
                var terms = PlanTerms()
                terms.sessionSeconds = 600
                return terms
            }
            let actions = try site.actions(links, planNamed: planNamed)
            let client = Self.client(actions).bearing("cafe")
            let attributes: JSONValue = ["attributes": ["Session-Timeout = 600", "Filter-Id = \"guests\""]]
            let changed = await client.post(Self.path + "coa/", attributes)
            #expect(changed.json?["result"] == "ack", "\(changed.text)")
            let planned = await client.post(Self.path + "coa/", ["plan": "slow"])
            #expect(planned.json?["result"] == "ack", "\(planned.text)")
            #expect(links.sent.withLockedValue { $0 } == [.coaRequest, .coaRequest])
            #expect(asked.withLockedValue { $0 } == ["slow cafe"])
            let history = try site.history()
            #expect(history.map(\.action) == ["change", "change"])

            for (body, keys) in [
                (["plan": "unheard"], ["plan"]), ([:], ["non_field_errors"]), (["attributes": []], ["non_field_errors"]),
                (["attributes": "Session-Timeout = 600"], ["attributes"]), (["attributes": [1]], ["attributes"]),
                (["attributes": ["Session-Timeout"]], ["attributes"]), (["attributes": ["No-Such = 1"]], ["attributes"]),
                (["attributes": ["Session-Timeout = soon"]], ["attributes"]),
            ] as [(JSONValue, [String])] {
                let refused = await client.post(Self.path + "coa/", body)
                #expect(refused.status == 400 && refused.keys == keys, "\(body): \(refused.status) \(refused.text)")
            }
            #expect(links.sent.withLockedValue { $0.count } == 2)
        }
    }

    @Test(arguments: Engine.available) func strangersSeeAndChangeNothing(engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a", organization: "cafe")
            let links = ScriptedLinks { _ in .ack }
            let client = Self.client(try site.actions(links))
            for route in ["disconnect/", "coa/"] {
                let body: JSONValue = ["attributes": ["Session-Timeout = 600"]]
                for (who, status) in [("museum", 404), ("member", 403), ("looker", 403)] {
                    let answer = await client.bearing(who).post(Self.path + route, body)
                    #expect(answer.status == status && answer.keys == ["detail"], "\(route) \(who): \(answer.status) \(answer.text)")
                }
                let unknown = await client.bearing("cafe").post("/api/v1/radius/sessions/unheard/" + route, body)
                #expect(unknown.status == 404)
            }
            #expect(links.sent.withLockedValue { $0 }.isEmpty)
            let history = try site.history()
            #expect(history.isEmpty)
        }
    }

    @Test(arguments: Engine.available) func oneActionOfAnOpenSessionAtATime(engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a", organization: "cafe")
            let links = ScriptedLinks { _ in .ack }
            let client = Self.client(try site.actions(links)).bearing("cafe")
            let session = try #require(try site.session("a"))
            let order = SessionActionOrder(sessionID: "a", wish: .disconnect, reason: "operator", requestedBy: "another")
            let begun = try SessionActionStore(site.connection).begin(
                order, session: session, at: site.micros, leaseUntil: site.micros + 60_000_000)
            #expect(begun != nil)
            let second = await client.post(Self.path + "disconnect/")
            #expect(second.status == 409, "\(second.text)")
            try site.stop("a")
            let late = await client.post(Self.path + "disconnect/")
            #expect(late.status == 409 && late.json?["detail"] == "The session has ended.", "\(late.text)")
            #expect(links.sent.withLockedValue { $0 }.isEmpty)
        }
    }

    @Test func linesAreReadWithBlanksAndQuotes() throws {
        let control = SessionControl(dictionary: try testDictionary.get(), links: ScriptedLinks { _ in .ack })
        let attribute = try control.attribute("Mikrotik-Rate-Limit = \"2M/2M\"")
        #expect(attribute.printedName == "Mikrotik-Rate-Limit" && attribute.printedValue == "2M/2M")
    }
}
