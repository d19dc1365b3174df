import Testing

@testable import RADIUSTransport

@Suite struct LogLimiterTests {
    private static func subject(_ reason: String, _ source: UInt32) -> LogLimiter.Subject {
        LogLimiter.Subject(reason: reason, source: IPAddress(ipv4: source))
    }

    @Test func oneLineForEachSubjectAndInterval() {
        let limiter = LogLimiter(interval: .nanoseconds(100))
        #expect(limiter.admit(Self.subject("a", 1), now: 1000) == 0)
        #expect(limiter.admit(Self.subject("a", 1), now: 1050) == nil)
        #expect(limiter.admit(Self.subject("a", 1), now: 1099) == nil)
        #expect(limiter.admit(Self.subject("b", 1), now: 1099) == 0)
        #expect(limiter.admit(Self.subject("a", 2), now: 1099) == 0)
        #expect(limiter.admit(Self.subject("a", 1), now: 1100) == 2)
        #expect(limiter.admit(Self.subject("a", 1), now: 1200) == 0)
    }

    @Test func aFloodOfSourcesIsBounded() {
        let limiter = LogLimiter(interval: .nanoseconds(100), limit: 10)
        let lines = (0..<1000).filter { limiter.admit(Self.subject("a", UInt32($0)), now: 1000) != nil }
        #expect(lines.count == 10)
        #expect(limiter.admit(Self.subject("a", 5000), now: 1100) == 0)
    }
}
