import Foundation
import RADIUSClient
import RADIUSWire
import TestSupport
import Testing

/// What operators and their monitoring learn from the running program.
@PeerThread
@Suite
struct OperationsTests {
    private func radian(_ server: ServerUnderTest, _ arguments: String...) throws -> (exit: ChildProcess.Exit, output: String) {
        try ChildProcess.run(Surroundings.radian, arguments, environment: server.environment, directory: server.directory)
    }

    @Test("Status-Server, /metrics and radian check tell of the same packets", .enabled(if: Radclient.isInstalled))
    func counters() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := hello"])
            let server = try ServerUnderTest.start(site.database.url)
            _ = try server.auth().authenticate(user: "alice", password: "hello", method: .pap)
            _ = try server.auth().authenticate(user: "alice", password: "wrong", method: .pap)
            let spoiled = ["User-Name = \"alice\"", "User-Password = \"hello\"", "Message-Authenticator = 0x00"]
            _ = try Radclient.send(spoiled, to: server.authPort, "auth", secret: "another secret", attempts: 1, timeout: 0.3)

            let question = [
                "Message-Authenticator = 0x00", "FreeRADIUS-Statistics-Type = 0x31", "FreeRADIUS-Stats-Client-IP-Address = 127.0.0.1",
            ]
            let reply = try Radclient.send(question, to: server.authPort, "status")
            #expect(reply.code == "Access-Accept")
            for text in [
                "FreeRADIUS-Total-Access-Requests = 3", "FreeRADIUS-Total-Access-Accepts = 1", "FreeRADIUS-Total-Access-Rejects = 1",
                "FreeRADIUS-Total-Auth-Dropped-Requests = 1",
            ] {
                #expect(reply.attributes.count { $0 == text } == 2, "\(text) in \(reply.attributes)")
            }
            #expect(reply.attributes.contains("FreeRADIUS-Stats-Client-IP-Address = 127.0.0.1"))
            #expect(reply.attributes.contains { $0.hasPrefix("FreeRADIUS-Stats-Start-Time = ") })

            let url = try #require(URL(string: "http://127.0.0.1:\(server.httpPort)/metrics"))
            let metrics = try String(contentsOf: url, encoding: .utf8)
            let client = #"role="authentication",client="nas-127.0.0.1""#
            #expect(metrics.contains("radian_radius_client_requests_total{\(client),result=\"received\"} 3\n"))
            #expect(metrics.contains("radian_radius_client_replies_total{\(client),result=\"accept\"} 1\n"))
            #expect(metrics.contains("radian_radius_client_drops_total{\(client),result=\"bad-authenticator\"} 1\n"))
            #expect(metrics.contains("radian_rejects_total{reason=\"password.mismatch\"} 1\n"))
            #expect(metrics.contains("radian_decision_seconds_count{role=\"authentication\"} 2\n"))
            #expect(metrics.contains("radian_sessions_open 0\n"))
            #expect(metrics.contains("radian_eap_conversations 0\n"))

            let table = try radian(server, "stats", "nas").output
            #expect(
                table.split(separator: "\n").contains { $0.hasPrefix("nas-127.0.0.1") && $0.contains("authentication  3 ") }, "\(table)")
            try eventually("the log of both logins") {
                try radian(server, "stats", "user", "alice").output.contains("Access-Reject (password.mismatch):  1")
            }
            let (exit, output) = try radian(server, "check")
            #expect(exit == .code(1))
            #expect(output.contains("ERROR  wrong secret seen from 'nas-127.0.0.1' (127.0.0.1): 1 authentication packets"))
            #expect(try radian(server, "check", "--json").output.contains("\"check\" : \"nas.wrong-secret\""))
            #expect(try server.stop() == .code(0))
            #expect(try radian(server, "check").output.contains("no server of this configuration runs"))
        }
    }

    @Test("radian who shows a session from its start to its stop", arguments: TestDatabase.Engine.available)
    func who(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            let server = try ServerUnderTest.start(site.database.url)
            func account(_ status: Exchange.AccountingStatus, _ more: [String] = []) throws {
                let texts = [
                    "User-Name = alice", "Acct-Session-Id = s1", "NAS-IP-Address = 127.0.0.1", "Calling-Station-Id = 00-11-22-33-44-55",
                    "Called-Station-Id = 02-00-00-00-00-01:guests", "Framed-IP-Address = 10.0.0.7",
                ]
                _ = try server.acct().account(status, attributes: (texts + more).map { try Attribute($0) })
            }
            try account(.start)
            try account(.interimUpdate, ["Acct-Input-Octets = 1500000", "Acct-Session-Time = 10"])
            let (exit, output) = try radian(server, "who", "--mac", "001122334455")
            #expect(exit == .code(0))
            for text in ["alice", "10.0.0.7", "nas-127.0.0.1", "guests", "1.5 MB"] { #expect(output.contains(text), "\(output)") }
            #expect(try radian(server, "who", "bob").output.contains("nobody is online"))
            #expect(try radian(server, "who", "--nas", "elsewhere").output.contains("nobody is online"))
            try account(.stop, ["Acct-Session-Time = 75", "Acct-Terminate-Cause = User-Request"])
            #expect(try radian(server, "who").output.contains("nobody is online"))
            let last = try radian(server, "last", "alice").output
            for text in ["alice", "00:01:15", "User-Request"] { #expect(last.contains(text), "\(last)") }
            #expect(try server.stop() == .code(0))
        }
    }

    @Test(
        "OpenSSL has its memory from mimalloc",
        .enabled(if: dlopen("libmimalloc.so.2", RTLD_LAZY) != nil, "libmimalloc2.0 is not installed"))
    func memory() throws {
        try Site.with(.sqlite) { site in
            let server = try ServerUnderTest.start(site.database.url)
            // Let go again where OpenSSL was in use before.
            #expect(try server.process.uses("libmimalloc"))
            #expect(try server.stop() == .code(0))
        }
    }
}
