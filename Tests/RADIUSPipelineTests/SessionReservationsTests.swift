import NIOConcurrencyHelpers
import RADIUSWire
import RADIUSTransport
import RADIUSDictionary
@testable import RADIUSPipeline
import Testing

struct SessionReservationsTests {
    private func reserve(
        _ places: MemoryReservations, _ user: String, _ station: String, limit: Int = 1, open: [String] = [], now: Double = 0
    ) -> Bool {
        places.reserve(user: user, station: station, openStations: open, limit: limit, now: now, isRehearsal: false)
    }

    @Test func aStationWithASessionCountsOnce() {
        let places = MemoryReservations(lifetimeSeconds: 60, capacity: 10)
        #expect(reserve(places, "bob", "a", limit: 2))
        #expect(reserve(places, "bob", "b", limit: 2, open: ["a"]))
        #expect(!reserve(places, "bob", "c", limit: 2, open: ["a"]))
    }

    @Test func renewalOutlivesTheFirstExpiry() {
        let places = MemoryReservations(lifetimeSeconds: 60, capacity: 10)
        #expect(reserve(places, "bob", "a", now: 0))
        #expect(reserve(places, "bob", "a", now: 50))
        #expect(!reserve(places, "bob", "b", now: 70))
        #expect(reserve(places, "bob", "b", now: 110))
    }

    @Test func oldestPlacesAreForgottenBeyondTheCapacity() {
        let places = MemoryReservations(lifetimeSeconds: 60, capacity: 3)
        for number in 0..<5000 { #expect(reserve(places, "user\(number)", "a")) }
        #expect(places.count == 3)
        #expect(!reserve(places, "user4999", "b"))
        #expect(reserve(places, "user0", "b"))
    }
}
