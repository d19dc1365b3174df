import Digests
import RADIUSWire
import TestSupport
import Testing

/// A NAS that is told to ask for authorization anew (RFC 5176 §3.2), asks, and learns what its user may do now.
@PeerThread
@Suite(.enabled(if: Radclient.isInstalled, "radclient is not installed"))
struct AuthorizeOnlyTests {
    @Test(arguments: TestDatabase.Engine.available) func policyAnswersForTheOpenSessionOnly(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            try site.addUser(
                "alice", check: ["Cleartext-Password := wonder land", "Simultaneous-Use := 1"],
                reply: ["Session-Timeout = 600", "Filter-Id = guests"])
            let server = try ServerUnderTest.start(site.database.url)
            let nas = try ScriptedNAS()
            try server.radian("nas", "coa", "nas-127.0.0.1", "--port", "\(nas.port)")
            let session = [
                "User-Name = alice", "Acct-Session-Id = s1", "NAS-IP-Address = 127.0.0.1", "Calling-Station-Id = 02-00-00-00-00-01",
            ]
            let start = try Radclient.send(["Acct-Status-Type = Start"] + session, to: server.acctPort, "acct")
            #expect(start.code == "Accounting-Response")

            let command = try ChildProcess(
                Surroundings.radian, ["session", "coa", "user=alice", "--authorize-only"], environment: server.environment,
                directory: server.directory)
            let request = try nas.expect()
            #expect(request.code == .coaRequest && request.text(1) == "alice" && request.text(44) == "s1")
            #expect(request.integer(6) == 17)
            let state = try #require(request.value(24)).map { $0 }
            // Service-Type and Error-Cause 507.
            try nas.answer(.coaNAK, to: request, attributes: [6, 6, 0, 0, 0, 17, 101, 6, 0, 0, 0x01, 0xfb])
            #expect(try command.wait() == .code(0), "\(command.output.text)")
            #expect(command.output.text.contains("NAK 507 Request-Initiated"), "\(command.output.text)")
            #expect(
                try site.row("SELECT action, result, error_cause FROM radian_session_action") == ["authorize-only", "initiated", "507"])

            // Policy has changed meanwhile.
            try site.script("UPDATE radreply SET value = 'staff' WHERE attribute = 'Filter-Id'")
            func ask(_ lines: [String]) throws -> Radclient.Reply {
                try Radclient.send(["Service-Type = 17", "Message-Authenticator = 0x00"] + lines, to: server.authPort, "auth")
            }
            let brought = "State = 0x" + Hexadecimal.encode(state)
            let accept = try ask(session + [brought])
            #expect(accept.code == "Access-Accept", "\(accept.output)")
            #expect(
                accept.attributes.filter { !$0.hasPrefix("Message-Auth") }.sorted() == ["Filter-Id = \"staff\"", "Session-Timeout = 600"])

            // Neither without the State, nor with another, nor after the session.
            #expect(try ask(session).code == "Access-Reject")
            #expect(try ask(session + ["State = 0x" + Hexadecimal.encode(state.reversed())]).code == "Access-Reject")
            try site.expectReason("authorize-only.unasked", of: "alice")
            _ = try Radclient.send(["Acct-Status-Type = Stop"] + session, to: server.acctPort, "acct")
            #expect(try ask(session + [brought]).code == "Access-Reject")
            #expect(try server.stop() == .code(0))
        }
    }

    @Test func aDryRunIssuesNothing() throws {
        try Site.with(.sqlite) { site in
            let server = try ServerUnderTest.start(site.database.url)
            _ = try Radclient.send(
                ["Acct-Status-Type = Start", "User-Name = alice", "Acct-Session-Id = s1"], to: server.acctPort, "acct")
            let output = try server.radian("session", "coa", "user=alice", "--authorize-only", "--dry-run")
            #expect(output.contains("Service-Type = Authorize-Only"))
            #expect(try site.count("SELECT count(*) FROM radian_authorize_only") == 0)
            #expect(try server.stop() == .code(0))
        }
    }
}
