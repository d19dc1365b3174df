import Database
import DynamicAuthorization
import NIOConcurrencyHelpers
import RADIUSWire
import ServicePlans
import TestSupport
import Testing

@testable import SessionActions

@Suite struct SessionActionStoreTests {
    private func enqueue(_ site: Site, _ id: String, _ wish: SessionActionOrder.Wish = .disconnect) throws {
        let session = try #require(try site.session(id))
        try SessionActionStore(site.connection).enqueue(
            SessionActionOrder(sessionID: id, wish: wish, reason: "test", requestedBy: "tester"), session: session, at: site.micros)
    }

    private func claim(_ site: Site, limit: Int = 10) throws -> [String] {
        try SessionActionStore(site.connection).claim(limit: limit, at: site.micros, leaseUntil: site.micros + 60_000_000)
            .map { "\($0.order?.sessionID ?? "?") \($0.order?.wish.name ?? "?")" }
    }

    @Test(arguments: Engine.available) func oneActionOfASessionAtATime(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            for id in ["a", "b"] { try site.begin(id) }
            try enqueue(site, "a", .command(.reauthenticate))
            try enqueue(site, "a")
            try enqueue(site, "a")
            try enqueue(site, "b")
            #expect(try claim(site, limit: 1) == ["a reauthenticate"])
            #expect(try claim(site) == ["b disconnect"])
            #expect(try claim(site) == [])
            let store = SessionActionStore(site.connection)
            try store.finish(1, SessionActionOutcome(result: .acknowledged, action: "reauthenticate"), at: site.micros)
            #expect(try claim(site) == ["a disconnect"])
            #expect(try claim(site) == [])
        }
    }

    @Test(arguments: Engine.available) func anOrderOfADeadNodeIsTakenAgain(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a")
            try enqueue(site, "a")
            #expect(try claim(site) == ["a disconnect"])
            site.now.withLockedValue { $0 += 59 }
            #expect(try claim(site) == [])
            site.now.withLockedValue { $0 += 2 }
            #expect(try claim(site) == ["a disconnect"])
        }
    }

    @Test(arguments: Engine.available) func beginningGoesBesideTheQueueButNotBesideARunningAction(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a")
            try enqueue(site, "a")
            let store = SessionActionStore(site.connection)
            let session = try #require(try site.session("a"))
            let order = SessionActionOrder(sessionID: "a", wish: .disconnect, reason: "operator", requestedBy: "root")
            let id = try #require(try store.begin(order, session: session, at: site.micros, leaseUntil: site.micros + 60_000_000))
            #expect(try store.begin(order, session: session, at: site.micros, leaseUntil: site.micros + 60_000_000) == nil)
            #expect(try claim(site) == [])
            try store.finish(id, SessionActionOutcome(result: .timedOut, action: "disconnect", attempts: 4), at: site.micros)
            #expect(try claim(site) == ["a disconnect"])
        }
    }

    @Test(arguments: Engine.available) func wishesComeBackAsTheyWereStored(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            var terms = PlanTerms()
            terms.downRate = 5_000_000_000
            terms.vlan = .name("guests")
            let wishes: [SessionActionOrder.Wish] = [
                .disconnect, .change(terms, orDisconnect: true), .change(PlanTerms(), orDisconnect: false), .command(.bouncePort),
                .reauthorize,
            ]
            for (index, wish) in wishes.enumerated() {
                try site.begin("\(index)")
                try enqueue(site, "\(index)", wish)
            }
            let claims = try SessionActionStore(site.connection).claim(limit: 10, at: site.micros, leaseUntil: site.micros + 1)
            #expect(claims.map { $0.order?.wish } == wishes)
            #expect(claims.allSatisfy { $0.order?.reason == "test" && $0.order?.requestedBy == "tester" })
            #expect(SessionActionOrder.Wish(name: "teleport", terms: nil, orDisconnect: false) == nil)
        }
    }

    @Test(arguments: Engine.available) func historyTellsWhoWhatWhyAndHow(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a", user: "alice")
            try enqueue(site, "a")
            _ = try claim(site)
            let store = SessionActionStore(site.connection)
            try store.finish(
                1,
                SessionActionOutcome(
                    result: .refused, action: "disconnect", errorCause: .sessionContextNotFound, attempts: 1, detail: "to somewhere"),
                at: site.micros + 2_000_000)
            let now = site.now.withLockedValue { $0 }
            let expected = SessionActionRecord(
                id: 1, sessionID: "a", userName: "alice", nasAddress: "192.0.2.1", action: "disconnect", reason: "test",
                requestedBy: "tester", requestedAt: now, finishedAt: now + 2, result: "refused", errorCause: 503, detail: "to somewhere")
            #expect(try store.history(limit: 10) == [expected])
            #expect(try store.history(userName: "alice", limit: 10) == [expected])
            #expect(try store.history(userName: "bob", limit: 10) == [])
            try store.prune(before: site.micros + 2_000_000)
            #expect(try store.history(limit: 10).count == 1)
            try store.prune(before: site.micros + 2_000_001)
            #expect(try store.history(limit: 10).isEmpty)
        }
    }
}
