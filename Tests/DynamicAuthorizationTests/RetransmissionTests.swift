import Testing

@testable import DynamicAuthorization

@Suite struct RetransmissionTests {
    private func waits(_ timers: RetransmissionTimers, jitter: () -> Double) -> [Duration] {
        var retransmission = Retransmission(timers, jitter: jitter())
        var waits = [retransmission.currentWait]
        while retransmission.expire(jitter: jitter()) { waits.append(retransmission.currentWait) }
        #expect(retransmission.transmissions == waits.count)
        return waits
    }

    @Test func withoutJitterTheWaitsDoubleWithinTheTotal() {
        #expect(waits(RetransmissionTimers()) { 0 } == [.seconds(2), .seconds(4), .seconds(8), .seconds(16)])
    }

    @Test func theLongestWaitTheCountAndTheTotalLimit() {
        var timers = RetransmissionTimers()
        timers.total = .seconds(1000)
        timers.longest = .seconds(5)
        timers.count = 6
        #expect(waits(timers) { 0 } == [.seconds(2), .seconds(4), .seconds(5), .seconds(5), .seconds(5), .seconds(5)])
        timers.count = 1
        #expect(waits(timers) { 0 } == [.seconds(2)])
        timers.count = 0
        timers.longest = .zero
        timers.total = .seconds(20)
        #expect(waits(timers) { 0 } == [.seconds(2), .seconds(4), .seconds(8), .seconds(6)])
        timers.total = .seconds(1)
        #expect(waits(timers) { 0 } == [.seconds(1)])
    }

    /// RFC 5080 §2.2.1: IRT ± 10 %, then twice the previous ± 10 % of it, at MRT ± 10 %.
    @Test func jitterKeepsTheWaitsInTheirRanges() {
        var timers = RetransmissionTimers()
        timers.total = .seconds(10_000)
        timers.count = 8
        var generator = SystemRandomNumberGenerator()
        var firsts: [Double] = []
        for _ in 0..<2000 {
            let waits = waits(timers) { Double.random(in: -0.1...0.1, using: &generator) }.map { $0 / .seconds(1) }
            #expect(waits.count == 8)
            #expect((1.8...2.2).contains(waits[0]))
            firsts.append(waits[0])
            for (previous, next) in zip(waits, waits.dropFirst()) {
                #expect((1.9 * previous...2.1 * previous).contains(next) || (14.4...17.6).contains(next))
            }
            #expect(waits.allSatisfy { $0 <= 17.6 })
        }
        // Spread over the whole range and balanced around the middle.
        let mean = firsts.reduce(0, +) / Double(firsts.count)
        #expect((1.98...2.02).contains(mean))
        #expect((firsts.min() ?? 2) < 1.82 && (firsts.max() ?? 2) > 2.18)
    }
}
