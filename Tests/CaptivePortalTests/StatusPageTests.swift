import Accounts
import FoundationEssentials
import NIOConcurrencyHelpers
import Testing
import TestSupport
import WebTestSupport

@Suite struct StatusPageTests {
    @Test("who is logged in sees time and data left, sessions, and ends one", arguments: Engine.available)
    func status(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob", email: "bob@example.org"))
            try await hotel.add(User(username: "eve"))
            try await hotel.limit("bob")
            try await hotel.open("mine", "bob")
            try await hotel.open("phone", "bob", address: "192.0.2.77", station: "00-11-22-33-44-55")
            try await hotel.open("hers", "eve", address: "192.0.2.78")
            var browser = Browser(hotel)
            browser.address = "198.51.100.4"
            let page = await browser.get("/login/hotel/")
            let status = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            #expect(status.title == "You are not online")
            browser.address = "192.0.2.10"
            let online = await browser.submit(status, "status/")
            #expect(online.title == "You are online")
            #expect(online.text.contains("<b>bob@example.org</b>"))
            #expect(online.text.contains("max=\"10800\" value=\"7200\""))
            #expect(online.text.contains("1 h of 3 h left"))
            #expect(online.text.contains("3 MB of 10 MB left"))
            #expect(online.text.contains("AA-BB-CC-DD-EE-FF"))
            #expect(online.text.contains("00-11-22-33-44-55"))
            #expect(online.text.components(separatedBy: "this device").count == 2)
            #expect(online.text.contains("You can come back to this page at portal.example.org/login/hotel/"))
            let ended = await browser.submit(online, "status/end/", ["session": "phone"])
            #expect(ended.notice.hasPrefix("The network was asked"))
            #expect(hotel.ended.withLockedValue { $0 } == ["phone"])
            // Somebody else's session is none of one's own.
            let foreign = await browser.submit(online, "status/end/", ["session": "hers"])
            #expect(foreign.notice == "This session is over.")
            #expect(hotel.ended.withLockedValue { $0 } == ["phone"])
        }
    }

    @Test("without cookies the address of the session is enough to see it and to log out", arguments: Engine.available)
    func byAddress(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob", email: "bob@example.org"))
            try await hotel.limit("bob")
            try await hotel.open("mine", "bob")
            var browser = Browser(hotel)
            let status = await browser.get("/login/hotel/status/")
            #expect(status.title == "You are online")
            #expect(status.text.contains("2 h of 3 h left"))
            // Others may use the device's address one day: nothing says whose session it is.
            #expect(!status.text.contains("bob"))
            #expect(status.form("delete/") == nil)
            #expect(status.form("status/end/") == nil)
            #expect(status.text.contains("<noscript><meta http-equiv=\"refresh\" content=\"60\"></noscript>"))
            let left = await browser.submit(status, "log-out/")
            #expect(left.notice == "You are logged out.")
            #expect(hotel.ended.withLockedValue { $0 } == ["mine"])
            // A form that somebody else got ends nothing, as a page of another site could send it.
            var stranger = Browser(hotel)
            stranger.address = "198.51.100.9"
            let foreign = try #require(await stranger.get("/login/hotel/").value("state"))
            _ = await hotel.client.post("/login/hotel/log-out/", form: [("state", foreign)])
            _ = await hotel.client.post("/login/hotel/log-out/", form: [])
            #expect(hotel.ended.withLockedValue { $0 } == ["mine"])
            // An address that two sites use at once is nobody's.
            try await hotel.open("second", "eve")
            #expect(await browser.get("/login/hotel/status/").title == "Go online")
            browser.address = "192.0.2.11"
            #expect(await browser.get("/login/hotel/status/").title == "Go online")
            #expect(await browser.get("/login/bar/").title == "Go online")
        }
    }

    @Test("the NAS's own way to log out is taken where there is one", arguments: Engine.available)
    func logOutAtNAS(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob"))
            try await hotel.open("mine", "bob", address: "10.5.50.7")
            var browser = Browser(hotel, keepsCookies: true)
            browser.address = "10.5.50.7"
            let page = await browser.get("/login/hotel/" + Hotel.mikroTik)
            _ = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            let status = await browser.get("/login/hotel/status/?online=1")
            #expect(status.title == "You are online")
            let leave = await browser.submit(status, "log-out/")
            #expect(leave.text.contains("http://10.5.50.1/logout"))
            #expect(hotel.ended.withLockedValue { $0 } == [])
        }
    }

    @Test("back from the NAS before the session is known, the page waits", arguments: Engine.available)
    func waiting(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            var browser = Browser(hotel)
            let waiting = await browser.get("/login/hotel/status/?online=1")
            #expect(waiting.title == "One moment")
            #expect(waiting.text.contains("<meta http-equiv=\"refresh\" content=\"5\">"))
            try await hotel.open("mine", "bob")
            #expect(await browser.get("/login/hotel/status/?online=1").title == "You are online")
            // The gateway says so itself.
            let told = await browser.get(
                "/login/hotel/?res=success&uamip=10.1.0.1&uamport=3990&challenge=00112233445566778899aabbccddeeff&mac=00-00-00-00-00-01")
            #expect(told.title == "You are online")
        }
    }

    @Test("that the gateway let the device in counts until accounting tells of the end", arguments: Engine.available)
    func end(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob"))
            var browser = Browser(hotel, keepsCookies: true)
            _ = await browser.submit(await browser.get("/login/hotel/"), "/login/hotel/", ["username": "bob", "password": "correct horse"])
            func close(_ id: String) async throws {
                try await hotel.open(id, "bob", address: "10.1.0.7")
                try await hotel.run("UPDATE radacct SET acctstoptime = {{timestamp \(hotel.epoch)}} WHERE acctuniqueid = '\(id)'")
            }
            try await close("before")
            hotel.pass(60)
            let told = await browser.get(
                "/login/hotel/?res=success&uamip=10.1.0.1&uamport=3990&challenge=00112233445566778899aabbccddeeff&mac=AA-BB-CC-DD-EE-FF")
            #expect(told.title == "You are online")
            hotel.pass(60)
            #expect(await browser.get("/login/hotel/status/").title == "You are online")
            try await close("now")
            let ended = await browser.get("/login/hotel/status/")
            #expect(ended.title == "You are not online")
            #expect(ended.form("continue/") != nil)
        }
    }

    @Test("an account is deleted by its password, sessions with it", arguments: Engine.available)
    func deletion(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob"))
            try await hotel.add(User(username: "both"), to: [hotel.hotel, hotel.bar])
            try await hotel.add(User(username: "boss", isStaff: true))
            try await hotel.open("mine", "bob")
            func logIn(_ name: String) async -> (Browser, View) {
                var browser = Browser(hotel)
                let page = await browser.get("/login/hotel/sign-up/")
                let start = await browser.submit(page, "/login/hotel/")
                return (browser, await browser.submit(start, "/login/hotel/", ["username": name, "password": "correct horse"]))
            }
            var (browser, status) = await logIn("bob")
            let ask = await browser.submit(status, "delete/")
            #expect(ask.title == "Delete the account")
            let wrong = await browser.submit(ask, "delete/", ["password": "x"])
            #expect(wrong.status == 400)
            let found1 = try await hotel.table("SELECT count(*) FROM radian_user WHERE username = 'bob'")
            #expect(found1 == [["1"]])
            let gone = await browser.submit(wrong, "delete/", ["password": "correct horse"])
            #expect(gone.text.contains("Your account is deleted."))
            let found2 = try await hotel.table("SELECT count(*) FROM radian_user WHERE username = 'bob'")
            #expect(found2 == [["0"]])
            let found3 = try await hotel.table("SELECT count(*) FROM radcheck WHERE username = 'bob'")
            #expect(found3 == [["0"]])
            #expect(hotel.ended.withLockedValue { $0 } == ["mine"])
            #expect(await browser.submit(status, "status/").title == "You are online")
            // Of an account that another organization shares, only the membership goes.
            (browser, status) = await logIn("both")
            _ = await browser.submit(await browser.submit(status, "delete/"), "delete/", ["password": "correct horse"])
            let found4 = try await hotel.table("SELECT count(*) FROM radian_user WHERE username = 'both'")
            #expect(found4 == [["1"]])
            #expect(
                try await hotel.table(
                    "SELECT count(*) FROM radian_organization_user m JOIN radian_user u ON u.id = m.user_id WHERE u.username = 'both'") == [
                        ["1"]
                    ])
            (browser, status) = await logIn("boss")
            let refused = await browser.submit(await browser.submit(status, "delete/"), "delete/", ["password": "correct horse"])
            #expect(refused.status == 403)
            #expect(refused.alert == "Accounts of staff are removed by an administrator.")
        }
    }
}
