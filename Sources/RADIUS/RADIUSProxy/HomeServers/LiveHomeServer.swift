import Logging
import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire

/// A home server in use for one kind of request: its link, what is believed about it, and its status checks.
final class LiveHomeServer: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct Guarded {
        var state: HomeServerState
        var status: HomeServerStatus
        var lastSent: Instant?
        var lastReply: Instant?
        var lastChange: Instant?
        var wakeUp: (at: Instant, token: ProxyTimer.Token)?
        var check: (any OutgoingExchange)?
        var isRetired = false
    }

    let configuration: HomeServer
    let role: ProxyRole
    let link: any OutgoingLink
    private let timer: ProxyTimer
    private let dictionary: AttributeDictionary
    private let retired: RetiredCounts
    private let logger: Logger
    private let guarded: NIOLockedValueBox<Guarded>

    /// - Parameter retired: gets its counters when it is not in use any more.
    init(
        _ configuration: HomeServer, role: ProxyRole, link: any OutgoingLink, timer: ProxyTimer, dictionary: AttributeDictionary,
        retired: RetiredCounts, logger: Logger
    ) {
        self.retired = retired
        self.configuration = configuration
        self.role = role
        self.link = link
        self.timer = timer
        self.dictionary = dictionary
        self.logger = logger
        let state = HomeServerState(configuration.timers, isChecked: configuration.statusCheck != .none)
        guarded = NIOLockedValueBox(
            Guarded(
                state: state,
                status: HomeServerStatus(name: configuration.name, role: role, link: link.name, condition: state.condition)))
    }

    /// What a choice goes by.
    var candidate: PoolCandidate {
        guarded.withLockedValue { guarded in
            PoolCandidate(
                condition: guarded.state.condition, outstanding: guarded.status.outstanding,
                isEligible: guarded.status.outstanding < configuration.maximumOutstanding,
                isDisconnected: guarded.state.isDisconnected)
        }
    }

    var status: HomeServerStatus {
        let now = Instant.now
        return guarded.withLockedValue { guarded in
            var status = guarded.status
            status.condition = guarded.state.condition
            status.secondsSinceSent = guarded.lastSent.map { (now - $0) / .seconds(1) }
            status.secondsSinceReply = guarded.lastReply.map { (now - $0) / .seconds(1) }
            status.secondsInCondition = guarded.lastChange.map { (now - $0) / .seconds(1) }
            let received = link.counts
            status.retransmissions = received.retransmitted
            status.discarded =
                received.malformed + received.forged + received.missingMessageAuthenticator + received.unknownProxyState + received.late
                + received.unexpectedCode
            return status
        }
    }

    /// Sends a request.
    /// - Parameter completion: see ``RADIUSTransport/OutgoingLink/send(_:completion:)``; called before the return on failure.
    func send(
        _ request: OutgoingRequest, completion: @escaping @Sendable (Result<OutgoingReply, OutgoingError>) -> Void
    ) -> any OutgoingExchange {
        let start = Instant.now
        guarded.withLockedValue { guarded in
            guarded.status.sent += 1
            guarded.status.outstanding += 1
            guarded.lastSent = start
        }
        return link.send(request) { [weak self] result in
            self?.note(result, since: start)
            completion(result)
        }
    }

    private func note(_ result: Result<OutgoingReply, OutgoingError>, since start: Instant) {
        let now = Instant.now
        switch result {
        case .success(let reply):
            update { guarded in
                guarded.status.countReply(reply.packet.code, after: now - start)
                guarded.lastReply = now
                return guarded.state.replied(at: now)
            }
        case .failure(.linkDown): update { $0.state.linkFailed(at: now) }
        case .failure: break
        }
    }

    /// A request that was sent is over, however it ended.
    func letGo() { guarded.withLockedValue { $0.status.outstanding -= 1 } }

    /// A request had no answer within the response window.
    func timedOut() {
        update { guarded in
            guarded.status.timeouts += 1
            return guarded.state.timedOut(at: .now)
        }
    }

    /// An operator's word.
    func setDown(_ down: Bool) { update { $0.state.setDown(down) } }

    /// Ends checks and timers; requests under way go on.
    func retire() {
        let (wakeUp, check) = guarded.withLockedValue { guarded in
            if !guarded.isRetired { retired.add(guarded.status.counts(link), role) }
            defer {
                guarded.isRetired = true
                guarded.wakeUp = nil
                guarded.check = nil
            }
            return (guarded.wakeUp, guarded.check)
        }
        if let wakeUp { timer.cancel(wakeUp.token) }
        check?.cancel()
    }

    /// Changes the state, does what it asks for and sets the timer for what it wants next.
    private func update(_ change: (inout Guarded) -> [HomeServerState.Action]) {
        let (actions, outdated) = guarded.withLockedValue { guarded -> ([HomeServerState.Action], ProxyTimer.Token?) in
            guard !guarded.isRetired else { return ([], nil) }
            let actions = change(&guarded)
            if actions.contains(where: \.isChange) { guarded.lastChange = .now }
            return (actions, rearm(&guarded))
        }
        if let outdated { timer.cancel(outdated) }
        for action in actions {
            switch action {
            case .check: sendCheck()
            case .changed(let before, let now): report(before, now)
            }
        }
    }

    /// - Returns: the timer to cancel.
    private func rearm(_ guarded: inout Guarded) -> ProxyTimer.Token? {
        let due = guarded.state.deadline
        guard due != guarded.wakeUp?.at else { return nil }
        let outdated = guarded.wakeUp?.token
        guarded.wakeUp = due.map { due in
            (due, timer.schedule(at: due) { [weak self] in self?.advance() })
        }
        return outdated
    }

    private func advance() {
        update { guarded in
            guarded.wakeUp = nil
            return guarded.state.advance(to: .now, jitter: Self.jitter())
        }
    }

    /// RFC 3539 §3.4.1.
    private static func jitter() -> Duration { .milliseconds(Int64.random(in: -2000...2000)) }

    private func sendCheck() {
        let number = guarded.withLockedValue { guarded in
            guarded.status.checks += 1
            return guarded.status.checks
        }
        guard let request = StatusCheckRequest.make(configuration.statusCheck, role: role, number: number, dictionary: dictionary)
        else { return }
        let exchange = link.send(request) { [weak self] result in
            guard case .success = result else { return }
            self?.update { guarded in
                guarded.status.checksAnswered += 1
                guarded.lastReply = .now
                return guarded.state.checkAnswered(at: .now, jitter: Self.jitter())
            }
        }
        // The one before has failed; its identifier is free again.
        guarded.withLockedValue { $0.check = $0.isRetired ? nil : exchange }
    }

    private func report(_ before: HomeServerCondition, _ now: HomeServerCondition) {
        let level: Logger.Level = now == .alive ? .notice : .warning
        logger.log(
            level: level, "home server is \(now.rawValue)",
            metadata: [
                "server": "\(configuration.name)", "requests": "\(role.rawValue)", "link": "\(link.name)", "before": "\(before.rawValue)",
            ])
    }
}
