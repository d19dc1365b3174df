import Foundation
import TestSupport
import Testing

/// A NAS of the organization and its FreeRADIUS over REST are told the same.
@PeerThread
@Suite(.enabled(if: Radclient.isInstalled, "radclient is missing"))
struct OneDecisionTests {
    private struct Case {
        var user: String
        var password: String
        /// Nil: let in.
        var reason: String?
    }

    private static let cases = [
        Case(user: "bob", password: "hello"), Case(user: "bob", password: "hallo", reason: "password.mismatch"),
        Case(user: "nobody", password: "x", reason: "user.unknown"), Case(user: "idle", password: "hello", reason: "account.inactive"),
        Case(user: "late", password: "hello", reason: "account.expired"), Case(user: "used", password: "hello", reason: "quota.daily-time"),
        Case(user: "hashed", password: "hello"), Case(user: "hashed", password: "hallo", reason: "password.mismatch"),
        Case(user: "elsewhere", password: "hello", reason: "organization.not-member"), Case(user: "bob@example.org", password: "hello"),
        Case(user: "two", password: "hello", reason: "session.limit"),
    ]

    @Test("the same logins over UDP and over REST come to the same", arguments: TestDatabase.Engine.available)
    func sameDecisions(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            let server = try ServerUnderTest.start(site.database.url, ["RADIAN_DATABASE_REFRESH_INTERVAL": "0.2"])
            let api = try CafeAPI(site, server)
            try prepare(site, api.organizationID)
            for item in Self.cases {
                let reply = try Radclient.send(
                    ["User-Name = \"\(item.user)\"", "User-Password = \"\(item.password)\"", "Message-Authenticator = 0x00"],
                    to: server.authPort, "auth")
                let answer = try api.post("authorize", ["username": item.user, "password": item.password])
                let verdict = answer.body["control:Auth-Type"] as? String
                #expect((reply.code == "Access-Accept") == (item.reason == nil), "\(item.user)")
                #expect((verdict == "Accept") == (item.reason == nil), "\(item.user): \(answer.body)")
                try site.expectReason(item.reason ?? "", of: item.user)
                switch item.reason {
                case nil:
                    #expect(answer.status == 200)
                    #expect((answer.body["Idle-Timeout"] as? [String: Any])?["value"] as? String == "600")
                    #expect(reply.attributes.contains("Idle-Timeout = 600"))
                    let left = try #require(answer.body["Session-Timeout"] as? Int)
                    let prefix = "Session-Timeout = "
                    let told = reply.attributes.first { $0.hasPrefix(prefix) }.flatMap { Int($0.dropFirst(prefix.count)) }
                    #expect(abs(left - (told ?? 0)) <= 5)
                case "quota.daily-time":
                    #expect(answer.status == 200)
                    #expect(answer.body["Reply-Message"] as? String == "Your maximum daily usage time has been reached")
                    #expect(reply.attributes.contains("Reply-Message = \"Your maximum daily usage time has been reached\""))
                case "session.limit":
                    #expect(answer.status == 401)
                    #expect(answer.body["Reply-Message"] as? String == "You are already logged in - access denied")
                default:
                    #expect(answer.status == 200)
                    #expect(answer.body.isEmpty)
                }
            }
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("what is left of a quota is told in the attributes of the chosen type of NAS", arguments: ["", "mikrotik"])
    func attributesOfTheType(_ type: String) throws {
        try Site.with(.sqlite) { site in
            var environment = ["RADIAN_DATABASE_REFRESH_INTERVAL": "0.2"]
            if !type.isEmpty { environment["RADIAN_API_NAS_TYPE"] = type }
            let server = try ServerUnderTest.start(site.database.url, environment)
            let api = try CafeAPI(site, server)
            try site.addUser("bob", check: ["Cleartext-Password := hello", "Max-Daily-Session-Traffic := 3000000000"])
            let answer = try api.post("authorize", ["username": "bob", "password": "hello"])
            #expect(answer.body["Mikrotik-Total-Limit"] as? Int == (type.isEmpty ? nil : 3_000_000_000))
            #expect(answer.body["CoovaChilli-Max-Total-Octets"] as? Int == (type.isEmpty ? 3_000_000_000 : nil))
            #expect(try server.stop() == .code(0))
        }
    }

    private func prepare(_ site: Site, _ cafe: String) throws {
        try site.addGroup("guests", check: ["Max-Daily-Session := 10800"], reply: ["Idle-Timeout = 600"])
        let limits = ["two": ["Simultaneous-Use := 1"]]
        try site.addGroup("short", check: ["Max-Daily-Session := 5"])
        for (index, name) in ["bob", "idle", "late", "used", "hashed", "elsewhere", "two"].enumerated() {
            let password =
                name == "hashed"
                ? "PBKDF2-Password := pbkdf2_sha256$1000$salt$GDgU3S87ILPKpqW23qKmoJPUddaYKMMtpaLXysgYHyY=" : "Cleartext-Password := hello"
            try site.addUser(name, check: [password] + (limits[name] ?? []), groups: [(name == "used" ? "short" : "guests", 1)])
            try site.script(
                """
                INSERT INTO radian_user (id, username, email, is_active, expires_at, created, modified) VALUES ('u\(index)', '\(name)',
                    '\(name)@example.org', \(name == "idle" ? 0 : 1), \(name == "late" ? "1000" : "NULL"), 0, 0);
                """)
            let organization = name == "elsewhere" ? "bar" : cafe
            if name == "elsewhere" {
                try site.script(
                    "INSERT INTO radian_organization (id, name, slug, created, modified) VALUES ('bar', 'Bar', 'bar', 0, 0)")
            }
            try site.script(
                "INSERT INTO radian_organization_user (organization_id, user_id, created) VALUES ('\(organization)', 'u\(index)', 0)")
        }
        let now = Int(Date().timeIntervalSince1970)
        try site.script(
            """
            UPDATE nas SET organization_id = '\(cafe)';
            INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctupdatetime, acctsessiontime,
                    acctinputoctets, acctoutputoctets, callingstationid, organization_id)
                VALUES ('1', '1', 'used', {{inet '192.0.2.1'}}, {{timestamp \(now - 10)}}, {{timestamp \(now)}}, 10, 0, 0, 'a', '\(cafe)'),
                    ('2', '2', 'two', {{inet '192.0.2.1'}}, {{timestamp \(now - 10)}}, {{timestamp \(now)}}, 10, 0, 0, 'b', '\(cafe)')
            """)
    }
}
