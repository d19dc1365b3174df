import Accounts
import Testing
import TestSupport
import WebTestSupport

@Suite struct VoucherPageTests {
    @Test("a voucher of one word, of two, and a wrong one", arguments: Engine.available)
    func voucher(engine: Engine) async throws {
        try await Hotel.with(engine, ["portal_methods": "voucher"]) { hotel in
            try await hotel.add(User(username: "ab12cd34"), password: "ab12cd34")
            try await hotel.add(User(username: "room7"))
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
            #expect(page.value("password") == nil)
            #expect(page.form("sign-up/") == nil)
            #expect(await browser.submit(page, "voucher/", ["code": " ab12cd34 "]).value("username") == "ab12cd34")
            // The other password has a blank: a voucher's own does not.
            try await hotel.run("UPDATE radcheck SET value = 'horse' WHERE username = 'room7'")
            #expect(await browser.submit(page, "voucher/", ["code": "room7 horse"]).value("username") == "room7")
            for code in ["ab12cd35", "room7", "a b c", ""] {
                let wrong = await browser.submit(page, "voucher/", ["code": code])
                #expect(wrong.status == 400)
                #expect(wrong.alert == "Voucher code: This voucher is not right. Check each letter and try again.")
                #expect(wrong.value("code") == code)
            }
            // What is not offered does not work either.
            let direct = await browser.submit(page, "voucher/", ["code": "x"])
            let sealed = try #require(direct.value("state"))
            let password = await hotel.client.post(
                "/login/hotel/", form: [("state", sealed), ("username", "room7"), ("password", "horse")])
            #expect(View(password).title == "Go online")
        }
    }

    @Test("without an account: terms, a guest for each device, no pages", arguments: Engine.available)
    func clickThrough(engine: Engine) async throws {
        let settings = ["portal_methods": "click-through", "portal_terms": "Be kind.", "portal_terms_version": "2"]
        try await Hotel.with(engine, settings) { hotel in
            var browser = Browser(hotel, keepsCookies: true)
            let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
            let noConsent = await browser.submit(page, "click-through/")
            #expect(noConsent.status == 400)
            #expect(noConsent.text.contains("Accept the terms of use to go on."))
            let handOff = await browser.submit(noConsent, "click-through/", ["terms": "yes"])
            let guest = try #require(handOff.value("username"))
            #expect(guest.hasPrefix("guest-"))
            let found1 = try await hotel.radiusToken(guest)
            #expect(handOff.value("password") == found1)
            let found2 = try await hotel.table("SELECT version FROM radian_terms_consent")
            #expect(found2 == [["2"]])
            let found3 = try await hotel.table("SELECT count(*) FROM radcheck")
            #expect(found3 == [["0"]])
            // Online, seen from elsewhere: the page knows the device, and has nothing of an account.
            try await hotel.open("guest", guest, address: "10.5.50.7")
            let online = await browser.get("/login/hotel/status/?online=1")
            #expect(online.title == "You are online")
            #expect(online.form("delete/") == nil)
            #expect(online.form("status/end/") == nil)
            var stranger = Browser(hotel)
            #expect(await stranger.get("/login/hotel/status/").title == "Go online")
            let left = await browser.submit(online, "log-out/")
            #expect(left.text.contains("http://10.5.50.1/logout"))
            #expect(await browser.get("/login/hotel/status/").title == "Go online")
            // The same device is the same guest, another one is not.
            #expect(await browser.submit(page, "click-through/", ["terms": "yes"]).value("username") == guest)
            let second = await browser.get("/login/hotel/" + Hotel.mikroTik.replacing("FF&", with: "00&"))
            #expect(await browser.submit(second, "click-through/", ["terms": "yes"]).value("username") != guest)
            // A guest has no pages to change anything on.
            #expect(await browser.get("/login/hotel/delete/").status == 401)
            // From elsewhere there is nothing to go to.
            var outside = Browser(hotel)
            let outsidePage = await outside.get("/login/hotel/")
            let refused = await outside.submit(outsidePage, "click-through/", ["terms": "yes"])
            #expect(refused.alert == "Open this page from the network that you want to use.")
        }
    }

    @Test("no guests where people have to say who they are", arguments: [Engine.sqlite])
    func identity(engine: Engine) async throws {
        try await Hotel.with(engine, ["portal_methods": "click-through,password", "needs_identity_verification": "yes"]) { hotel in
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
            #expect(page.form("click-through/") == nil)
            let forced = await hotel.client.post("/login/hotel/click-through/", form: [("state", page.value("state") ?? "")])
            #expect(forced.status == 403)
            let users = try await hotel.table("SELECT count(*) FROM radian_user")
            #expect(users == [["0"]])
        }
    }

    @Test("new terms are asked for after the login, once", arguments: Engine.available)
    func newTerms(engine: Engine) async throws {
        try await Hotel.with(engine, ["portal_terms": "Be kind.", "portal_terms_version": "1"]) { hotel in
            try await hotel.add(User(username: "bob"))
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
            #expect(await browser.get("/login/hotel/terms/").text.contains("<p>Be kind.</p>"))
            func logIn() async -> View { await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"]) }
            let ask = await logIn()
            #expect(ask.title == "Terms of use")
            #expect(await browser.submit(ask, "terms/").status == 400)
            let handOff = await browser.submit(ask, "terms/", ["terms": "yes"])
            #expect(handOff.forms.first?.action == "http://10.5.50.1/login")
            #expect(await logIn().forms.first?.action == "http://10.5.50.1/login")
            try await hotel.set(["portal_terms_version": "2"])
            #expect(await logIn().title == "Terms of use")
            let found4 = try await hotel.table("SELECT version FROM radian_terms_consent")
            #expect(found4 == [["1"]])
        }
    }
}
