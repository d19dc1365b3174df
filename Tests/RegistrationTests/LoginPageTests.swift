import Accounts
import Database
import Registration
import Testing
import TestSupport
import WebRouting
import WebTestSupport

/// The calls that the stock login page makes for what people do on it, in its order and encodings, and the fields that it goes on.
@Suite struct LoginPageTests {
    @Test("sign up by telephone, verify, see the status page, change the number, log out and in", arguments: Engine.available)
    func mobilePhone(engine: Engine) async throws {
        try await Cafe.with(engine, Cafe.sms) { cafe in
            // Registration form: the page sets the name to the number and forces the method.
            let signedUp = await cafe.client.post(
                cafe.path(),
                [
                    "username": "+393664255801", "phone_number": "+393664255801", "password1": "vivid copper kettle",
                    "password2": "vivid copper kettle", "method": "mobile_phone",
                ])
            #expect(signedUp.status == 201)
            let key = signedUp.json?["key"]?.string ?? ""
            let page = cafe.client.bearing(key)
            // Status page validates, and finds that the number has to be verified.
            let unverified = await page.post(cafe.path("token/validate/"), form: [("token", key), ("session", "false")])
            #expect(unverified.json?["is_verified"] == false)
            #expect(unverified.json?["method"] == "mobile_phone")
            #expect(unverified.json?["is_active"] == true)
            #expect(await page.get(cafe.path("phone/token/active/")).json?["active"] == false)
            #expect(await page.post(cafe.path("phone/token/"), form: [("phone_number", "+393664255801")]).json?["cooldown"] == 30)
            let code = try await cafe.lastCode()
            #expect(await page.post(cafe.path("phone/verify/"), form: [("code", code)]).status == 200)
            let verified = await page.post(cafe.path("token/validate/"), form: [("token", key), ("session", "false")])
            #expect(verified.json?["is_verified"] == true)
            let token = verified.json?["radius_user_token"]?.string
            #expect(token?.count == 40)
            // The form goes to the NAS with the token; it is the one that RADIUS takes.
            let tokens = try await cafe.table("SELECT key, can_auth FROM radian_radius_token")
            #expect(tokens == [[token ?? "", "1"]])
            #expect(await page.get(cafe.path("session/") + "?is_open=true").json == [])
            #expect(await page.get(cafe.path("session/") + "?page=1&is_open=false").json == [])
            cafe.pass(60)
            #expect(await page.post(cafe.path("phone/change/"), form: [("phone_number", "+393664255802")]).status == 200)
            let pending = await page.post(cafe.path("token/validate/"), form: [("token", key), ("session", "false")])
            #expect(pending.json?["is_verified"] == false)
            #expect(pending.json?["phone_number"] == "+393664255802")
            let secondCode = try await cafe.lastCode()
            #expect(await page.post(cafe.path("phone/verify/"), form: [("code", secondCode)]).status == 200)
            // Logged out; the name is the new number now.
            let login = await cafe.client.post(
                cafe.path("token/"), form: [("username", "+393664255802"), ("password", "vivid copper kettle")])
            #expect(login.status == 200)
            #expect(login.json?["username"] == "+393664255802")
            #expect(login.json?["key"] == .string(key))
        }
    }

    @Test("a user of another organization logs in, completes the sign-up and is verified", arguments: Engine.available)
    func completeSignUp(engine: Engine) async throws {
        try await Cafe.with(engine, Cafe.sms) { cafe in
            try await cafe.add(User(username: "bob", email: "bob@example.org", phoneNumber: "+393664255801"), to: [cafe.bar])
            let login = await cafe.client.post(cafe.path("token/"), form: [("username", "bob"), ("password", "correct horse")])
            // 401 with an active user is success for the page.
            #expect(login.status == 401)
            #expect(login.json?["is_active"] == true)
            #expect(login.json?["method"] == "pending_verification")
            let page = cafe.client.bearing(login.json?["key"]?.string ?? "")
            #expect(await page.post(cafe.path("registration-method/"), ["method": "mobile_phone"]).json == ["method": "mobile_phone"])
            #expect(await page.post(cafe.path("phone/token/")).status == 201)
            let code = try await cafe.lastCode()
            #expect(await page.post(cafe.path("phone/verify/"), form: [("code", code)]).status == 200)
            let again = await cafe.client.post(cafe.path("token/"), form: [("username", "bob"), ("password", "correct horse")])
            #expect(again.status == 200)
        }
    }

    @Test("forgotten password: asked for, set by the link, logged in, changed", arguments: Engine.available)
    func password(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            try await cafe.add(User(username: "bob", email: "bob@example.org"))
            let asked = await cafe.client.post(cafe.path("password/reset/"), form: [("input", "bob@example.org")])
            #expect(asked.detail != nil)
            let text = try await cafe.messages("password-reset").last?.text ?? ""
            let match = try #require(text.firstMatch(of: /confirm\/([0-9a-f]{32})\/([A-Za-z0-9_-]+)/))
            let confirmed = await cafe.client.post(
                cafe.path("password/reset/confirm/"),
                form: [
                    ("new_password1", "vivid copper kettle"), ("new_password2", "vivid copper kettle"), ("uid", String(match.1)),
                    ("token", String(match.2)),
                ])
            #expect(confirmed.detail != nil)
            let login = await cafe.client.post(cafe.path("token/"), form: [("username", "bob"), ("password", "vivid copper kettle")])
            let page = cafe.client.bearing(login.json?["key"]?.string ?? "")
            let changed = await page.post(
                cafe.path("password/change/"),
                [
                    "current_password": "vivid copper kettle", "new_password": "quiet marble river",
                    "confirm_password": "quiet marble river",
                ])
            #expect(changed.json?["message"]?.string != nil)
            #expect(await page.get(cafe.path("usage/")).status == 404)
        }
    }
}
