import Database
import RADIUSClient
import RADIUSDictionary
import RADIUSWire
import TestSupport
import Testing

/// FreeRADIUS's test client against the running program.
@PeerThread
@Suite(.enabled(if: Radclient.isInstalled, "radclient is not installed"))
struct RadclientTests {
    @Test("PAP, CHAP and MS-CHAP accept the right password and reject a wrong one", arguments: TestDatabase.Engine.available)
    func methods(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            try site.addUser(
                "alice", check: ["Cleartext-Password := wonder land"], reply: ["Session-Timeout = 600", "Reply-Message = hello"])
            let server = try ServerUnderTest.start(site.database.url)
            for attribute in ["User-Password", "CHAP-Password", "MS-CHAP-Password"] {
                let good = try Radclient.send(["User-Name = alice", "\(attribute) = \"wonder land\""], to: server.authPort, "auth")
                #expect(good.code == "Access-Accept", "\(attribute): \(good.output)")
                #expect(good.attributes.contains("Session-Timeout = 600"))
                #expect(good.attributes.contains("Reply-Message = \"hello\""))
                #expect(good.attributes.first?.hasPrefix("Message-Authenticator = ") == true)
                let bad = try Radclient.send(["User-Name = alice", "\(attribute) = \"wonderland\""], to: server.authPort, "auth")
                #expect(bad.code == "Access-Reject", "\(attribute): \(bad.output)")
                #expect(!bad.attributes.contains { $0.hasPrefix("Session-Timeout") })
            }
            let unknown = try Radclient.send(["User-Name = nobody", "User-Password = x"], to: server.authPort, "auth")
            #expect(unknown.code == "Access-Reject")
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("MS-CHAP-V2 proves the server to the client, with a clear-text and with an NT password")
    func mschapv2() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("clear", check: ["Cleartext-Password := clientPass"])
            try site.addUser("hash", check: ["NT-Password := 44ebba8d5312b8d611474411f56989ae"])
            let server = try ServerUnderTest.start(site.database.url)
            for user in ["clear", "hash"] {
                let good = try server.auth().authenticate(user: user, password: "clientPass", method: .mschapv2)
                #expect(good.verdict == .accepted)
                #expect(good.attributes.contains { $0.definition.name == "MS-MPPE-Recv-Key" })
                let bad = try server.auth().authenticate(user: user, password: "wrong", method: .mschapv2)
                guard case .rejected(let error?) = bad.verdict else {
                    Issue.record("no MS-CHAP-Error: \(bad)")
                    continue
                }
                #expect(error.hasPrefix("E=691 R="))
            }
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("Start, Interim-Update and Stop end in one complete row; On and Off close sessions", arguments: TestDatabase.Engine.available)
    func accounting(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            let server = try ServerUnderTest.start(site.database.url)
            func send(_ lines: [String]) throws {
                let reply = try Radclient.send(lines, to: server.acctPort, "acct")
                #expect(reply.code == "Accounting-Response", "\(reply.output)")
            }
            let session = [
                "User-Name = bob", "Acct-Session-Id = 0001", "NAS-IP-Address = 192.0.2.1", "NAS-Port = 7",
                "Calling-Station-Id = 00-11-22-33-44-55", "Framed-IP-Address = 10.1.2.3", "Acct-Authentic = RADIUS",
            ]
            try send(session + ["Acct-Status-Type = Start"])
            #expect(try site.row("SELECT username, acctstoptime FROM radacct") == ["bob", nil])
            try send(
                session + [
                    "Acct-Status-Type = Interim-Update", "Acct-Session-Time = 60", "Acct-Input-Octets = 5", "Acct-Input-Gigawords = 1",
                ])
            let interim = try site.row("SELECT acctsessiontime, acctinputoctets FROM radacct")
            #expect(interim == ["60", "4294967301"])
            try send(
                session + [
                    "Acct-Status-Type = Stop", "Acct-Session-Time = 90", "Acct-Input-Octets = 9", "Acct-Input-Gigawords = 1",
                    "Acct-Output-Octets = 77", "Acct-Terminate-Cause = User-Request",
                ])
            let host = try site.connection.dialect.render("{{host framedipaddress}}")
            let stopped = try site.row(
                """
                SELECT acctsessiontime, acctinputoctets, acctoutputoctets, acctterminatecause, callingstationid, \(host), acctauthentic
                FROM radacct WHERE acctstoptime IS NOT NULL
                """)
            #expect(stopped == ["90", "4294967305", "77", "User-Request", "00-11-22-33-44-55", "10.1.2.3", "RADIUS"])
            #expect(try site.count("SELECT count(*) FROM radacct") == 1)

            for status in ["Accounting-On", "Accounting-Off"] {
                try send(["User-Name = eve", "Acct-Session-Id = \(status)", "NAS-IP-Address = 192.0.2.1", "Acct-Status-Type = Start"])
                try send(["User-Name = far", "Acct-Session-Id = \(status)", "NAS-IP-Address = 192.0.2.2", "Acct-Status-Type = Start"])
                try send(["Acct-Status-Type = \(status)", "NAS-IP-Address = 192.0.2.1"])
                #expect(try site.count("SELECT count(*) FROM radacct WHERE username = 'eve' AND acctstoptime IS NULL") == 0)
            }
            #expect(try site.count("SELECT count(*) FROM radacct WHERE username = 'far' AND acctstoptime IS NULL") == 2)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("Status-Server is answered on both ports, over IPv4 and IPv6")
    func status() throws {
        try Site.with(.sqlite) { site in
            try site.addNAS("::1")
            let server = try ServerUnderTest.start(site.database.url)
            for host in ["127.0.0.1", "::1"] {
                let auth = try Radclient.send(["Message-Authenticator = 0x00"], to: server.authPort, "status", host: host)
                #expect(auth.code == "Access-Accept", "\(auth.output)")
                let acct = try Radclient.send(["Message-Authenticator = 0x00"], to: server.acctPort, "status", host: host)
                #expect(acct.code == "Accounting-Response", "\(acct.output)")
            }
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("tagged attributes, IPv6 addresses and prefixes arrive as the rows say, over IPv6")
    func tags() throws {
        try Site.with(.sqlite) { site in
            try site.addNAS("::1")
            try site.addUser(
                "vlan", check: ["Cleartext-Password := x"],
                reply: [
                    "Tunnel-Type:1 = VLAN", "Tunnel-Medium-Type:1 = IEEE-802", "Tunnel-Private-Group-Id:1 = 42", "Tunnel-Type:2 += GRE",
                    "Framed-IPv6-Prefix = 2001:db8::/56", "Framed-IPv6-Address = 2001:db8::7",
                ])
            let server = try ServerUnderTest.start(site.database.url)
            let reply = try Radclient.send(["User-Name = vlan", "User-Password = x"], to: server.authPort, "auth", host: "::1")
            #expect(
                Set(reply.attributes).isSuperset(of: [
                    "Tunnel-Type:1 = VLAN", "Tunnel-Medium-Type:1 = IEEE-802", "Tunnel-Private-Group-Id:1 = \"42\"", "Tunnel-Type:2 = GRE",
                    "Framed-IPv6-Prefix = 2001:db8::/56", "Framed-IPv6-Address = 2001:db8::7",
                ]), "\(reply.output)")
            #expect(try server.stop() == .code(0))
        }
    }

    @Test(
        "a NAS and a user added to the database are served without a restart; an unknown NAS gets silence",
        arguments: TestDatabase.Engine.available)
    func additions(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            let server = try ServerUnderTest.start(site.database.url)
            let packet = ["User-Name = new", "User-Password = x"]
            let silent = try Radclient.send(packet, to: server.authPort, "auth", host: "::1", secret: "other", attempts: 1, timeout: 0.3)
            #expect(silent.code == nil, "\(silent.output)")

            let rejected = try Radclient.send(packet, to: server.authPort, "auth")
            #expect(rejected.code == "Access-Reject")
            try site.addUser("new", check: ["Cleartext-Password := x"])
            let accepted = try Radclient.send(packet, to: server.authPort, "auth")
            #expect(accepted.code == "Access-Accept")

            try site.addNAS("::1", secret: "other")
            // The first packet after the row asks for it, a retransmission finds it.
            let served = try Radclient.send(packet, to: server.authPort, "auth", host: "::1", secret: "other", attempts: 10, timeout: 1)
            #expect(served.code == "Access-Accept", "\(served.output)")
            #expect(try server.stop() == .code(0))
        }
    }
}
