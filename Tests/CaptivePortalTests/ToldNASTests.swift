import Accounts
import CaptiveDialects
import Digests
import Foundation
import HTTPTypes
import NIOConcurrencyHelpers
import Testing
import TestSupport
import WebTestSupport

/// NAS devices that this server tells who may go online, at its own time or at theirs.
@Suite struct ToldNASTests {
    private static let key = "1234567890"
    private static let hid = "2c1b8a67f3d94e5fa0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f50617"
    private static let id = Hexadecimal.encode(DigestAlgorithm.sha256.hash(Array((hid + key).utf8)))
    private static let gateway = Hexadecimal.encode(DigestAlgorithm.sha256.hash(Array("node".utf8)))
    private static var fas: String {
        let text =
            "hid=\(hid), clientip=192.168.8.23, clientmac=aa:bb:cc:dd:ee:ff, gatewayname=node, gatewayaddress=192.168.8.1:2050, "
            + "gatewaymac=02aabbccddee, originurl=http%3a%2f%2fexample.org%2f"
        return "?fas=" + Data(text.utf8).base64EncodedString().replacing("=", with: "%3D").replacing("+", with: "%2B")
    }
    private static let cwa = "?sessionId=0A00000100000ABC&action=cwa&mac=aa:bb:cc:dd:ee:ff"
    private static let aruba = "?cmd=login&mac=aa:bb:cc:dd:ee:ff&essid=guests&switchip=192.168.1.5"

    private func poll(_ hotel: Hotel, _ action: String, _ payload: String = "none", slug: String = "hotel") async -> TestAnswer {
        await hotel.client.post(
            "/login/\(slug)/",
            form: [
                ("auth_get", action), ("gatewayhash", Self.gateway), ("payload", Data(payload.utf8).base64EncodedString()),
            ])
    }

    @Test("openNDS at level 3: the gateway asks, lets in and says so; the page waits for that", arguments: Engine.available)
    func openNDS(engine: Engine) async throws {
        try await Hotel.with(engine, ["portal_nas_secret": Self.key, "portal_nas_channel": "server"]) { hotel in
            try await hotel.add(User(username: "bob"))
            try await hotel.limit("bob", seconds: 3600, octets: 1_024_000)
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/" + Self.fas)
            #expect(page.title == "Go online")
            #expect(await poll(hotel, "view").text == "*")
            let waiting = Task { [browser] in
                var browser = browser
                return await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            }
            var asked = await poll(hotel, "view")
            while asked.text == "*" {
                await Task.yield()
                asked = await poll(hotel, "view")
            }
            #expect(asked.text == "* \(Self.id)%2060%200%200%201000%201000")
            #expect(asked.headers[.contentType] == "text/plain; charset=utf-8")
            // Kept until it is acknowledged; nobody else's poll sees it.
            #expect(await poll(hotel, "view").text == asked.text)
            #expect(await poll(hotel, "view", slug: "bar").text != asked.text)
            #expect(await poll(hotel, "view", "* \(Self.id)").text == "ack")
            let online = await waiting.value
            #expect(online.title == "You are online")
            #expect(await poll(hotel, "view").text == "*")
        }
    }

    @Test("what a gateway says otherwise", arguments: [Engine.sqlite])
    func otherPolls(engine: Engine) async throws {
        try await Hotel.with(engine, ["portal_nas_secret": Self.key, "portal_nas_channel": "server"]) { hotel in
            func add() async throws {
                try await hotel.run(
                    """
                    INSERT INTO radian_opennds_entry (organization_id, gateway, id, entry, created) VALUES ('\(hotel.hotel.id)',
                        '\(Self.gateway)', '\(Self.id)', '{"gateway":"\(Self.gateway)","id":"\(Self.id)","limits":{}}', \(hotel.epoch)000000)
                    """)
            }
            try await add()
            #expect(await poll(hotel, "list").text == "* \(Self.id)%200%200%200%200%200")
            #expect(await poll(hotel, "list").text == "*")
            try await add()
            #expect(await poll(hotel, "clear").text == "*")
            #expect(await poll(hotel, "view").text == "*")
            #expect(await poll(hotel, "deauthed", "method=idle").text == "ack")
            #expect(await poll(hotel, "unknown").status == 400)
            // An entry that nobody asked for in ten minutes is too old.
            try await add()
            hotel.pass(601)
            #expect(await poll(hotel, "view").text == "*")
            // Where gateways are not told, this is a NAS that brings a browser.
            try await hotel.set(["portal_nas_channel": "browser"])
            #expect(await poll(hotel, "view").text.contains("<!DOCTYPE html>"))
        }
    }

    @Test("Cisco's CWA: the device is remembered before the NAS is told, and the person is told of a failure", arguments: Engine.available)
    func centralWebAuthentication(engine: Engine) async throws {
        try await Hotel.with(engine, nasType: "cisco-wlc") { hotel in
            try await hotel.add(User(username: "bob"))
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/" + Self.cwa)
            let online = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            #expect(online.title == "You are online")
            let change = try #require(hotel.changes.withLockedValue { $0 }.first)
            #expect(change.clientMAC?.description == "AA-BB-CC-DD-EE-FF")
            #expect(change.vendorSessionID == "0A00000100000ABC")
            #expect(change.attributes.map(\.value) == ["subscriber:command=reauthenticate", "subscriber:reauthenticate-type=last"])
            let token = try await hotel.radiusToken("bob")
            let granted = try await hotel.table("SELECT station, username, token FROM radian_station_grant")
            #expect(granted == [["AA-BB-CC-DD-EE-FF", "bob", token]])
            let left = await browser.submit(online, "log-out/")
            #expect(left.notice == "You are logged out.")
            let gone = try await hotel.table("SELECT count(*) FROM radian_station_grant")
            #expect(gone == [["0"]])
            #expect(hotel.changes.withLockedValue { $0.count } == 2)
            hotel.changeProblem.withLockedValue { $0 = .nasFault }
            let failed = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            #expect(failed.title == "This did not work")
        }
    }

    @Test("Aruba by CoA: the role that is set, and no more than the user has left", arguments: [Engine.sqlite])
    func role(engine: Engine) async throws {
        try await Hotel.with(engine, ["portal_nas_channel": "server", "portal_nas_role": "guest-in"]) { hotel in
            try await hotel.add(User(username: "bob"))
            try await hotel.limit("bob", seconds: 7200)
            var browser = Browser(hotel)
            let page = await browser.get("/login/hotel/" + Self.aruba)
            let online = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            #expect(online.title == "You are online")
            let change = try #require(hotel.changes.withLockedValue { $0 }.first)
            #expect(change.attributes == [CaptiveField("Aruba-User-Role", "guest-in"), CaptiveField("Session-Timeout", "7200")])
            let grants = try await hotel.table("SELECT count(*) FROM radian_station_grant")
            #expect(grants == [["0"]])
            let left = await browser.submit(online, "log-out/")
            #expect(left.notice == "You are logged out.")
            #expect(hotel.changes.withLockedValue { $0.map(\.isDisconnect) } == [false, true])
            // RADIUS is not asked here, so that the page has to be the one who refuses.
            try await hotel.open("a", "bob", station: "00-00-00-00-00-01")
            try await hotel.run("UPDATE radacct SET acctsessiontime = 7200, acctstarttime = {{timestamp \(hotel.epoch - 7200)}}")
            let refused = await browser.submit(page, "/login/hotel/", ["username": "bob", "password": "correct horse"])
            #expect(refused.alert.contains("is used up"))
            #expect(hotel.changes.withLockedValue { $0.count } == 2)
        }
    }
}
