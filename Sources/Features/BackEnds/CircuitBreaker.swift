/// Spares a back end that has failed several times in a row, and tries it with a single call once a while has passed.
///
/// Times are nanoseconds of any clock that only advances.
public struct CircuitBreaker: Sendable {
    /// What the breaker does with calls.
    public enum State: String, Sendable {
        case closed, open
        /// One call is under way to find out whether the back end works again.
        case probing
    }

    public private(set) var state = State.closed
    /// How often it has opened.
    public private(set) var openings: UInt64 = 0
    private let threshold: Int
    private let pause: UInt64
    private var failures = 0
    private var reopensAt: UInt64 = 0

    /// - Parameters:
    ///   - failures: in a row, 1 or more, that open it.
    ///   - pause: nanoseconds that it stays open.
    public init(failures: Int, pause: UInt64) {
        threshold = max(1, failures)
        self.pause = pause
    }

    /// Whether a call may be made now. A call that was allowed must be reported.
    public mutating func allows(at now: UInt64) -> Bool {
        switch state {
        case .closed: return true
        // A probe that was never reported must not shut the back end out for ever.
        case .open, .probing:
            guard now >= reopensAt else { return false }
            state = .probing
            reopensAt = now &+ pause
            return true
        }
    }

    /// A call was answered.
    public mutating func succeeded() {
        failures = 0
        state = .closed
    }

    /// A call failed.
    public mutating func failed(at now: UInt64) {
        failures += 1
        guard state == .probing || failures >= threshold else { return }
        if state != .open { openings += 1 }
        state = .open
        reopensAt = now &+ pause
    }
}
