import Accounts
import Database
import HTTPTypes
import Localization
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Registration

@Suite struct UpkeepTests {
    private static let day: Int64 = 86_400_000_000

    @Test("who was long away is verified no more, except by an operator or e-mail", arguments: Engine.available)
    func unverify(engine: Engine) async throws {
        try await Cafe.with(engine, registration: { $0.unverifyInactiveDays = 30 }) { cafe in
            let long = cafe.now - 31 * Self.day
            var users: [String: User] = [:]
            for (name, method, lastLogin, isStaff) in [
                ("away", "mobile_phone", long, false), ("here", "mobile_phone", cafe.now, false), ("made", "manual", long, false),
                ("mail", "email", long, false), ("staff", "mobile_phone", long, true),
            ] {
                let user = try await cafe.add(User(username: name, isStaff: isStaff, lastLogin: lastLogin))
                try await cafe.register(user, cafe.cafe, method, isVerified: true)
                users[name] = user
            }
            try await IdleUsers(environment: cafe.environment).unverifyInactive()
            for (name, user) in users {
                #expect(try await cafe.registration(user, cafe.cafe)?.isVerified == (name != "away"), "\(name)")
            }
        }
    }

    @Test("who was long away, or never came, is removed with the password", arguments: Engine.available)
    func deleteInactive(engine: Engine) async throws {
        try await Cafe.with(engine, registration: { $0.deleteInactiveDays = 30 }) { cafe in
            let long = cafe.now - 31 * Self.day
            try await cafe.add(User(username: "away", lastLogin: long, created: long))
            try await cafe.add(User(username: "never", created: long))
            try await cafe.add(User(username: "new", created: cafe.now))
            try await cafe.add(User(username: "here", lastLogin: cafe.now, created: long))
            try await cafe.add(User(username: "staff", isStaff: true, lastLogin: long, created: long))
            try await IdleUsers(environment: cafe.environment).deleteInactive()
            #expect(try await cafe.table("SELECT username FROM radian_user ORDER BY 1") == [["here"], ["new"], ["staff"]])
            #expect(try await cafe.table("SELECT DISTINCT username FROM radcheck ORDER BY 1") == [["here"], ["new"], ["staff"]])
        }
    }

    @Test("who signed up and left it at that is removed", arguments: Engine.available)
    func deleteUnverified(engine: Engine) async throws {
        try await Cafe.with(
            engine,
            registration: {
                $0.deleteUnverifiedDays = 1; $0.keptUnverifiedMethods = ["email"]
            }
        ) { cafe in
            let before = cafe.now - 2 * Self.day
            for (name, method, isVerified, created) in [
                ("gone", "mobile_phone", false, before), ("kept", "email", false, before), ("verified", "mobile_phone", true, before),
                ("young", "mobile_phone", false, cafe.now), ("online", "mobile_phone", false, before),
            ] {
                let user = try await cafe.add(User(username: name, created: created))
                try await cafe.register(user, cafe.cafe, method, isVerified: isVerified)
            }
            try await cafe.add(User(username: "unregistered", created: before))
            try await cafe.run(
                """
                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress) VALUES ('a', 'a', 'online', {{inet '10.0.0.1'}})
                """)
            try await IdleUsers(environment: cafe.environment).deleteUnverified()
            #expect(
                try await cafe.table("SELECT username FROM radian_user ORDER BY 1") == [
                    ["kept"], ["online"], ["unregistered"], ["verified"], ["young"],
                ])
        }
    }

    @Test("a session that began brings a mail with a link that logs in once", arguments: Engine.available)
    func sessionMail(engine: Engine) async throws {
        try await Cafe.with(engine, ["login_url": "https://wifi.example.com/cafe/login?x=1"], registration: { $0.loginLinkSeconds = 600 }) {
            cafe in
            try await cafe.add(User(username: "bob", email: "bob@example.org", language: .italian))
            try await cafe.add(User(username: "eva", email: "eva@example.org"), to: [cafe.bar])
            for (id, user, framing) in [("a", "bob", "NULL"), ("b", "bob", "'PPP'"), ("c", "eva", "NULL"), ("d", "unknown", "NULL")] {
                try await cafe.run(
                    """
                    INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, framedprotocol, organization_id)
                    VALUES ('\(id)', '\(id)', '\(user)', {{inet '10.0.0.1'}}, \(framing), '\(cafe.cafe.id)')
                    """)
                try await SessionMails(cafe.environment).write(sessionID: id)
            }
            let mails = try await cafe.messages("new-session")
            #expect(mails.map(\.recipient) == ["bob@example.org"])
            #expect(try await cafe.table("SELECT language FROM radian_message") == [["it"]])
            let match = try #require(
                mails.first?.text.firstMatch(of: /https:\/\/wifi\.example\.com\/cafe\/login\?x=1&sesame=([A-Za-z0-9_-]+)/))
            var client = cafe.client
            client.headers[.authorization] = "sesame \(match.1)"
            #expect(await client.post(cafe.path("token/")).status == 200)
        }
    }
}

@Suite struct UserVerificationTests {
    @Test("operators verify, take that back, and see how a code stands without seeing it", arguments: Engine.available)
    func verification(engine: Engine) async throws {
        try await Cafe.with(engine, Cafe.sms) { cafe in
            let bob = try await cafe.add(User(username: "bob", phoneNumber: "+393664255801"))
            let client = try await cafe.client(bob)
            func state() async throws -> UserVerification.State {
                let now = cafe.now
                return try await cafe.write { try UserVerification($0, username: "bob", organizationSlug: "cafe", now: now).state() }
            }
            #expect(try await state().code == .none)
            #expect(await client.post(cafe.path("phone/token/")).status == 201)
            #expect(try await state().code == .pending)
            try await cafe.write { try UserVerification($0, username: "bob", organizationSlug: "cafe").verify() }
            #expect(try await cafe.registration(bob, cafe.cafe)?.method == "manual")
            #expect(try await cafe.registration(bob, cafe.cafe)?.isVerified == true)
            try await cafe.write { try UserVerification($0, username: "bob", organizationSlug: "cafe").unverify() }
            #expect(try await cafe.registration(bob, cafe.cafe)?.isVerified == false)
            cafe.pass(1801)
            #expect(try await state().code == .expired)
            await #expect(throws: AccountsError.notMember(username: "bob", slug: "bar")) {
                try await cafe.write { _ = try UserVerification($0, username: "bob", organizationSlug: "bar") }
            }
        }
    }
}
