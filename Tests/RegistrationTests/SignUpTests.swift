import Accounts
import Database
import HTTPTypes
import Localization
import NIOConcurrencyHelpers
import OrganizationSettings
import Registration
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@Suite struct SignUpTests {
    private let mara: JSONValue = [
        "username": "mara", "email": "Mara@example.org", "password1": "vivid copper kettle", "password2": "vivid copper kettle",
        "first_name": "Mara", "plan_pricing": "ignored",
    ]

    @Test("a user who signs up is a member with tokens, and gets a confirmation mail", arguments: Engine.available)
    func signUp(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            let answer = await cafe.client.post(cafe.path(), mara)
            #expect(answer.status == 201)
            #expect(answer.keys == ["key", "radius_user_token"])
            #expect(answer.json?["key"]?.string?.count == 40)
            #expect(answer.json?["radius_user_token"]?.string?.count == 40)
            let user = try #require(try await cafe.user(named: "mara"))
            #expect(user.email == "Mara@example.org")
            #expect(user.firstName == "")
            #expect(user.isActive)
            #expect(user.lastLogin == nil)
            #expect(cafe.joined.withLockedValue { $0 } == ["\(user.id) \(cafe.cafe.id)"])
            #expect(try await cafe.registration(user, cafe.cafe)?.isVerified == false)
            #expect(try await cafe.registration(user, cafe.cafe)?.method == "")
            #expect(try await cafe.table("SELECT can_auth, password_based FROM radian_radius_token") == [["0", "1"]])
            #expect(try await cafe.table("SELECT is_verified, is_primary FROM radian_email_address") == [["0", "1"]])
            let mails = try await cafe.messages("email-confirmation")
            #expect(mails.map(\.recipient) == ["Mara@example.org"])
            #expect(mails.first?.text.contains("https://portal.example.org/accounts/confirm-email/") == true)
            let verified = try await cafe.accounts.passwords.verify("vivid copper kettle", of: ["mara"])
            #expect(verified == "mara")
        }
    }

    @Test("form bodies are taken as JSON is")
    func formBody() async throws {
        try await Cafe.with(.sqlite) { cafe in
            let answer = await cafe.client.post(
                cafe.path(), form: [("username", "ugo"), ("password1", "vivid copper kettle"), ("password2", "vivid copper kettle")])
            #expect(answer.status == 201)
            let user = try await cafe.user(named: "ugo")
            #expect(user != nil)
            #expect(user?.email == nil)
        }
    }

    @Test("everything wrong with the fields is told at once", arguments: Engine.available)
    func fieldErrors(engine: Engine) async throws {
        try await Cafe.with(engine, Cafe.sms) { cafe in
            try await cafe.add(User(username: "bob", email: "bob@example.org"))
            let answer = await cafe.client.post(
                cafe.path(),
                [
                    "username": "bob", "email": "BOB@example.org", "password1": "12345678", "password2": "x", "phone_number": "123",
                    "method": "saml",
                ])
            #expect(answer.status == 400)
            #expect(answer.keys == ["email", "method", "password1", "phone_number", "username"])
            for field in answer.keys ?? [] { #expect(!answer.errors(field).isEmpty) }
            #expect(try await cafe.table("SELECT count(*) FROM radian_user") == [["1"]])
            let empty = await cafe.client.post(cafe.path())
            #expect(empty.keys == ["password1", "password2", "phone_number", "username"])
            let different = await cafe.client.post(
                cafe.path(),
                [
                    "username": "eva", "password1": "vivid copper kettle", "password2": "vivid copper kettles",
                    "phone_number": "+393664255801",
                ])
            #expect(different.keys == ["non_field_errors"])
        }
    }

    @Test("names with which another account could be meant are taken")
    func ambiguousNames() async throws {
        try await Cafe.with(.sqlite) { cafe in
            try await cafe.add(User(username: "bob", email: "bob@example.org", phoneNumber: "+393664255801"))
            for name in ["Bob@example.org", "+393664255801", "bob"] {
                let answer = await cafe.client.post(
                    cafe.path(),
                    ["username": .string(name), "password1": "vivid copper kettle", "password2": "vivid copper kettle"])
                #expect(answer.status == 400, "\(name)")
                #expect(answer.keys == ["username"])
            }
        }
    }

    @Test("optional fields are ignored, taken or wanted; their errors are bare texts, one at a time")
    func optionalFields() async throws {
        try await Cafe.with(.sqlite, ["first_name": "mandatory", "last_name": "allowed", "birth_date": "mandatory"]) { cafe in
            var fields: [(String, JSONValue)] = [
                ("username", "eva"), ("password1", "vivid copper kettle"), ("password2", "vivid copper kettle"), ("location", "Rome"),
            ]
            func send() async -> TestAnswer {
                await cafe.client.post(cafe.path(), .object(fields.map { .init($0.0, $0.1) }))
            }
            let first = await send()
            #expect(first.status == 400)
            #expect(first.json == ["first_name": "This field is required."])
            fields.append(("first_name", "Eva"))
            #expect(await send().json == ["birth_date": "This field is required."])
            fields.append(("birth_date", "1990-02-30"))
            let wrongDate = await send()
            #expect(wrongDate.errors("birth_date").count == 1)
            fields[fields.count - 1] = ("birth_date", "1990-02-28")
            #expect(await send().status == 201)
            let user = try #require(try await cafe.user(named: "eva"))
            #expect(user.firstName == "Eva")
            #expect(user.birthDate == "1990-02-28")
            #expect(user.location == "")
        }
    }

    @Test("a method must be chosen where verification is needed and none is no choice")
    func method() async throws {
        try await Cafe.with(
            .sqlite, ["needs_identity_verification": "yes"], registration: { $0.settableMethods = ["email"] }
        ) { cafe in
            let body: [(String, JSONValue)] = [
                ("username", "eva"), ("password1", "vivid copper kettle"), ("password2", "vivid copper kettle"),
            ]
            let blank = await cafe.client.post(cafe.path(), .object(body.map { .init($0.0, $0.1) }))
            #expect(blank.json == ["method": "This field is required."])
            let chosen = await cafe.client.post(cafe.path(), .object((body + [("method", "email")]).map { .init($0.0, $0.1) }))
            #expect(chosen.status == 201)
            let methods = try await cafe.table("SELECT method FROM radian_registered_user")
            #expect(methods == [["email"]])
        }
    }

    @Test("who has an account elsewhere is told where to log in", arguments: Engine.available)
    func conflict(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            try await cafe.add(User(username: "bob", email: "bob@example.org"), to: [cafe.bar])
            func send(_ name: String, _ email: String) async -> TestAnswer {
                await cafe.client.post(
                    cafe.path(),
                    [
                        "username": .string(name), "email": .string(email), "password1": "vivid copper kettle",
                        "password2": "vivid copper kettle",
                    ])
            }
            let answer = await send("robert", "BOB@example.org")
            #expect(answer.status == 409)
            #expect(answer.keys == ["details", "organizations"])
            #expect(answer.json?["organizations"] == [["name": "Bar", "slug": "bar"]])
            #expect(await send("bob", "new@example.org").status == 409)
            try await cafe.add(User(username: "ugo"), to: [])
            let homeless = await send("ugo", "ugo@example.org")
            #expect(homeless.status == 409)
            #expect(homeless.json?["organizations"] == [])
            // A member of this organization gets the errors of the fields.
            try await cafe.add(User(username: "eva", email: "eva@example.org"))
            let member = await send("eva", "bob@example.org")
            #expect(member.status == 400)
            #expect(member.keys == ["email", "username"])
        }
    }

    @Test("organizations that take nobody, are inactive or unknown refuse before anything else")
    func closed() async throws {
        try await Cafe.with(.sqlite, ["registration_enabled": "no"]) { cafe in
            let answer = await cafe.client.post(cafe.path())
            #expect(answer.status == 403)
            #expect(answer.keys == ["detail"])
            #expect(await cafe.client.get(cafe.path()).status == 405)
            for slug in ["closed", "unknown"] {
                let path = "/api/v1/radius/organization/\(slug)/account/"
                for rest in ["", "token/", "token/validate/", "session/", "phone/token/", "password/change/", "registration-method/"] {
                    let unknown = await cafe.client.delete(path + rest)
                    #expect(unknown.status == 404, "\(rest)")
                    #expect(unknown.keys == ["detail"])
                }
            }
        }
    }

    @Test("texts come in the language of the request")
    func language() async throws {
        try await Cafe.with(.sqlite) { cafe in
            var client = cafe.client
            client.headers[.acceptLanguage] = "de-AT,de;q=0.9"
            let answer = await client.post(cafe.path(), mara)
            #expect(answer.status == 201)
            let user = try await cafe.user(named: "mara")
            #expect(user?.language == .german)
        }
    }

    @Test("how to be verified is chosen once", arguments: Engine.available)
    func registrationMethod(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            let user = try await cafe.add(User(username: "bob"))
            let path = cafe.path("registration-method/")
            let client = try await cafe.client(user)
            #expect(await cafe.client.post(path, ["method": "email"]).status == 401)
            #expect(await client.post(path, ["method": "email"]).status == 404)
            try await cafe.register(user, cafe.cafe, "pending_verification", isVerified: false)
            let wrong = await client.post(path, ["method": "manual"])
            #expect(wrong.status == 400)
            #expect(wrong.errors("method").count == 1)
            let chosen = await client.post(path, ["method": "mobile_phone"])
            #expect(chosen.status == 200)
            #expect(chosen.json == ["method": "mobile_phone"])
            #expect(try await cafe.registration(user, cafe.cafe)?.isVerified == false)
            #expect(await client.post(path, ["method": "email"]).errors("method").count == 1)
            let foreign = await client.post(cafe.path("registration-method/", of: cafe.bar), ["method": "email"])
            #expect(foreign.status == 400)
            #expect(foreign.keys == ["non_field_errors"])
        }
    }
}
