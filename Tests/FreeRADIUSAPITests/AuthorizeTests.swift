import HTTPTypes
import RADIUSPipeline
import TestSupport
import Testing
import WebRouting

@testable import FreeRADIUSAPI

@Suite struct AuthorizeTests {
    private let bob: [JSONValue.Member] = [.init("username", "bob"), .init("password", "hello")]

    @Test("an accepted login has rows with operators and limits as numbers")
    func accepted() async throws {
        try await APISite.with(.sqlite) { (site) async throws in
            site.decider.answer(
                LoginDecision(replies: [
                    .init(name: "Reply-Message", value: "hi", op: ":="), .init(name: "Session-Timeout", value: "10539", number: 10539),
                    .init(name: "Class", value: "a", op: "+="), .init(name: "Class", value: "b", op: "+="),
                ]))
            let answer = try await site.call(
                .post, "authorize", bob + [.init("calling_station_id", ""), .init("called_station_id", .null)])
            #expect(answer.status == 200)
            #expect(
                answer.body == [
                    "Class": ["op": "+=", "value": ["a", "b"]], "Reply-Message": ["op": ":=", "value": "hi"], "Session-Timeout": 10539,
                    "control:Auth-Type": "Accept",
                ])
            #expect(site.decider.asked.map(\.organizationID) == [APISite.cafe])
        }
    }

    @Test(
        "a refusal for the user's own sake is an empty answer, or 401 where that is wanted",
        arguments: [RejectReason.userUnknown, .passwordMismatch, .accountInactive, .organizationNotMember, .identityUnverified])
    func refused(reason: RejectReason) async throws {
        try await APISite.with(.sqlite) { (site) async throws in
            site.decider.answer(LoginDecision(reason: reason, replies: []))
            let answer = try await site.call(.post, "authorize", bob)
            #expect(answer.status == 200)
            #expect(answer.body == nil)
        }
        var settings = FreeRADIUSAPISettings()
        settings.tellsRejects = true
        try await APISite.with(.sqlite, settings: settings) { (site) async throws in
            site.decider.answer(LoginDecision(reason: reason, replies: []))
            let answer = try await site.call(.post, "authorize", bob)
            #expect(answer.status == 401)
            #expect(answer.body == ["control:Auth-Type": "Reject"])
        }
    }

    @Test("limits tell what stops the user, in the words that login pages know")
    func limits() async throws {
        try await APISite.with(.sqlite) { (site) async throws in
            let own = LoginDecision.Reply(name: "Idle-Timeout", value: "60", op: "=", number: 60)
            let message = LoginDecision.Reply(name: "Reply-Message", value: "Your maximum daily usage time has been reached")
            site.decider.answer(LoginDecision(reason: .quotaDailyTime, replies: [own, message]))
            let quota = try await site.call(.post, "authorize", bob)
            #expect(quota.status == 200)
            #expect(
                quota.body == [
                    "Idle-Timeout": ["op": "=", "value": "60"], "Reply-Message": "Your maximum daily usage time has been reached",
                    "control:Auth-Type": "Reject",
                ])
            site.decider.answer(
                LoginDecision(reason: .sessionLimit, replies: [.init(name: "Reply-Message", value: "own", op: ":="), message]))
            let sessions = try await site.call(.post, "authorize", bob)
            #expect(sessions.status == 401)
            #expect(sessions.body == ["Reply-Message": ["op": ":=", "value": "own"], "control:Auth-Type": "Reject"])
        }
    }

    @Test("without a decision FreeRADIUS is asked to come again")
    func undecided() async throws {
        try await APISite.with(.sqlite) { (site) async throws in
            site.decider.answer(nil)
            let answer = try await site.call(.post, "authorize", bob)
            #expect(answer.status == 503)
            #expect(answer.headers[.retryAfter] == "1")
        }
    }

    @Test("fields are checked")
    func fields() async throws {
        try await APISite.with(.sqlite) { (site) async throws in
            let missing = try await site.call(.post, "authorize")
            #expect(missing.status == 400)
            #expect(missing.body == ["password": ["This field is required."], "username": ["This field is required."]])
            let long = try await site.call(
                .post, "authorize", bob + [.init("called_station_id", .string(String(repeating: "a", count: 254)))])
            #expect(long.status == 400)
            #expect(long.body?["called_station_id"] != nil)
            #expect(site.decider.asked.isEmpty)
        }
    }
}
