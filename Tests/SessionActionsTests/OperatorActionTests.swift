import Foundation
import NIOConcurrencyHelpers
import RADIUSWire
import ServicePlans
import TestSupport
import Testing

@testable import SessionActions

/// What the command line asks for, whoever carries it out.
@Suite struct OperatorActionTests {
    private func perform(_ wanted: OperatorAction, _ actions: SessionActions) async throws -> [OperatorActionReport] {
        let reports = NIOLockedValueBox<[OperatorActionReport]>([])
        // As it travels to the running server.
        let read = try JSONDecoder().decode(OperatorAction.self, from: JSONEncoder().encode(wanted))
        try await actions.perform(read) { report in reports.withLockedValue { $0.append(report) } }
        return reports.withLockedValue { $0 }
    }

    @Test(arguments: Engine.available) func everySessionIsReportedAndRemembered(engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a")
            try site.begin("b")
            try site.begin("elsewhere", nas: "203.0.113.9")
            let links = ScriptedLinks { _ in .ack }
            let reports = try await perform(
                OperatorAction(.disconnect, on: ["user=bob", "id=a"], requestedBy: "eve"), try site.actions(links))
            #expect(reports.filter(\.isDone).count == 2)
            #expect(reports.contains { $0.lines == ["bob 02-00-00-00-00-01 s-a at 192.0.2.1: ACK"] })
            let refused = reports.filter { !$0.isDone }
            #expect(
                refused.map(\.lines) == [["bob 02-00-00-00-00-01 s-elsewhere at 203.0.113.9: not sent: no NAS is known at 203.0.113.9"]])
            #expect(links.sent.withLockedValue { $0 } == [.disconnectRequest, .disconnectRequest])
            #expect(try site.history().map(\.requestedBy) == ["eve", "eve"])
            #expect(try site.history().allSatisfy { $0.result == "acknowledged" && $0.reason == "operator" })
        }
    }

    @Test func aRehearsalShowsThePacketAndSendsNothing() async throws {
        try await Site.with(.sqlite) { (site) async throws in
            try site.begin("a")
            let links = ScriptedLinks { _ in .ack }
            var wanted = OperatorAction(.disconnect, on: ["bob"], requestedBy: "eve")
            wanted.isRehearsal = true
            let lines = try #require(try await perform(wanted, try site.actions(links)).first).lines
            #expect(lines.first == "bob 02-00-00-00-00-01 s-a at 192.0.2.1: Disconnect-Request to 192.0.2.1:3799, NAS 'gate'")
            #expect(lines.contains("  Acct-Session-Id = \"s-a\"") || lines.contains("  Acct-Session-Id = s-a"))
            #expect(links.sent.withLockedValue { $0 }.isEmpty)
            #expect(try site.history().isEmpty)
        }
    }

    @Test func whatTheNASDoesNotKnowIsClosedAndSaidSo() async throws {
        try await Site.with(.sqlite) { (site) async throws in
            try site.begin("a")
            let links = ScriptedLinks { _ in .nak(.sessionContextNotFound) }
            let report = try #require(
                try await perform(OperatorAction(.disconnect, on: ["bob"], requestedBy: "eve"), try site.actions(links)).first)
            #expect(!report.isDone)
            #expect(report.lines[0].contains("NAK 503 Session-Context-Not-Found") && report.lines[0].hasSuffix("It is closed here now."))
            #expect(try site.session("a")?.isOpen == false)
            #expect(site.ended.withLockedValue { $0 } == ["a"])
        }
    }

    @Test func askingForAuthorizationAnewIsDoneWithItsNAK() async throws {
        try await Site.with(.sqlite) { (site) async throws in
            try site.begin("a")
            let links = ScriptedLinks { _ in .nak(.requestInitiated) }
            let wanted = OperatorAction(.authorizeOnly, on: ["bob"], requestedBy: "eve")
            let report = try #require(try await perform(wanted, try site.actions(links)).first)
            #expect(report.isDone && report.lines[0].contains("NAK 507 Request-Initiated"))
            #expect(try site.history().first?.action == "authorize-only")
        }
    }

    @Test func nothingToActOnIsAProblem() async throws {
        try await Site.with(.sqlite) { (site) async throws in
            try site.begin("a")
            let actions = try site.actions(ScriptedLinks { _ in .ack })
            func problem(_ change: (inout OperatorAction) -> Void) async -> String {
                var wanted = OperatorAction(.disconnect, on: ["bob"], requestedBy: "eve")
                change(&wanted)
                do {
                    _ = try await perform(wanted, actions)
                    return ""
                } catch {
                    return "\(error)"
                }
            }
            #expect(await problem { $0.selectors = ["user=nobody"] }.hasPrefix("no open session matches"))
            #expect(await problem { $0.selectors = ["colour=blue"] } == "'colour=blue' means no session")
            #expect(await problem { $0.organization = "nowhere" }.contains("nowhere"))
            func change(_ attribute: String) async -> String {
                await problem {
                    $0.kind = .change(PlanTerms())
                    $0.attributes = [attribute]
                }
            }
            #expect(await change("Filter-Id") == "'Filter-Id' is no attribute; write NAME=VALUE")
            #expect(await change("No-Such=1").hasPrefix("the dictionary has no attribute 'No-Such'"))
            #expect(await change("Auth-Type=Accept") == "Auth-Type is for the server's own use and never sent")
            #expect(await change("Session-Timeout=soon").hasPrefix("the value does not fit Session-Timeout"))
            #expect(await change("Filter-Id=guests") == "")
        }
    }
}
