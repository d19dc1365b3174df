import Accounts
import Database
import HTTPTypes
import Localization
import NIOConcurrencyHelpers
import OrganizationSettings
import Registration
import ServerKernel
import Sessions
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@Suite struct LoginTests {
    static let userKeys = [
        "birth_date", "email", "first_name", "is_active", "is_verified", "last_name", "location", "method", "password_expired",
        "phone_number", "radius_user_token", "username",
    ]

    private func login(_ cafe: Cafe, _ name: String, _ password: String = "correct horse", at organization: Organization? = nil) async
        -> TestAnswer
    {
        await cafe.client.post(cafe.path("token/", of: organization), form: [("username", name), ("password", password)])
    }

    @Test("name, address in any case and number log in; every login makes a new RADIUS token", arguments: Engine.available)
    func identifiers(engine: Engine) async throws {
        try await Cafe.with(engine, accounts: { $0.phonePrefixes = ["+39"] }) { cafe in
            let bob = try await cafe.add(User(username: "bob", email: "bob@example.org", phoneNumber: "+393664255801"))
            var keys: Set<String> = []
            var tokens: Set<String> = []
            for name in ["bob", "BOB@example.org", "+393664255801", "3664255801"] {
                let answer = await login(cafe, name)
                #expect(answer.status == 200, "\(name)")
                #expect(answer.keys == (Self.userKeys + ["key"]).sorted())
                keys.insert(answer.json?["key"]?.string ?? "")
                tokens.insert(answer.json?["radius_user_token"]?.string ?? "")
                #expect(answer.json?["is_verified"] == .null)
                #expect(answer.json?["method"] == .null)
                #expect(answer.json?["is_active"] == true)
            }
            #expect(keys == [try await cafe.token(bob)])
            #expect(tokens.count == 4)
            #expect(try await cafe.table("SELECT can_auth, password_based FROM radian_radius_token") == [["1", "1"]])
            #expect(try await cafe.user(bob.id)?.lastLogin == cafe.now)
            #expect(try await cafe.user(bob.id)?.passwordBasedToken == true)
        }
    }

    @Test("wrong credentials and missing fields", arguments: Engine.available)
    func refused(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            try await cafe.add(User(username: "bob"))
            for (name, password) in [("bob", "wrong"), ("nobody", "correct horse")] {
                let answer = await login(cafe, name, password)
                #expect(answer.status == 400)
                #expect(answer.keys == ["non_field_errors"])
                #expect(answer.errors("non_field_errors") == ["Unable to log in with provided credentials."])
            }
            #expect(await cafe.client.post(cafe.path("token/")).keys == ["password", "username"])
            #expect(try await cafe.table("SELECT count(*) FROM radian_radius_token") == [["0"]])
        }
    }

    @Test("guesses are stopped by account and address, whatever the identifier's spelling")
    func guesses() async throws {
        try await Cafe.with(.sqlite) { cafe in
            try await cafe.add(User(username: "bob", email: "bob@example.org"))
            for number in 0..<10 { #expect(await login(cafe, number.isMultiple(of: 2) ? "bob" : "bob@example.org", "wrong").status == 400) }
            let stopped = await login(cafe, "bob")
            #expect(stopped.status == 429)
            #expect(stopped.headers[.retryAfter] != nil)
            var other = cafe.client
            other.address = "198.51.100.7"
            #expect(await other.post(cafe.path("token/"), ["username": "bob", "password": "correct horse"]).status == 200)
        }
    }

    @Test("where verification is needed, others than strongly verified users get 401 with everything", arguments: Engine.available)
    func verification(engine: Engine) async throws {
        try await Cafe.with(engine, ["needs_identity_verification": "yes"]) { cafe in
            let bob = try await cafe.add(User(username: "bob"), to: [cafe.cafe, cafe.bar])
            for (method, isVerified, status) in [
                ("mobile_phone", false, 401), ("email", true, 401), ("mobile_phone", true, 200), ("manual", true, 200),
            ] {
                try await cafe.register(bob, cafe.cafe, method, isVerified: isVerified)
                let answer = await login(cafe, "bob")
                #expect(answer.status == status, "\(method)")
                #expect(answer.keys == (Self.userKeys + ["key"]).sorted())
                #expect(answer.json?["is_verified"] == .bool(isVerified))
                #expect(answer.json?["method"] == .string(method))
                #expect(answer.json?["radius_user_token"]?.string?.count == 40)
            }
            // A verification counts where it was made only.
            try await cafe.set(["needs_identity_verification": "yes"], of: cafe.bar)
            let elsewhere = await login(cafe, "bob", at: cafe.bar)
            #expect(elsewhere.status == 401)
            #expect(elsewhere.json?["is_verified"] == .null)
        }
    }

    @Test("users of other organizations join by a login, where people may sign up", arguments: Engine.available)
    func join(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            let bob = try await cafe.add(User(username: "bob"), to: [cafe.bar])
            try await cafe.set(["registration_enabled": "no"], of: cafe.cafe)
            let refused = await login(cafe, "bob")
            #expect(refused.status == 403)
            #expect(refused.keys == ["detail"])
            #expect(try await cafe.registration(bob, cafe.cafe) == nil)
            try await cafe.set(["registration_enabled": "yes"], of: cafe.cafe)
            let answer = await login(cafe, "bob")
            #expect(answer.status == 200)
            #expect(answer.json?["method"] == "pending_verification")
            #expect(answer.json?["is_verified"] == false)
            #expect(cafe.joined.withLockedValue { $0 } == ["\(bob.id) \(cafe.cafe.id)"])
            // Superusers come in without.
            try await cafe.add(User(username: "root", isSuperuser: true), to: [])
            let root = await login(cafe, "root")
            #expect(root.status == 200)
            #expect(root.json?["method"] == .null)
        }
    }

    @Test("inactive users hear that they are, and get no RADIUS token", arguments: Engine.available)
    func inactive(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            let bob = try await cafe.add(User(username: "bob", isActive: false))
            let answer = await login(cafe, "bob")
            #expect(answer.status == 401)
            #expect(answer.json?["is_active"] == false)
            #expect(answer.json?["radius_user_token"] == .null)
            let validated = await cafe.client.post(cafe.path("token/validate/"), ["token": .string(try await cafe.token(bob))])
            #expect(validated.status == 200)
            #expect(validated.json?["is_active"] == false)
            #expect(validated.json?["radius_user_token"] == .null)
            #expect(try await cafe.table("SELECT count(*) FROM radian_radius_token") == [["0"]])
        }
    }

    @Test("a token tells whose it is, and renews the RADIUS token", arguments: Engine.available)
    func validate(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            let bob = try await cafe.add(User(username: "bob", phoneNumber: "+393664255801"))
            let token = try await cafe.token(bob)
            var client = cafe.client
            client.headers[.acceptLanguage] = "it"
            let answer = await client.post(cafe.path("token/validate/"), form: [("token", token), ("session", "false")])
            #expect(answer.status == 200)
            #expect(answer.keys == (Self.userKeys + ["auth_token", "response_code"]).sorted())
            #expect(answer.json?["response_code"] == "AUTH_TOKEN_VALIDATION_SUCCESSFUL")
            #expect(answer.json?["auth_token"] == .string(token))
            #expect(answer.json?["phone_number"] == "+393664255801")
            #expect(try await cafe.user(bob.id)?.language == .italian)
            #expect(try await cafe.user(bob.id)?.lastLogin == cafe.now)
            let again = await client.post(cafe.path("token/validate/"), ["token": .string(token)])
            #expect(again.json?["radius_user_token"] != answer.json?["radius_user_token"])
        }
    }

    @Test("nobody's token, in any form", arguments: ["", "0123456789012345678901234567890123456789", "short", "Ä"])
    func invalidToken(token: String) async throws {
        try await Cafe.with(.sqlite) { cafe in
            let answer = await cafe.client.post(cafe.path("token/validate/"), ["token": .string(token)])
            #expect(answer.status == 401)
            #expect(answer.text == #"{"response_code":"BLANK_OR_INVALID_TOKEN"}"#)
            #expect(await cafe.client.post(cafe.path("token/validate/")).status == 401)
        }
    }

    @Test("a token of another organization's user binds nothing to this one", arguments: Engine.available)
    func foreignToken(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            let bob = try await cafe.add(User(username: "bob"), to: [cafe.bar])
            #expect(await login(cafe, "bob", at: cafe.bar).status == 200)
            let before = try await cafe.table("SELECT key, organization_id FROM radian_radius_token")
            let answer = await cafe.client.post(cafe.path("token/validate/"), ["token": .string(try await cafe.token(bob))])
            #expect(answer.status == 200)
            #expect(answer.json?["radius_user_token"] == .null)
            #expect(try await cafe.table("SELECT key, organization_id FROM radian_radius_token") == before)
        }
    }

    @Test("a one-time token logs in once, without name and password", arguments: Engine.available)
    func oneTimeToken(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            let bob = try await cafe.add(User(username: "bob"))
            let ticket = try await cafe.write { try TicketStore($0).make(purpose: .oneTimeLogin, userID: bob.id, lifetime: 60) }
            var client = cafe.client
            client.headers[.authorization] = "sesame \(ticket)"
            let answer = await client.post(cafe.path("token/"))
            #expect(answer.status == 200)
            #expect(answer.json?["key"] == .string(try await cafe.token(bob)))
            #expect(try await cafe.user(bob.id)?.passwordBasedToken == false)
            let again = await client.post(cafe.path("token/"))
            #expect(again.status == 403)
            #expect(again.keys == ["detail"])
        }
    }

    @Test("a password that is too old is told, but not to who came in without it")
    func passwordExpired() async throws {
        try await Cafe.with(.sqlite, accounts: { $0.passwordExpirationDays = 30 }) { cafe in
            let bob = try await cafe.add(User(username: "bob"))
            #expect(await login(cafe, "bob").json?["password_expired"] == false)
            cafe.pass(40 * 86_400)
            #expect(await login(cafe, "bob").json?["password_expired"] == true)
            try await cafe.write { try UserStore($0).touchLogin(bob.id, language: nil, passwordBased: false, at: 0) }
            let answer = await cafe.client.post(cafe.path("token/validate/"), ["token": .string(try await cafe.token(bob))])
            #expect(answer.json?["password_expired"] == false)
        }
    }

    @Test("a login elsewhere ends the newest session of the organization before", arguments: Engine.available)
    func organizationSwitch(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            try await cafe.add(User(username: "bob"), to: [cafe.cafe, cafe.bar])
            #expect(await login(cafe, "bob").status == 200)
            try await cafe.run(
                """
                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, organization_id)
                VALUES ('a', 'a', 'bob', {{inet '10.0.0.1'}}, {{timestamp 10}}, '\(cafe.cafe.id)')
                """)
            let ended = NIOLockedValueBox<[SessionEnded]>([])
            cafe.kernel.events.subscribe(to: SessionEnded.self) { event in ended.withLockedValue { $0.append(event) } }
            #expect(await login(cafe, "bob", at: cafe.bar).status == 200)
            #expect(await login(cafe, "bob", at: cafe.bar).status == 200)
            #expect(ended.withLockedValue { $0 } == [SessionEnded(uniqueID: "a", userName: "bob", callingStationID: "")])
            #expect(try await cafe.table("SELECT acctterminatecause FROM radacct") == [["NAS_Request"]])
        }
    }
}
