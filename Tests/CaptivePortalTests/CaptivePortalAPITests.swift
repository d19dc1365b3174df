import Accounts
import HTTPTypes
import Testing
import TestSupport
import WebRouting
import WebTestSupport

/// RFC 8908.
@Suite struct CaptivePortalAPITests {
    @Test("a device learns whether it is online, and what is left", arguments: Engine.available)
    func api(engine: Engine) async throws {
        try await Hotel.with(engine) { hotel in
            try await hotel.add(User(username: "bob"))
            let outside = await hotel.client.get("/api/captive-portal/hotel/")
            #expect(outside.status == 200)
            #expect(outside.headers[.contentType] == "application/captive+json")
            #expect(outside.headers[.cacheControl]?.hasPrefix("private") == true)
            #expect(outside.keys == ["captive", "user-portal-url"])
            #expect(outside.json?["captive"] == true)
            #expect(outside.json?["user-portal-url"] == "https://portal.example.org/login/hotel/")
            try await hotel.open("mine", "bob")
            #expect(await hotel.client.get("/api/captive-portal/hotel").keys == ["captive", "user-portal-url"])
            try await hotel.limit("bob")
            try await hotel.set(["portal_venue_url": "https://example.org/menu"])
            let inside = await hotel.client.get("/api/captive-portal/hotel/")
            #expect(inside.json?["captive"] == false)
            #expect(inside.keys == ["bytes-remaining", "captive", "seconds-remaining", "user-portal-url", "venue-info-url"])
            #expect(inside.json?["seconds-remaining"] == 7200)
            #expect(inside.json?["bytes-remaining"] == 6_500_000)
            // Another organization knows nothing of it.
            #expect(await hotel.client.get("/api/captive-portal/bar/").json?["captive"] == true)
            #expect(await hotel.client.get("/api/captive-portal/nowhere/").status == 404)
        }
    }
}
