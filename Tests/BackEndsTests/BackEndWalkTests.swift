import Foundation
import NIOConcurrencyHelpers
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import Testing

@testable import BackEnds

@Suite struct BackEndWalkTests {
    private static func settings(_ adjust: (inout BackEndSettings) -> Void = { _ in }) -> BackEndSettings {
        var settings = BackEndSettings.patient
        adjust(&settings)
        return settings
    }

    private static let right: ScriptedBackEnd.Script = { password in
        password == "right" ? .known(BackEndUser()) : .refused(.passwordMismatch)
    }

    @Test func `the first that knows the user decides, with its groups and attributes`() throws {
        let first = ScriptedBackEnd("first", lookUp: { _ in .unknown }, verify: Self.right)
        let second = ScriptedBackEnd(
            "second", lookUp: { _ in .known(.rows(reply: [("Filter-Id", "=", "x")], groups: ["staff"], key: "cn=a")) }, verify: Self.right)
        let third = ScriptedBackEnd("third", lookUp: { _ in .known(BackEndUser()) })
        let fixture = try BackEndFixture([(first, Self.settings()), (second, Self.settings()), (third, Self.settings())])
        let decision = try fixture.logIn("alice", "right")
        #expect(decision.code == .accessAccept)
        #expect(decision.lines == ["Filter-Id = x"])
        #expect(first.questions == ["lookUp alice"])
        #expect(second.questions == ["lookUp alice", "verify alice as cn=a"])
        #expect(third.questions.isEmpty)
        #expect(try fixture.logIn("alice", "wrong").reason == .passwordMismatch)
        #expect(decision.notes("Back ends") == ["first does not know the user", "second knows the user"])
        #expect(fixture.backEnds.statistics.map(\.lookUps) == [2, 2, 0])
        #expect(fixture.backEnds.statistics.map(\.refused) == [0, 1, 0])
    }

    @Test func `a password in the database counts, and back ends are not asked`() throws {
        let backEnd = ScriptedBackEnd("one", lookUp: { _ in .known(BackEndUser()) }, verify: Self.right)
        let users = ["alice": UserPolicy.checks(("Cleartext-Password", ":=", "mine"))]
        let fixture = try BackEndFixture([(backEnd, Self.settings())], users: users)
        #expect(try fixture.logIn("alice", "mine").code == .accessAccept)
        #expect(try fixture.logIn("alice", "right").reason == .passwordMismatch)
        #expect(backEnd.questions.isEmpty)
    }

    @Test func `asked for all users, a back end adds groups and attributes to the database's password`() throws {
        let backEnd = ScriptedBackEnd(
            "one", lookUp: { _ in .known(.rows(reply: [("Filter-Id", "=", "x")])) }, verify: Self.right)
        let users = ["alice": UserPolicy.checks(("Cleartext-Password", ":=", "mine"))]
        let fixture = try BackEndFixture([(backEnd, Self.settings { $0.scope = .all })], users: users)
        #expect(try fixture.logIn("alice", "mine").lines == ["Filter-Id = x"])
        #expect(try fixture.logIn("alice", "right").reason == .passwordMismatch)
    }

    @Test func `a back end that comes first answers for whom it knows, whatever the database holds`() throws {
        let backEnd = ScriptedBackEnd(
            "one", lookUp: { $0 == "alice" ? .known(.rows(reply: [("Filter-Id", "=", "x")])) : .unknown }, verify: Self.right)
        let mine = UserPolicy.checks(("Cleartext-Password", ":=", "mine"))
        let fixture = try BackEndFixture([(backEnd, Self.settings { $0.scope = .first })], users: ["alice": mine, "bob": mine])
        #expect(try fixture.logIn("alice", "right").lines == ["Filter-Id = x"])
        #expect(try fixture.logIn("alice", "mine").reason == .passwordMismatch)
        #expect(try fixture.logIn("bob", "mine").code == .accessAccept)
        #expect(backEnd.questions.filter { $0.hasSuffix("bob") } == ["lookUp bob"])
    }

    @Test(arguments: ["one", "Scripted"]) func `Auth-Type picks a back end for a user whose password the database holds`(_ type: String)
        throws
    {
        let other = ScriptedBackEnd("other", lookUp: { _ in .unknown }, verify: nil)
        let backEnd = ScriptedBackEnd("one", lookUp: { _ in .known(.rows(key: "k")) }, verify: Self.right)
        let users = ["alice": UserPolicy.checks(("Cleartext-Password", ":=", "mine"), ("Auth-Type", ":=", type))]
        let fixture = try BackEndFixture([(other, Self.settings()), (backEnd, Self.settings())], users: users)
        #expect(try fixture.logIn("alice", "right").code == .accessAccept)
        #expect(try fixture.logIn("alice", "mine").reason == .passwordMismatch)
        #expect(try fixture.decide([fixture.attribute("User-Name", "alice")]).reason == .authTypeUnsupported)
    }

    @Test func `one that only checks passwords is asked about users whom no look-up finds`() throws {
        let lookUp = ScriptedBackEnd(
            "lookup", lookUp: { user in user == "bob" ? .known(.rows(check: [("Cleartext-Password", ":=", "bob")])) : .unknown })
        let direct = ScriptedBackEnd("direct", verify: Self.right)
        let fixture = try BackEndFixture([(direct, Self.settings()), (lookUp, Self.settings())])
        #expect(try fixture.logIn("alice", "right").code == .accessAccept)
        #expect(try fixture.logIn("bob", "bob").code == .accessAccept)
        #expect(try fixture.logIn("bob", "right").reason == .passwordMismatch)
        #expect(direct.questions == ["verify alice"])
    }

    @Test func `a password that a back end hands out serves CHAP too`() throws {
        let backEnd = ScriptedBackEnd("one", lookUp: { _ in .known(.rows(check: [("Cleartext-Password", ":=", "clear")])) })
        let fixture = try BackEndFixture([(backEnd, Self.settings())])
        #expect(try fixture.logIn("alice", "clear").code == .accessAccept)
        #expect(try fixture.logIn("alice", "wrong").reason == .passwordMismatch)
    }

    @Test func `groups of a directory match LDAP-Group in the database's rows`() throws {
        let backEnd = ScriptedBackEnd(
            "one", lookUp: { user in .known(.rows(groups: user == "alice" ? ["Staff"] : [])) }, verify: Self.right)
        let group = GroupPolicy(
            name: "staff", priority: 1,
            checks: [PolicyRow(table: .radgroupcheck, id: 1, attribute: "LDAP-Group", op: "==", value: "staff")],
            replies: [PolicyRow(table: .radgroupreply, id: 1, attribute: "Filter-Id", op: "=", value: "staff")])
        let fixture = try BackEndFixture([(backEnd, Self.settings())], users: ["everyone": UserPolicy(groups: [group])]) {
            $0.defaultProfile = "everyone"
        }
        #expect(try fixture.logIn("alice", "right").lines == ["Filter-Id = staff"])
        #expect(try fixture.logIn("bob", "right").lines == [])
    }

    @Test func `a failure is silence, or the next back end's turn`() throws {
        let broken = ScriptedBackEnd("broken", lookUp: { _ throws(BackEndFailure) in throw .unavailable("away") })
        let good = ScriptedBackEnd("good", lookUp: { user in user == "alice" ? .known(BackEndUser()) : .unknown }, verify: Self.right)
        let silent = try BackEndFixture([(broken, Self.settings()), (good, Self.settings())])
        #expect(try silent.logIn("alice", "right").code == nil)
        let next = try BackEndFixture([(broken, Self.settings { $0.failure = .next }), (good, Self.settings())])
        #expect(try next.logIn("alice", "right").code == .accessAccept)
        // Nobody can say that the user is unknown while a back end is away.
        #expect(try next.logIn("bob", "right").reason == .backEndUnavailable)
        #expect(try next.logIn("bob", "right").notes("Back ends").first == "broken: away")
    }

    @Test func `failures open the circuit breaker, and the back end is spared`() throws {
        let broken = ScriptedBackEnd("broken", lookUp: { _ throws(BackEndFailure) in throw .unavailable("away") })
        let fixture = try BackEndFixture([
            (
                broken,
                Self.settings {
                    $0.failure = .next; $0.breakerFailures = 3; $0.breakerSeconds = 3600
                }
            )
        ])
        for _ in 0..<10 { #expect(try fixture.logIn("alice", "x").reason == .backEndUnavailable) }
        #expect(broken.questions.count == 3)
        let statistics = fixture.backEnds.statistics[0]
        #expect(statistics.breaker == "open")
        #expect(statistics.breakerOpenings == 1)
        #expect(statistics.failures == 3)
        #expect(statistics.notAsked == 7)
    }

    @Test func `a call that takes too long is given up and counts as failed`() throws {
        let gate = NIOLockedValueBox(DispatchSemaphore(value: 0))
        let stuck = ScriptedBackEnd(
            "stuck",
            lookUp: { _ in
                gate.withLockedValue { $0 }.wait()
                return .unknown
            })
        let good = ScriptedBackEnd("good", lookUp: { _ in .known(BackEndUser()) }, verify: Self.right)
        let fixture = try BackEndFixture([
            (
                stuck,
                Self.settings {
                    $0.failure = .next; $0.timeoutSeconds = 0.05; $0.threads = 1
                }
            ), (good, Self.settings()),
        ])
        #expect(try fixture.logIn("alice", "right").code == .accessAccept)
        // Its only thread is still busy: the second request is given up in the queue.
        #expect(try fixture.logIn("alice", "right").code == .accessAccept)
        #expect(fixture.backEnds.statistics[0].timeouts == 2)
        #expect(stuck.questions.count == 1)
        gate.withLockedValue { $0 }.signal()
        fixture.backEnds.stop()
    }

    @Test func `answers and right passwords are remembered for a while, wrong ones never`() throws {
        let backEnd = ScriptedBackEnd("one", lookUp: { _ in .known(.rows(key: "k")) }, verify: Self.right)
        let fixture = try BackEndFixture([(backEnd, Self.settings { $0.cacheSeconds = 60 })])
        for _ in 0..<3 { #expect(try fixture.logIn("alice", "right").code == .accessAccept) }
        #expect(backEnd.questions == ["lookUp alice", "verify alice as k"])
        for _ in 0..<2 { #expect(try fixture.logIn("alice", "wrong").code == .accessReject) }
        #expect(backEnd.questions.count == 4)
        #expect(try fixture.logIn("alice", "right", at: BackEndFixture.noon + 61).code == .accessAccept)
        #expect(backEnd.questions.count == 6)
        #expect(fixture.backEnds.statistics[0].cacheHits == 6)
    }

    @Test func `whoever must not log in is refused`() throws {
        let backEnd = ScriptedBackEnd("one", lookUp: { _ in .refused(.accountInactive) })
        #expect(try BackEndFixture([(backEnd, Self.settings())]).logIn("alice", "x").reason == .accountInactive)
    }
}
