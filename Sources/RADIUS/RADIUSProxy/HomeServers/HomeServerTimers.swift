/// When a home server that does not answer is believed dead, and when it is believed alive again. FreeRADIUS's names and meanings.
public struct HomeServerTimers: Sendable, Equatable {
    /// `response_window`: a request without an answer for so long counts as a timeout; 0.1...60 s.
    public var responseWindow = Duration.seconds(20)
    /// `response_timeouts`: so many timeouts in a row make a server a zombie; 1...1000.
    public var responseTimeouts = 1
    /// `zombie_period`: a zombie that stays silent for so long is dead; 1...120 s.
    public var zombiePeriod = Duration.seconds(40)
    /// `revive_interval`: without status checks a dead server is believed alive after so long; 1...3600 s.
    public var reviveInterval = Duration.seconds(120)
    /// `check_interval`: between status checks, give or take two seconds; 1...120 s.
    public var checkInterval = Duration.seconds(30)
    /// `check_timeout`: a check without an answer for so long has failed; 0.1...10 s.
    public var checkTimeout = Duration.seconds(4)
    /// `num_answers_to_alive`: so many checks in a row have to be answered; 1...10.
    public var answersToAlive = 3
    /// `connect_fail_interval`: after a refused connection the next attempt waits so long; 1...3600 s.
    public var connectFailInterval = Duration.seconds(30)

    public init() {}
}
