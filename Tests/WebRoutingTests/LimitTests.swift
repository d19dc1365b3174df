import HTTPTypes
import NIOConcurrencyHelpers
import Testing

@testable import WebRouting

/// A clock that tests set.
final class TestClock: Sendable {
    private let time = NIOLockedValueBox<Int64>(1_000_000)

    func advance(_ seconds: Double) { time.withLockedValue { $0 += Int64(seconds * 1_000_000) } }
    var clock: MonotonicClock { { [time] in time.withLockedValue { $0 } } }
}

@Suite struct RateTableTests {
    private let key = RateTable.Key(name: "a", value: "b")

    @Test func `as many uses at once as the limit, then one for each part of the period`() {
        let table = RateTable(capacity: 10)
        for _ in 0..<4 { #expect(table.take(key, limit: 4, seconds: 60, now: 0) == .admitted) }
        #expect(table.take(key, limit: 4, seconds: 60, now: 0) == .wait(seconds: 15))
        #expect(table.take(key, limit: 4, seconds: 60, now: 14_000_000) == .wait(seconds: 1))
        #expect(table.take(key, limit: 4, seconds: 60, now: 15_000_000) == .admitted)
        #expect(table.take(key, limit: 4, seconds: 60, now: 15_000_000) == .wait(seconds: 15))
    }

    @Test func `a refused use costs nothing and a given one comes back`() {
        let table = RateTable(capacity: 10)
        #expect(table.take(key, limit: 1, seconds: 60, now: 0) == .admitted)
        for _ in 0..<100 { #expect(table.take(key, limit: 1, seconds: 60, now: 0) == .wait(seconds: 60)) }
        table.giveBack(key, limit: 1, seconds: 60)
        #expect(table.take(key, limit: 1, seconds: 60, now: 0) == .admitted)
        #expect(table.take(key, limit: 1, seconds: 60, now: 60_000_000) == .admitted)
    }

    @Test func `a full table turns new keys away until old ones are worn off`() {
        let table = RateTable(capacity: 3)
        for index in 0..<3 {
            #expect(table.take(RateTable.Key(name: "a", value: "\(index)"), limit: 1, seconds: 60, now: 0) == .admitted)
        }
        #expect(table.take(key, limit: 1, seconds: 60, now: 0) == .full)
        #expect(table.count == 3)
        #expect(table.take(key, limit: 1, seconds: 60, now: 60_000_001) == .admitted)
        #expect(table.count == 1)
    }

    @Test(
        arguments: [
            ("others=400/hour", "others", 400, 3600), ("a = 1/second", "a", 1, 1), ("b=5/120", "b", 5, 120), ("c=20/day", "c", 20, 86400),
            ("d=2/minute", "d", 2, 60), ("e=none", "e", nil, 1),
        ] as [(String, String, Int?, Int)]) func `rates are read`(_ text: String, _ name: String, _ limit: Int?, _ seconds: Int)
    {
        #expect(Throttle(parsing: text) == Throttle(name, limit: limit, per: seconds))
    }

    @Test(arguments: ["", "a", "a=", "=1/hour", "a=0/hour", "a=-1/hour", "a=1/week", "a=1", "a=1/0", "a=x/hour", "a=1/2/3"])
    func `what is no rate`(_ text: String) {
        #expect(Throttle(parsing: text) == nil)
    }
}

@Suite struct AttemptLimiterTests {
    private let time = TestClock()

    private func status(_ limiter: AttemptLimiter, _ account: String, _ address: String, succeeds: Bool = false) -> Int {
        do {
            let attempt = try limiter.begin(AttemptLimiter.keys(account: account, address: address))
            if succeeds { attempt.succeeded() }
            return 200
        } catch {
            return error.status.code
        }
    }

    @Test func `guessing at one account ends, the others of the address go on`() {
        let limiter = AttemptLimiter(clock: time.clock)
        for _ in 0..<10 { #expect(status(limiter, "alice", "192.0.2.1") == 200) }
        #expect(status(limiter, "alice", "192.0.2.1") == 429)
        #expect(status(limiter, "bob", "192.0.2.1") == 200)
        // The owner at home is not locked out by a guesser elsewhere.
        #expect(status(limiter, "alice", "198.51.100.7") == 200)
        time.advance(90)
        #expect(status(limiter, "alice", "192.0.2.1") == 200)
        #expect(status(limiter, "alice", "192.0.2.1") == 429)
    }

    @Test func `a login page's server logs everybody in`() {
        let limiter = AttemptLimiter(clock: time.clock)
        for index in 0..<3000 { #expect(status(limiter, "user\(index % 40)", "192.0.2.1", succeeds: true) == 200) }
    }

    @Test func `guesses at many accounts from one address end, too`() {
        let limiter = AttemptLimiter(clock: time.clock)
        let refused = (0..<1500).filter { status(limiter, "user\($0)", "192.0.2.1") == 429 }
        #expect(refused.count == 500)
        #expect(status(limiter, "user1", "192.0.2.2") == 200)
    }

    @Test func `guesses at one account from many addresses end`() {
        let limiter = AttemptLimiter(clock: time.clock)
        let refused = (0..<150).filter { status(limiter, "alice", "198.51.100.\($0)") == 429 }
        #expect(refused.count == 50)
    }

    @Test func `an attempt that one key refuses is not counted for the others`() throws {
        let limiter = AttemptLimiter(clock: time.clock)
        let (wide, narrow) = (Throttle("wide", limit: 2, per: 60), Throttle("narrow", limit: 1, per: 60))
        let keys = [AttemptLimiter.Key(wide, "x"), AttemptLimiter.Key(narrow, "x")]
        _ = try limiter.begin(keys)
        #expect(throws: Problem.self) { try limiter.begin(keys) }
        _ = try limiter.begin([keys[0]])
        let refusal = #expect(throws: Problem.self) { try limiter.begin([keys[0]]) }
        #expect(refusal?.headers[.retryAfter] == "30")
    }
}
