import Accounts
import Testing
import TestSupport
import WebTestSupport

@Suite struct PasswordPageTests {
    @Test("forgotten: asked for, link in a letter to this page, set once, logged in", arguments: Engine.available)
    func forgotten(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob", email: "bob@example.org"))
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
            let ask = await browser.submit(page, "password/forgotten/", ["username": "bob"])
            #expect(ask.value("input") == "bob")
            let sent = await browser.submit(ask, "password/forgotten/")
            let nobody = await browser.submit(ask, "password/forgotten/", ["input": "nobody"])
            // Nobody learns whether there is such a user.
            #expect(sent.contents("p") == nobody.contents("p"))
            #expect(sent.status == 200)
            #expect(nobody.status == 200)
            let letters = try await hotel.table("SELECT recipient, body FROM radian_message WHERE kind = 'password-reset'")
            #expect(letters.map(\.first) == ["bob@example.org"])
            let link = try #require(
                letters.first?[1].firstMatch(of: /https:\/\/portal\.example\.org(\/login\/hotel\/password\/reset\/[^\s"<]+)/))
            var other = Browser(hotel)
            let form = await other.get(String(link.1))
            #expect(form.title == "Choose a new password")
            let weak = await other.submit(form, "/", ["new_password1": "12345678", "new_password2": "12345678"])
            #expect(weak.status == 400)
            let done = await other.submit(weak, "/", ["new_password1": "vivid copper kettle", "new_password2": "vivid copper kettle"])
            #expect(done.notice == "The password is set. Log in with it.")
            let used = await other.submit(form, "/", ["new_password1": "vivid copper pot", "new_password2": "vivid copper pot"])
            #expect(used.title == "This link does not work")
            // Back on the page that the NAS opened.
            let handOff = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "vivid copper kettle"])
            #expect(handOff.forms.first?.action == "http://10.5.50.1/login")
        }
    }

    @Test("change: the old one is checked, the new one too", arguments: Engine.available)
    func change(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob"))
            var browser = Browser(hotel)
            let status = await browser.submit(
                await browser.get("/login/hotel/"), "/login/hotel/", ["username": "bob", "password": "correct horse"])
            let form = await browser.submit(status, "password/change/")
            #expect(form.title == "Change the password")
            let wrong = await browser.submit(
                form, "password/change/",
                ["current_password": "x", "new_password": "vivid copper kettle", "confirm_password": "vivid copper kettle"])
            #expect(wrong.text.contains("id=\"f-current-password-error\""))
            #expect(!wrong.text.contains("vivid"))
            let done = await browser.submit(
                wrong, "password/change/",
                ["current_password": "correct horse", "new_password": "vivid copper kettle", "confirm_password": "vivid copper kettle"])
            #expect(done.text.contains("The password was changed."))
            #expect(await browser.submit(done, "continue/").status == 200)
            #expect(await hotel.client.get("/login/hotel/password/change/").status == 401)
        }
    }

    @Test("a password that is too old must be changed before the NAS gets anybody", arguments: Engine.available)
    func expired(engine: Engine) async throws {
        try await Hotel.with(engine, accounts: { $0.passwordExpirationDays = 30 }) { hotel in
            try await hotel.add(User(username: "bob"))
            hotel.pass(40 * 86_400)
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
            let form = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            #expect(form.notice == "Your password is too old. Choose a new one.")
            #expect(await browser.submit(form, "status/").forms.first?.action != "http://10.5.50.1/login")
            let done = await browser.submit(
                form, "password/change/",
                ["current_password": "correct horse", "new_password": "vivid copper kettle", "confirm_password": "vivid copper kettle"])
            let handOff = await browser.submit(done, "continue/")
            #expect(handOff.forms.first?.action == "http://10.5.50.1/login")
        }
    }
}
