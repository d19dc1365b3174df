/// What is believed about a home server.
public enum HomeServerCondition: String, Sendable, Codable, CaseIterable {
    /// Answers, or was never asked.
    case alive
    /// Did not answer in time, and may be dead; used only where no living server is left.
    case zombie
    /// Not used.
    case dead
    /// An operator switched it off.
    case down
}

/// Decides whether a home server lives. Pure: told what happens and when, it answers what to do; nothing here has a clock or a socket.
public struct HomeServerState: Sendable {
    /// What the owner has to do.
    public enum Action: Sendable, Equatable {
        /// Send a status check now.
        case check
        /// For the log: the condition was another before.
        case changed(from: HomeServerCondition, to: HomeServerCondition)

        var isChange: Bool {
            if case .changed = self { true } else { false }
        }
    }

    public typealias Instant = ContinuousClock.Instant

    public private(set) var condition = HomeServerCondition.alive
    /// When ``advance(to:jitter:)`` has something to do; nil: never.
    public var deadline: Instant? { [zombieUntil, reviveAt, checkAt, checkUntil].compactMap(\.self).min() }

    private let timers: HomeServerTimers
    private let isChecked: Bool
    /// Dead because its connection broke: the next attempt shows at once whether it is back.
    public private(set) var isDisconnected = false
    private var lastReply: Instant?
    private var timeouts = 0
    private var answers = 0
    private var zombieUntil: Instant?
    private var reviveAt: Instant?
    /// When the next check leaves.
    private var checkAt: Instant?
    /// When the check under way has failed.
    private var checkUntil: Instant?

    /// - Parameter isChecked: whether the server takes status checks.
    public init(_ timers: HomeServerTimers, isChecked: Bool) {
        self.timers = timers
        self.isChecked = isChecked
    }

    /// Any genuine reply to a request that was passed on.
    public mutating func replied(at now: Instant) -> [Action] {
        lastReply = now
        timeouts = 0
        // A silent server that is dead has to answer its checks: one late reply may be the last.
        return condition == .zombie || isDisconnected ? become(.alive) : []
    }

    /// A request had no answer within the response window.
    public mutating func timedOut(at now: Instant) -> [Action] {
        guard condition == .alive else { return [] }
        timeouts += 1
        guard timeouts >= timers.responseTimeouts else { return [] }
        // A server that answers others is not silent; it may be one realm behind it that is.
        if let lastReply, now - lastReply < max(.seconds(1), timers.zombiePeriod / 4) { return [] }
        let changed = become(.zombie)
        zombieUntil = now + timers.zombiePeriod
        return isChecked ? changed + startCheck(at: now) : changed
    }

    /// The connection was refused or broke.
    public mutating func linkFailed(at now: Instant) -> [Action] {
        guard condition == .alive || condition == .zombie else { return [] }
        let changed = become(.dead)
        isDisconnected = true
        if isChecked { checkAt = now + timers.connectFailInterval } else { reviveAt = now + timers.connectFailInterval }
        return changed
    }

    /// The check under way was answered.
    /// - Parameter jitter: -2...2 seconds for the next one (RFC 3539 §3.4.1).
    public mutating func checkAnswered(at now: Instant, jitter: Duration = .zero) -> [Action] {
        guard checkUntil != nil else { return [] }
        checkUntil = nil
        lastReply = now
        timeouts = 0
        switch condition {
        case .zombie: return become(.alive)
        case .dead:
            answers += 1
            if answers >= timers.answersToAlive { return become(.alive) }
            checkAt = now + max(.seconds(1), timers.checkInterval + jitter)
            return []
        case .alive, .down: return []
        }
    }

    /// An operator's word. `down: false` makes the server alive.
    public mutating func setDown(_ down: Bool) -> [Action] {
        if down { return condition == .down ? [] : become(.down) }
        return condition == .alive ? [] : become(.alive)
    }

    /// Does what is due. To be called again at ``deadline``.
    /// - Parameter jitter: -2...2 seconds for the next check.
    public mutating func advance(to now: Instant, jitter: Duration = .zero) -> [Action] {
        var actions: [Action] = []
        if let until = checkUntil, until <= now {
            checkUntil = nil
            answers = 0
            checkAt = until + max(.zero, timers.checkInterval + jitter - timers.checkTimeout)
        }
        if let until = zombieUntil, until <= now {
            let (nextCheck, runningCheck) = (checkAt, checkUntil)
            actions += become(.dead)
            if isChecked {
                (checkAt, checkUntil) = (nextCheck, runningCheck)
                if checkAt == nil, checkUntil == nil { checkAt = now }
            } else {
                reviveAt = until + timers.reviveInterval
            }
        }
        if let at = reviveAt, at <= now { actions += become(.alive) }
        if let at = checkAt, at <= now { actions += startCheck(at: now) }
        return actions
    }

    private mutating func startCheck(at now: Instant) -> [Action] {
        checkAt = nil
        checkUntil = now + timers.checkTimeout
        return [.check]
    }

    private mutating func become(_ next: HomeServerCondition) -> [Action] {
        let before = condition
        condition = next
        timeouts = 0
        answers = 0
        isDisconnected = false
        zombieUntil = nil
        reviveAt = nil
        checkAt = nil
        checkUntil = nil
        return [.changed(from: before, to: next)]
    }
}
