/// What one back end has done since the program started, for `/metrics`.
public struct BackEndStatistics: Sendable, Equatable, Codable {
    /// The back end's name.
    public var name: String
    /// Look-ups that were made.
    public var lookUps: UInt64 = 0
    /// Passwords that were checked.
    public var verifications: UInt64 = 0
    /// Answers from the cache.
    public var cacheHits: UInt64 = 0
    /// Users that it knew, or whose password was right.
    public var known: UInt64 = 0
    public var unknown: UInt64 = 0
    /// Wrong passwords and users that must not log in.
    public var refused: UInt64 = 0
    /// Calls without an answer, those out of time among them.
    public var failures: UInt64 = 0
    public var timeouts: UInt64 = 0
    /// Calls that were not made: full queue, open circuit breaker.
    public var notAsked: UInt64 = 0
    /// How often the circuit breaker has opened.
    public var breakerOpenings: UInt64 = 0
    /// `closed`, `open` or `probing`.
    public var breaker = CircuitBreaker.State.closed.rawValue
    /// Calls that wait for a thread now.
    public var waiting = 0

    init(name: String) {
        self.name = name
    }
}
