import Accounts
import Testing
import TestSupport
import WebTestSupport

@Suite struct SignUpPageTests {
    @Test("sign up by e-mail with terms: account, letter, consent, hand-off", arguments: Engine.available)
    func byEmail(engine: Engine) async throws {
        let settings = [
            "portal_terms": "Be kind.\n\nDo no harm.", "portal_terms_version": "7", "first_name": "mandatory", "location": "allowed",
        ]
        try await Hotel.with(engine, settings) { hotel in
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
            let form = await browser.submit(page, "sign-up/")
            #expect(form.title == "Make an account")
            #expect(
                form.forms.first?.inputs.map(\.name) == ["state", "email", "first_name", "location", "password1", "password2", "terms"])
            let typed = [
                "email": "eva@example.org", "first_name": "Eva", "password1": "vivid copper kettle", "password2": "vivid copper kettle",
            ]
            let noConsent = await browser.submit(form, "sign-up/", typed)
            #expect(noConsent.status == 400)
            #expect(noConsent.text.contains("Accept the terms of use to go on."))
            #expect(noConsent.value("email") == "eva@example.org")
            #expect(noConsent.value("first_name") == "Eva")
            #expect(!noConsent.text.contains("vivid"))
            let found1 = try await hotel.table("SELECT count(*) FROM radian_user")
            #expect(found1 == [["0"]])
            let handOff = await browser.submit(noConsent, "sign-up/", typed.merging(["terms": "yes"]) { $1 })
            #expect(handOff.value("username") == "eva@example.org")
            let found2 = try await hotel.radiusToken("eva@example.org")
            #expect(handOff.value("password") == found2)
            let found3 = try await hotel.table("SELECT version, address FROM radian_terms_consent")
            #expect(found3 == [["7", "192.0.2.10"]])
            let found4 = try await hotel.table("SELECT count(*) FROM radian_message WHERE kind = 'email-confirmation'")
            #expect(found4 == [["1"]])
        }
    }

    @Test("what is wrong stands at its field, all else is kept", arguments: Engine.available)
    func errors(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob@example.org", email: "bob@example.org"), to: [hotel.bar])
            try await hotel.add(User(username: "eva@example.org", email: "eva@example.org"))
            var browser = Browser(hotel)
            let form = await browser.get("/login/hotel/sign-up/")
            let weak = await browser.submit(
                form, "sign-up/", ["email": "ann@example.org", "password1": "12345", "password2": "12345"])
            #expect(weak.status == 400)
            #expect(weak.text.contains("id=\"f-password1-error\""))
            #expect(weak.text.contains("aria-describedby=\"f-password1-hint f-password1-error\""))
            #expect(weak.value("email") == "ann@example.org")
            let differ = await browser.submit(
                form, "sign-up/", ["email": "ann@example.org", "password1": "vivid copper kettle", "password2": "vivid copper"])
            #expect(differ.text.contains("id=\"f-password2-error\""))
            let taken = await browser.submit(
                form, "sign-up/", ["email": "eva@example.org", "password1": "vivid copper kettle", "password2": "vivid copper kettle"])
            #expect(taken.text.contains("id=\"f-email-error\""))
            // Somebody with an account elsewhere is told where.
            let elsewhere = await browser.submit(
                form, "sign-up/", ["email": "bob@example.org", "password1": "vivid copper kettle", "password2": "vivid copper kettle"])
            #expect(elsewhere.status == 400)
            #expect(elsewhere.alert.contains("There is an account with these data already."))
            #expect(elsewhere.text.contains("<a href=\"/login/bar/?lang=en\">Log in at Bar</a>"))
        }
    }

    @Test("no sign-up where it is switched off", arguments: [Engine.sqlite])
    func disabled(engine: Engine) async throws {
        try await Hotel.with(engine, ["registration_enabled": "no"]) { hotel in
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/")
            #expect(page.form("sign-up/") == nil)
            #expect(await browser.get("/login/hotel/sign-up/").status == 403)
            let posted = await hotel.client.post("/login/hotel/sign-up/", form: [("email", "x@example.org")])
            #expect(posted.status == 403)
        }
    }

    @Test("sign up by telephone: code, wrong code, another code, another number", arguments: Engine.available)
    func byTelephone(engine: Engine) async throws {
        try await Hotel.with(engine, Hotel.sms) { hotel in
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
            let form = await browser.submit(page, "sign-up/")
            let verify = await browser.submit(
                form, "sign-up/",
                ["phone_number": "+39 366 425-5801", "password1": "vivid copper kettle", "password2": "vivid copper kettle"])
            #expect(verify.title == "Confirm your telephone number")
            #expect(verify.text.contains("We sent a code to +393664255801."))
            #expect(verify.text.contains("autocomplete=\"one-time-code\""))
            #expect(verify.text.contains("data-seconds=\"30\""))
            let first = try await hotel.lastCode()
            #expect(first.count == 6)
            let wrong = await browser.submit(verify, "verify/", ["code": first == "000000" ? "000001" : "000000"])
            #expect(wrong.status == 400)
            #expect(wrong.alert == "Code: This code is not right.")
            let early = await browser.submit(wrong, "verify/send/")
            #expect(early.status == 400)
            #expect(early.alert.hasPrefix("Wait 30 seconds"))
            hotel.pass(31)
            let second = await browser.submit(early, "verify/send/")
            #expect(second.notice == "Another code is on its way.")
            // A mistyped number is corrected on the way.
            hotel.pass(31)
            let changed = await browser.submit(second, "verify/number/", ["phone_number": "+393664255802"])
            #expect(changed.notice == "A code is on its way to the new number.")
            let code = try await hotel.lastCode()
            let handOff = await browser.submit(changed, "verify/", ["code": "\(code.prefix(3)) \(code.suffix(3))"])
            #expect(handOff.forms.first?.action == "http://10.5.50.1/login")
            #expect(handOff.value("username") == "+393664255802")
            let found5 = try await hotel.radiusToken("+393664255802")
            #expect(handOff.value("password") == found5)
            let found6 = try await hotel.table("SELECT method, is_verified FROM radian_registered_user")
            #expect(found6 == [["mobile_phone", "1"]])
        }
    }

    @Test("who comes from another organization is verified by telephone", arguments: Engine.available)
    func joined(engine: Engine) async throws {
        try await Hotel.with(engine, Hotel.sms) { hotel in
            try await hotel.add(User(username: "bob"), to: [hotel.bar])
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
            let ask = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            #expect(ask.title == "Confirm your telephone number")
            #expect(ask.form("verify/number/") != nil)
            let bad = await browser.submit(ask, "verify/number/", ["phone_number": "123"])
            #expect(bad.status == 400)
            #expect(bad.value("phone_number") == "123")
            let sent = await browser.submit(bad, "verify/number/", ["phone_number": "+393664255801"])
            let code = try await hotel.lastCode()
            let handOff = await browser.submit(sent, "verify/", ["code": code])
            #expect(handOff.value("username") == "bob")
            let rows = try await hotel.table("SELECT method, is_verified FROM radian_registered_user")
            #expect(rows == [["mobile_phone", "1"]])
        }
    }

    @Test("where e-mail identifies, the page waits for the link and sends it again", arguments: Engine.available)
    func byLetter(engine: Engine) async throws {
        try await Hotel.with(engine, ["needs_identity_verification": "yes"]) { hotel in
            var browser = Browser(hotel)
            let form = await browser.get("/login/hotel/sign-up/")
            let wait = await browser.submit(
                form, "sign-up/", ["email": "eva@example.org", "password1": "vivid copper kettle", "password2": "vivid copper kettle"])
            #expect(wait.title == "Confirm your e-mail address")
            #expect(wait.text.contains("We sent a letter to eva@example.org."))
            let again = await browser.submit(wait, "verify/mail/")
            #expect(again.notice == "The letter is on its way.")
            let found7 = try await hotel.table("SELECT count(*) FROM radian_message WHERE kind = 'email-confirmation'")
            #expect(found7 == [["2"]])
            #expect(await browser.submit(again, "continue/").title == "Confirm your e-mail address")
        }
    }
}
