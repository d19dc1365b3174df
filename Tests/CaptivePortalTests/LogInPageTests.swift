import Accounts
import HTTPTypes
import Testing
import TestSupport
import WebTestSupport

@Suite struct LogInPageTests {
    @Test("log in by name, address and number, and go to the NAS with a password that is good once", arguments: Engine.available)
    func logIn(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob", email: "bob@example.org", phoneNumber: "+393664255801"))
            for identifier in ["bob", "BOB@example.org", "+393664255801"] {
                var browser = Browser(hotel)
                let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
                #expect(page.status == 200)
                let handOff = await browser.submit(page, "/login/hotel/", ["username": identifier, "password": "correct horse"])
                #expect(handOff.status == 200)
                let form = try #require(handOff.forms.first)
                #expect(form.action == "http://10.5.50.1/login")
                #expect(form.method == "post")
                #expect(handOff.value("username") == "bob")
                let found1 = try await hotel.radiusToken("bob")
                #expect(handOff.value("password") == found1)
                #expect(handOff.value("dst") == "https://portal.example.org/login/hotel/status/?online=1")
                #expect(!handOff.text.contains("correct horse"))
                #expect(form.buttons.count == 1)
                #expect(handOff.header("content-security-policy").contains("form-action 'self' http: https:"))
            }
        }
    }

    @Test("a wrong password: said in plain words, the name is kept, the password is not", arguments: Engine.available)
    func wrongPassword(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob"))
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
            let again = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "wrong horse"])
            #expect(again.status == 400)
            #expect(again.alert == "The name or the password is not right. Check both and try again.")
            #expect(again.value("username") == "bob")
            #expect(again.value("password") == "")
            #expect(!again.text.contains("wrong horse"))
            // What the NAS sent is still known.
            let handOff = await browser.submit(again, "/login/hotel/", ["password": "correct horse"])
            #expect(handOff.forms.first?.action == "http://10.5.50.1/login")
            // Nobody learns whether there is such a user.
            let unknown = await browser.submit(page, "/login/hotel/", ["username": "eve", "password": "wrong horse"])
            #expect(unknown.alert == again.alert)
            #expect(unknown.status == 400)
            let empty = await browser.submit(page, "/login/hotel/")
            #expect(empty.alert.contains("Password: This field"))
        }
    }

    @Test("accounts that are switched off, over, or of another organization", arguments: Engine.available)
    func refused(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "off", isActive: false))
            try await hotel.add(User(username: "over", expiresAt: 1_000_000_000))
            try await hotel.add(User(username: "other"), to: [hotel.bar])
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/")
            let off = await browser.submit(page, "/login/hotel/", ["username": "off", "password": "correct horse"])
            #expect(off.alert == "Your account is switched off. Ask the staff.")
            let over = await browser.submit(page, "/login/hotel/", ["username": "over", "password": "correct horse"])
            #expect(over.alert == "The time of your account is over. Ask the staff for a new one.")
            try await hotel.set(["registration_enabled": "no"])
            let other = await browser.submit(page, "/login/hotel/", ["username": "other", "password": "correct horse"])
            #expect(other.status == 403)
            #expect(other.alert == "Your account does not belong here. Sign up, or ask the staff.")
            let found2 = try await hotel.table("SELECT count(*) FROM radian_radius_token")
            #expect(found2 == [["0"]])
        }
    }

    @Test("too many attempts are told with a time", arguments: [Engine.sqlite])
    func throttled(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob"))
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/")
            var last = page
            // On a slow machine some of the ten come back meanwhile.
            for _ in 0..<30 where last.status != 429 {
                last = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "wrong"])
            }
            #expect(last.status == 429)
            #expect(last.alert.hasPrefix("Too many attempts. Try again in "))
            #expect(last.value("username") == "bob")
        }
    }

    @Test("somebody whom the cookie knows goes on by one button, and only by that", arguments: Engine.available)
    func comeBack(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob"))
            var browser = Browser(hotel, keepsCookies: true)
            let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
            _ = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            let token = try await hotel.radiusToken("bob")
            let back = await browser.get("/login/hotel/" + Hotel.mikroTik)
            #expect(back.title == "Welcome back")
            #expect(back.text.contains("You are logged in as bob."))
            let found3 = try await hotel.radiusToken("bob")
            #expect(found3 == token)
            let handOff = await browser.submit(back, "continue/")
            #expect(handOff.value("username") == "bob")
            let found4 = try await hotel.radiusToken("bob")
            #expect(handOff.value("password") == found4)
            // A form of another site has no state: the cookie alone does nothing.
            var forged = hotel.client
            forged.headers[.cookie] = try #require(back.answer.headers[.setCookie]).split(separator: ";").first.map(String.init)
            let refused = await forged.post("/login/hotel/continue/", form: [])
            #expect(refused.status == 401)
            let other = await browser.submit(back, "log-out/")
            #expect(other.notice == "You are logged out.")
            #expect(await browser.get("/login/hotel/" + Hotel.mikroTik).title == "Go online")
        }
    }

    @Test("a NAS that posts its fields to the page", arguments: [Engine.sqlite])
    func arrivalByForm(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob"))
            var browser = Browser(hotel)
            let arrival = await hotel.client.post(
                "/login/hotel/", form: [("link-login-only", "http://10.5.50.1/login"), ("mac", "AA:BB:CC:DD:EE:FF"), ("username", "")])
            let handOff = await browser.submit(View(arrival), "/login/hotel/", ["username": "bob", "password": "correct horse"])
            #expect(handOff.forms.first?.action == "http://10.5.50.1/login")
        }
    }

    @Test("the reason of RADIUS is told when the NAS sends the browser back", arguments: Engine.available)
    func sentBack(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob"))
            try await hotel.limit("bob", seconds: 3600)
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
            _ = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            try await hotel.open("a", "bob")
            try await hotel.run(
                """
                INSERT INTO radpostauth (username, pass, reply, authdate, reason, organization_id) VALUES ('bob', '', 'Access-Reject',
                    {{postgres: to_timestamp(\(hotel.epoch))}}{{sqlite: strftime('%Y-%m-%d %H:%M:%f', \(hotel.epoch), 'unixepoch')}},
                    'quota.daily-time', '\(hotel.hotel.id)')
                """)
            let back = await browser.get("/login/hotel/" + Hotel.mikroTik + "&error=Call%20+1-900-PHISH%20now")
            #expect(back.alert == "Your time for today (1 h) is used up. You can go online again at 00:00.")
            #expect(!back.text.contains("PHISH"))
            browser.language = "de"
            let german = await browser.get("/login/hotel/" + Hotel.mikroTik + "&error=x")
            #expect(german.alert == "Ihre Zeit für heute (1 h) ist aufgebraucht. Sie können ab 00:00 Uhr wieder online gehen.")
            // Of a device that nobody handed over, only what the NAS says is known.
            let stranger = await browser.get(
                "/login/hotel/" + Hotel.mikroTik.replacing("AA%3A", with: "00%3A") + "&error=no%20more%20sessions%20are%20allowed")
            #expect(stranger.alert.contains("mit so vielen Geräten online"))
        }
    }
}
