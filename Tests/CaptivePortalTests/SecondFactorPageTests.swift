import Accounts
import Digests
import Foundation
import Testing
import TestSupport
import WebTestSupport

@Suite struct SecondFactorPageTests {
    @Test("who has an authenticator is asked for its code once the password is right, and not before", arguments: Engine.available)
    func code(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            let user = try await hotel.add(User(username: "ops"))
            let secret = (1...20).map { UInt8($0) }
            try await hotel.run(
                """
                INSERT INTO radian_second_factor (user_id, secret, is_confirmed, last_counter, created)
                VALUES ('\(user.id)', '\(Base32.encode(secret))', 1, 0, 0)
                """)
            let totp = TOTP(secret: secret)
            let now = totp.code(totp.counter(at: Date().timeIntervalSince1970))
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
            #expect(page.value("otp") == nil)
            let wrong = await browser.submit(page, "/login/hotel/", ["username": "ops", "password": "wrong horse"])
            #expect(wrong.value("otp") == nil)
            let asked = await browser.submit(page, "/login/hotel/", ["username": "ops", "password": "correct horse"])
            #expect(asked.status == 400)
            #expect(asked.alert == "Enter the code of your authenticator.")
            #expect(asked.value("otp") == "")
            #expect(asked.value("username") == "ops")
            #expect(asked.text.contains("autocomplete=\"one-time-code\""))
            let none = try await hotel.table("SELECT count(*) FROM radian_radius_token")
            #expect(none == [["0"]])
            let bad = await browser.submit(
                asked, "/login/hotel/", ["password": "correct horse", "otp": now == "000000" ? "111111" : "000000"])
            #expect(bad.status == 400)
            #expect(bad.alert.contains("The code is wrong or was used before."))
            #expect(bad.text.contains("id=\"f-otp-error\""))
            let handOff = await browser.submit(bad, "/login/hotel/", ["password": "correct horse", "otp": now])
            #expect(handOff.forms.first?.action == "http://10.5.50.1/login")
            let token = try await hotel.radiusToken("ops")
            #expect(handOff.value("password") == token)
            // A code is good once.
            let again = await browser.submit(bad, "/login/hotel/", ["password": "correct horse", "otp": now])
            #expect(again.status == 400)
        }
    }
}
