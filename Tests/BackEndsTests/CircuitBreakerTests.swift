import BackEnds
import Testing

@Suite struct CircuitBreakerTests {
    @Test func `it opens after failures in a row, and a success starts the count anew`() {
        var breaker = CircuitBreaker(failures: 3, pause: 100)
        for time in 0..<2 {
            let answer1 = breaker.allows(at: UInt64(time))
            #expect(answer1)
            breaker.failed(at: UInt64(time))
        }
        breaker.succeeded()
        for time in 2..<4 { breaker.failed(at: UInt64(time)) }
        #expect(breaker.state == .closed)
        breaker.failed(at: 10)
        #expect(breaker.state == .open)
        #expect(breaker.openings == 1)
        let answer2 = breaker.allows(at: 109)
        #expect(!answer2)
    }

    @Test func `one call probes after the pause`() {
        var breaker = CircuitBreaker(failures: 1, pause: 100)
        breaker.failed(at: 0)
        let answer3 = breaker.allows(at: 100)
        #expect(answer3)
        #expect(breaker.state == .probing)
        let answer4 = breaker.allows(at: 101)
        #expect(!answer4)
        breaker.failed(at: 150)
        let answer5 = breaker.allows(at: 249)
        #expect(!answer5)
        let answer6 = breaker.allows(at: 250)
        #expect(answer6)
        breaker.succeeded()
        let answer7 = breaker.allows(at: 251)
        #expect(answer7)
        let answer8 = breaker.allows(at: 251)
        #expect(answer8)
        #expect(breaker.state == .closed)
        #expect(breaker.openings == 2)
    }

    @Test func `a probe that is never reported does not shut the back end out`() {
        var breaker = CircuitBreaker(failures: 1, pause: 100)
        breaker.failed(at: 0)
        let answer9 = breaker.allows(at: 100)
        #expect(answer9)
        let answer10 = breaker.allows(at: 199)
        #expect(!answer10)
        let answer11 = breaker.allows(at: 200)
        #expect(answer11)
    }
}
