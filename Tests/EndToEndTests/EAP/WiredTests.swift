import Foundation
import TestSupport
import Testing

/// 802.1X from end to end: wpa_supplicant, a cable, hostapd as a switch, and the program as its RADIUS server.
@PeerThread
@Suite(.enabled(if: WiredEthernet.isPossible, "hostapd, wpa_supplicant or the right to make network namespaces is missing"))
struct WiredTests {
    private func network(_ password: String) throws -> [String] {
        // No other name outside: an Interim-Update that hostapd sends in the middle of a re-authentication carries the outer one, and
        // whether that falls together here is chance.
        EAPOLTest.tunnel(
            "PEAP",
            try EAPOLTest.user("alice", password) + Certificates.shared.get().authority + [
                "anonymous_identity=\"alice\"", "phase2=\"auth=MSCHAPV2\"",
            ])
    }

    @Test(
        "a session: login, accounting under the user's name, re-authentication by Session-Timeout, logoff",
        arguments: TestDatabase.Engine.available)
    func session(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            try site.addUser(
                "alice", check: ["Cleartext-Password := wonder land"],
                reply: ["Session-Timeout = 4", "Termination-Action = RADIUS-Request", "Class = 0xabcdef"])
            let server = try ServerUnderTest.start(site.database.url, Certificates.shared.get().settings)
            let cable = try WiredEthernet(server, network: network("wonder land"))
            defer { cable.unplug() }
            try cable.computer.expect("CTRL-EVENT-EAP-SUCCESS")
            try cable.switchProcess.expect("authorizing port")
            try cable.switchProcess.expect("starting accounting session")
            let session = try #require(
                cable.switchProcess.output.text.components(separatedBy: "starting accounting session ").last?.prefix { !$0.isWhitespace })

            let row = "SELECT username, acctsessionid, acctstoptime, acctterminatecause, acctauthentic FROM radacct"
            try eventually("the session has a row") { try site.count("SELECT count(*) FROM radacct") == 1 }
            #expect(try site.row(row).prefix(3) == ["alice", String(session), nil])
            try eventually("an Interim-Update arrives") { try site.count("SELECT COALESCE(acctsessiontime, 0) FROM radacct") >= 1 }

            // Resumed, so that nobody notices, and the session goes on.
            let place = cable.switchProcess.output.count
            try cable.switchProcess.expect("authenticated - EAP type: 25 (PEAP)", from: place)
            try eventually("two accepts are logged") {
                try site.count("SELECT count(*) FROM radpostauth WHERE username = 'alice' AND reply = 'Access-Accept'") >= 2
            }
            #expect(try site.count("SELECT count(*) FROM radacct") == 1)
            #expect(!cable.switchProcess.output.text.dropFirst(place).contains("unauthorizing port"))

            try cable.control("logoff")
            try cable.switchProcess.expect("stopped accounting session \(session)")
            try eventually("the session is closed") {
                try site.count("SELECT count(*) FROM radacct WHERE acctstoptime IS NOT NULL") == 1
            }
            #expect(try site.row(row)[3...] == ["User-Request", "RADIUS"])
            #expect(try site.count("SELECT count(*) FROM radacct") == 1)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("a wrong password keeps the port closed, and makes no session")
    func wrongPassword() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := wonder land"])
            let server = try ServerUnderTest.start(site.database.url, Certificates.shared.get().settings)
            let cable = try WiredEthernet(server, network: network("wonderland"))
            defer { cable.unplug() }
            try cable.switchProcess.expect("authentication failed")
            try site.expectReason("password.mismatch", of: "alice")
            #expect(!cable.switchProcess.output.text.contains(": authorizing port"))
            #expect(try server.stop() == .code(0))
            #expect(try site.count("SELECT count(*) FROM radacct") == 0)
        }
    }
}
