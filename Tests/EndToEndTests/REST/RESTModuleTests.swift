import Foundation
import TestSupport
import Testing

/// radclient asks a FreeRADIUS whose rlm_rest asks us, set up as for OpenWISP RADIUS.
@PeerThread
@Suite(.enabled(if: Radclient.isInstalled && FreeRADIUSProcess.hasREST, "FreeRADIUS with rlm_rest, or radclient, is missing"))
struct RESTModuleTests {
    private func packet(_ user: String, _ password: String) -> [String] {
        [
            "User-Name = \"\(user)\"", "User-Password = \"\(password)\"", "Calling-Station-Id = \"02-00-00-00-00-01\"",
            "Called-Station-Id = \"02-00-00-00-00-AA:guests\"", "Message-Authenticator = 0x00",
        ]
    }

    private func record(_ type: String, _ more: [String] = []) -> [String] {
        [
            "Acct-Status-Type = \(type)", "Acct-Session-Id = \"s1\"", "User-Name = \"bob\"", "NAS-IP-Address = 192.0.2.1",
            "Calling-Station-Id = \"02-00-00-00-00-01\"", "Called-Station-Id = \"02-00-00-00-00-AA:guests\"",
        ] + more
    }

    @Test("accept, reject, accounting and a used up limit", arguments: TestDatabase.Engine.available)
    func throughFreeRADIUS(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            let server = try ServerUnderTest.start(site.database.url, ["RADIAN_DATABASE_REFRESH_INTERVAL": "0.2"])
            let api = try CafeAPI(site, server)
            try site.addGroup("guests", check: ["Max-Daily-Session := 3600"], reply: ["Idle-Timeout = 600"])
            try site.addUser("bob", check: ["Cleartext-Password := hello"], groups: [("guests", 1)])
            let freeRADIUS = try FreeRADIUSProcess(restPort: server.httpPort, authorization: "\(api.organizationID) \(api.token)")
            defer { try? freeRADIUS.stop() }

            let accepted = try Radclient.send(packet("bob", "hello"), to: freeRADIUS.authPort, "auth")
            #expect(accepted.code == "Access-Accept")
            #expect(accepted.attributes.contains("Idle-Timeout = 600"))
            // More shortly before midnight, when the next day's hour counts, too.
            #expect(accepted.attributes.contains { $0.hasPrefix("Session-Timeout = ") })
            try site.expectReason("", of: "bob")
            #expect(try Radclient.send(packet("bob", "hallo"), to: freeRADIUS.authPort, "auth").code == "Access-Reject")
            try site.expectReason("password.mismatch", of: "bob")
            #expect(try site.row("SELECT pass FROM radpostauth WHERE reply = 'Access-Reject'").first.flatMap { $0 } ?? "" == "")

            for (type, more) in [
                ("Start", []), ("Interim-Update", ["Acct-Session-Time = 1800", "Acct-Input-Octets = 1000"]),
                ("Stop", ["Acct-Session-Time = 3700", "Acct-Input-Octets = 2000", "Acct-Terminate-Cause = User-Request"]),
            ] {
                #expect(try Radclient.send(record(type, more), to: freeRADIUS.acctPort, "acct").code == "Accounting-Response")
            }
            #expect(
                try site.row("SELECT username, acctsessiontime, acctinputoctets, acctterminatecause, organization_id FROM radacct")
                    == ["bob", "3700", "2000", "User-Request", api.organizationID])
            #expect(try site.count("SELECT count(*) FROM radacct WHERE acctstoptime IS NOT NULL") == 1)

            // The limit counts what lies in today, which just after midnight is less than the session.
            try site.script("UPDATE radgroupcheck SET value = '1'")
            let refused = try Radclient.send(packet("bob", "hello"), to: freeRADIUS.authPort, "auth")
            #expect(refused.code == "Access-Reject")
            #expect(refused.attributes.contains("Reply-Message = \"Your maximum daily usage time has been reached\""))
            #expect(try server.stop() == .code(0))
        }
    }
}
