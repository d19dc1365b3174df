import Accounts
import Database
import HTTPTypes
import NIOConcurrencyHelpers
import Registration
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@Suite struct PhoneVerificationTests {
    private static let number = "+393664255801"
    private static let other = "+393664255802"

    /// Somebody who signed up with a number.
    private func bob(_ cafe: Cafe) async throws -> (User, TestClient) {
        let user = try await cafe.add(User(username: Self.number, phoneNumber: Self.number))
        try await cafe.register(user, cafe.cafe, "mobile_phone", isVerified: false)
        return (user, try await cafe.client(user))
    }

    @Test("where no codes are sent, all refuse with 403 before they ask who it is")
    func switchedOff() async throws {
        try await Cafe.with(.sqlite) { cafe in
            for path in ["phone/token/", "phone/verify/", "phone/change/"] {
                #expect(await cafe.client.post(cafe.path(path)).status == 403, "\(path)")
            }
            #expect(await cafe.client.get(cafe.path("phone/token/active/")).status == 403)
            try await cafe.set(Cafe.sms, of: cafe.cafe)
            let unknown = await cafe.client.post(cafe.path("phone/token/"))
            #expect(unknown.status == 401)
            #expect(unknown.headers[.wwwAuthenticate] == "Bearer")
        }
    }

    @Test("a code is sent, waits, and verifies once", arguments: Engine.available)
    func verify(engine: Engine) async throws {
        try await Cafe.with(engine, Cafe.sms) { cafe in
            let (user, client) = try await bob(cafe)
            #expect(await client.get(cafe.path("phone/token/active/")).json == ["active": false])
            let none = await client.post(cafe.path("phone/verify/"), form: [("code", "123456")])
            #expect(none.keys == ["non_field_errors"])
            let sent = await client.post(cafe.path("phone/token/"))
            #expect(sent.status == 201)
            #expect(sent.json == ["cooldown": 30])
            #expect(await client.get(cafe.path("phone/token/active/")).json == ["active": true])
            let messages = try await cafe.messages("sms-code")
            let code = try await cafe.lastCode()
            #expect(messages.map(\.recipient) == [Self.number])
            #expect(messages.first?.text == "Café verification code: \(code)")
            #expect(try await cafe.table("SELECT count(*) FROM radian_phone_token WHERE code_hash = '\(code)'") == [["0"]])
            let right = await client.post(cafe.path("phone/verify/"), form: [("code", code)])
            #expect(right.status == 200)
            #expect(right.body.isEmpty)
            #expect(try await cafe.registration(user, cafe.cafe)?.isVerified == true)
            #expect(await client.get(cafe.path("phone/token/active/")).json == ["active": false])
            #expect(await client.post(cafe.path("phone/verify/"), form: [("code", code)]).status == 400)
            cafe.pass(60)
            let again = await client.post(cafe.path("phone/token/"))
            #expect(again.status == 400)
            #expect(again.keys == ["user"])
            #expect(again.json?["user"]?.string != nil)
        }
    }

    @Test("wrong codes count, too many end the code, time does, too", arguments: Engine.available)
    func wrongCodes(engine: Engine) async throws {
        try await Cafe.with(engine, Cafe.sms) { cafe in
            let (user, client) = try await bob(cafe)
            #expect(await client.post(cafe.path("phone/token/")).status == 201)
            let code = try await cafe.lastCode()
            let wrong = code == "000000" ? "000001" : "000000"
            for _ in 0..<5 { #expect(await client.post(cafe.path("phone/verify/"), form: [("code", wrong)]).status == 400) }
            #expect(try await cafe.table("SELECT attempts FROM radian_phone_token") == [["5"]])
            let late = await client.post(cafe.path("phone/verify/"), form: [("code", code)])
            #expect(late.errors("non_field_errors") == ["This code was tried too often. Ask for a new one."])
            cafe.pass(31)
            #expect(await client.post(cafe.path("phone/token/")).status == 201)
            let second = try await cafe.lastCode()
            cafe.pass(1800)
            let old = await client.post(cafe.path("phone/verify/"), form: [("code", second)])
            #expect(old.errors("non_field_errors") == ["This code is too old. Ask for a new one."])
            #expect(try await cafe.registration(user, cafe.cafe)?.isVerified == false)
            #expect(await client.post(cafe.path("phone/verify/")).keys == ["code"])
            #expect(await client.post(cafe.path("phone/verify/"), ["code": "123456789"]).keys == ["code"])
        }
    }

    @Test("pauses and limits of the day", arguments: Engine.available)
    func limits(engine: Engine) async throws {
        try await Cafe.with(engine, Cafe.sms) { cafe in
            let (_, client) = try await bob(cafe)
            #expect(await client.post(cafe.path("phone/token/")).status == 201)
            cafe.pass(10)
            let soon = await client.post(cafe.path("phone/token/"))
            #expect(soon.status == 400)
            #expect(soon.keys == ["cooldown", "non_field_errors"])
            #expect(soon.json?["cooldown"] == 20)
            #expect(try await cafe.messages("sms-code").count == 1)
            for _ in 0..<4 {
                cafe.pass(30)
                #expect(await client.post(cafe.path("phone/token/")).status == 201)
            }
            cafe.pass(30)
            let many = await client.post(cafe.path("phone/token/"))
            #expect(many.keys == ["non_field_errors"])
            #expect(many.errors("non_field_errors") == ["You asked for too many codes today. Try again tomorrow."])
            cafe.pass(86_400)
            #expect(await client.post(cafe.path("phone/token/")).status == 201)
        }
    }

    @Test("an address has a limit of its own")
    func addressLimit() async throws {
        try await Cafe.with(.sqlite, Cafe.sms, registration: { $0.codesPerAddress = 1 }) { cafe in
            let (_, client) = try await bob(cafe)
            let eva = try await cafe.client(cafe.add(User(username: "eva", phoneNumber: Self.other)))
            #expect(await client.post(cafe.path("phone/token/")).status == 201)
            #expect(await eva.post(cafe.path("phone/token/")).keys == ["non_field_errors"])
        }
    }

    @Test("numbers that are no one's, somebody's, foreign or missing")
    func numbers() async throws {
        var settings = Cafe.sms
        settings["allowed_mobile_prefixes"] = "+39"
        try await Cafe.with(.sqlite, settings) { cafe in
            let (_, client) = try await bob(cafe)
            try await cafe.add(User(username: "eva", phoneNumber: Self.other))
            for number in [Self.other, "+4915112345678", "12", ""] {
                let change = await client.post(cafe.path("phone/change/"), form: [("phone_number", number)])
                #expect(change.status == 400, "\(number)")
                #expect(change.keys == ["phone_number"])
            }
            #expect(await client.post(cafe.path("phone/change/")).keys == ["phone_number"])
            #expect(await client.post(cafe.path("phone/change/"), ["phone_number": .string(Self.number)]).keys == ["phone_number"])
            #expect(await client.post(cafe.path("phone/token/"), ["phone_number": "+4915112345678"]).keys == ["phone_number"])
            let numberless = try await cafe.client(cafe.add(User(username: "ugo")))
            #expect(await numberless.post(cafe.path("phone/token/")).keys == ["phone_number"])
            #expect(try await cafe.messages("sms-code").isEmpty)
        }
    }

    @Test("a code of another organization is wrong here, and members only may ask", arguments: Engine.available)
    func tenancy(engine: Engine) async throws {
        try await Cafe.with(engine, Cafe.sms) { cafe in
            try await cafe.set(Cafe.sms, of: cafe.bar)
            let user = try await cafe.add(User(username: "bob", phoneNumber: Self.number), to: [cafe.cafe])
            let client = try await cafe.client(user)
            #expect(await client.post(cafe.path("phone/token/")).status == 201)
            let code = try await cafe.lastCode()
            for path in ["phone/token/", "phone/verify/", "phone/change/"] {
                let body: JSONValue = ["code": .string(code), "phone_number": .string(Self.other)]
                let foreign = await client.post(cafe.path(path, of: cafe.bar), body)
                #expect(foreign.status == 400, "\(path)")
                #expect(foreign.keys == ["non_field_errors"])
            }
            #expect(await client.get(cafe.path("phone/token/active/", of: cafe.bar)).keys == ["non_field_errors"])
            _ = try await cafe.write { try MembershipStore($0).join(user.id, cafe.bar.id) }
            cafe.pass(60)
            #expect(await client.post(cafe.path("phone/token/", of: cafe.bar)).status == 201)
            #expect(await client.post(cafe.path("phone/verify/", of: cafe.bar), form: [("code", code)]).status == 400)
            #expect(try await cafe.registration(user, cafe.bar) == nil)
        }
    }

    @Test("a new number counts once its code is typed; elsewhere it has to be verified again", arguments: Engine.available)
    func change(engine: Engine) async throws {
        try await Cafe.with(engine, Cafe.sms) { cafe in
            let (user, client) = try await bob(cafe)
            try await cafe.register(user, cafe.cafe, "mobile_phone", isVerified: true)
            try await cafe.register(user, cafe.bar, "mobile_phone", isVerified: true)
            let changed = await client.post(cafe.path("phone/change/"), form: [("phone_number", Self.other)])
            #expect(changed.status == 200)
            #expect(changed.body.isEmpty)
            #expect(try await cafe.user(user.id)?.phoneNumber == Self.number)
            #expect(try await cafe.registration(user, cafe.cafe)?.isVerified == false)
            #expect(try await cafe.messages("sms-code").map(\.recipient) == [Self.other])
            let shown = await cafe.client.post(cafe.path("token/validate/"), ["token": .string(try await cafe.token(user))])
            #expect(shown.json?["phone_number"] == .string(Self.other))
            #expect(await client.post(cafe.path("phone/verify/"), form: [("code", try await cafe.lastCode())]).status == 200)
            let after = try #require(try await cafe.user(user.id))
            #expect(after.phoneNumber == Self.other)
            #expect(after.username == Self.other)
            #expect(cafe.renamed.withLockedValue { $0 } == ["\(Self.number) \(Self.other)"])
            #expect(try await cafe.accounts.passwords.verify("correct horse", of: [Self.other]) == Self.other)
            #expect(try await cafe.registration(user, cafe.cafe)?.isVerified == true)
            #expect(try await cafe.registration(user, cafe.bar)?.isVerified == false)
        }
    }

    @Test("a change during the pause changes nothing")
    func changeDuringPause() async throws {
        try await Cafe.with(.sqlite, Cafe.sms) { cafe in
            let (user, client) = try await bob(cafe)
            try await cafe.register(user, cafe.cafe, "mobile_phone", isVerified: true)
            #expect(await client.post(cafe.path("phone/change/"), form: [("phone_number", Self.other)]).status == 200)
            try await cafe.register(user, cafe.cafe, "mobile_phone", isVerified: true)
            let soon = await client.post(cafe.path("phone/change/"), form: [("phone_number", Self.other)])
            #expect(soon.status == 400)
            #expect(soon.keys == ["cooldown", "non_field_errors"])
            #expect(try await cafe.registration(user, cafe.cafe)?.isVerified == true)
        }
    }

    @Test("a code that cannot be sent is 503 and counts for nothing")
    func noGateway() async throws {
        try await Cafe.with(.sqlite, Cafe.sms, hasGateway: false) { cafe in
            let (_, client) = try await bob(cafe)
            for _ in 0..<6 { #expect(await client.post(cafe.path("phone/token/")).status == 503) }
            #expect(try await cafe.table("SELECT count(*) FROM radian_phone_token") == [["0"]])
        }
    }
}
