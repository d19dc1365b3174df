/// How a back end is asked.
public struct BackEndSettings: Sendable {
    /// For which users.
    public enum Scope: String, Sendable, CaseIterable {
        /// Those for whom the database holds no password.
        case unknown
        /// All: the database's passwords count, and the back end adds groups and attributes.
        case all
        /// All, before the database: it is not asked about whom the back end knows.
        case first
    }

    /// What a failure means for the request.
    public enum Failure: String, Sendable, CaseIterable {
        /// No reply: the NAS asks another server.
        case silence
        /// The next back end is asked; a user whom no other knows is rejected.
        case next
    }

    public var scope = Scope.unknown
    public var failure = Failure.silence
    /// A call that takes longer counts as failed.
    public var timeoutSeconds = 3.0
    /// How long answers and right passwords are remembered; 0 for not at all.
    public var cacheSeconds = 0
    /// Answers that are remembered at most.
    public var cacheCapacity = 10_000
    /// Calls at a time.
    public var threads = 4
    /// Calls that may wait; beyond that the oldest is given up.
    public var queue = 200
    /// Failures in a row that open the circuit breaker.
    public var breakerFailures = 5
    /// How long an open circuit breaker spares the back end.
    public var breakerSeconds = 10.0

    public init() {}
}
