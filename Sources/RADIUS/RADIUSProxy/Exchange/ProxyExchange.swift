import NIOConcurrencyHelpers
import RADIUSTransport
import RADIUSWire

/// Why nobody's reply decides a request.
enum ProxyFailure: Error, Equatable {
    /// No server of the pool lives, or has room.
    case noServer
    case timeout
    case unencodable(WireError)
    /// Protocol-Error (RFC 7930 §4), with its Error-Cause.
    case refused(ErrorCause?)
}

/// One request on its way to whichever home server answers it first.
///
/// Sends it again, over to another server at half the response window, and on to the next where a server is silent or gone; until a reply
/// comes or the time is over.
final class ProxyExchange: Sendable {
    typealias Instant = ContinuousClock.Instant
    typealias Answer = (reply: OutgoingReply, server: LiveHomeServer)

    struct Limits: Sendable {
        /// When the request is given up.
        var deadline: Instant
        /// Whether another server may be asked as well; not in the middle of a conversation, which it would not know.
        var allowsFailover: Bool
        var retransmissionInterval: Duration
    }

    private struct Attempt {
        let server: LiveHomeServer
        var exchange: (any OutgoingExchange)?
        var timers: [ProxyTimer.Token] = []
    }

    private struct State {
        var attempts: [Int: Attempt] = [:]
        var nextAttempt = 0
        var tried: Set<ObjectIdentifier> = []
        var isOver = false
    }

    private let request: ForwardedRequest
    private let receivedAt: Instant
    private let limits: Limits
    private let timer: ProxyTimer
    private let choose: @Sendable (_ tried: Set<ObjectIdentifier>) -> LiveHomeServer?
    private let completion: @Sendable (Result<Answer, ProxyFailure>) -> Void
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - receivedAt: when the request came, for Acct-Delay-Time.
    ///   - choose: the best server but those tried.
    ///   - completion: called once, on a thread that must not be blocked.
    init(
        _ request: ForwardedRequest, receivedAt: Instant, limits: Limits, timer: ProxyTimer,
        choose: @escaping @Sendable (Set<ObjectIdentifier>) -> LiveHomeServer?,
        completion: @escaping @Sendable (Result<Answer, ProxyFailure>) -> Void
    ) {
        self.request = request
        self.receivedAt = receivedAt
        self.limits = limits
        self.timer = timer
        self.choose = choose
        self.completion = completion
    }

    func start() {
        if !tryNext() { finish(.failure(.noServer)) }
    }

    /// - Returns: false when there is no server left to try.
    private func tryNext() -> Bool {
        guard let tried = state.withLockedValue({ $0.isOver ? nil : $0.tried }), let server = choose(tried) else { return false }
        attempt(server)
        return true
    }

    private func attempt(_ server: LiveHomeServer) {
        let number = state.withLockedValue { state in
            state.nextAttempt += 1
            state.tried.insert(ObjectIdentifier(server))
            state.attempts[state.nextAttempt] = Attempt(server: server)
            return state.nextAttempt
        }
        let start = Instant.now
        let delay = UInt32(clamping: (start - receivedAt).components.seconds)
        let outgoing = OutgoingRequest(code: request.code) { [request] vector, secret throws(WireError) in
            try request.attributes(vector: vector, secret: secret, delaySeconds: delay)
        }
        let exchange = server.send(outgoing) { self.received($0, attempt: number) }
        // A reply, or the failure to send, may have come first.
        let isUnderWay = state.withLockedValue { state in
            guard state.attempts[number] != nil else { return false }
            state.attempts[number]?.exchange = exchange
            return true
        }
        guard isUnderWay else { return exchange.cancel() }
        arm(number, server, start)
    }

    private func arm(_ number: Int, _ server: LiveHomeServer, _ start: Instant) {
        let window = server.configuration.timers.responseWindow
        let end = min(start + window, limits.deadline)
        add(number, at: end) { $0.windowPassed(number, isWhole: end - start >= window / 2) }
        if limits.allowsFailover, start + window / 2 < end {
            add(number, at: start + window / 2) { _ = $0.tryNext() }
        }
        if server.link.isDatagram, server.configuration.retransmissions > 0 {
            scheduleRetransmission(number, 1, of: server.configuration.retransmissions, after: limits.retransmissionInterval, until: end)
        }
    }

    private func scheduleRetransmission(_ number: Int, _ count: Int, of limit: Int, after pause: Duration, until end: Instant) {
        let due = Instant.now + pause
        guard due < end else { return }
        add(number, at: due) { exchange in
            exchange.state.withLockedValue { $0.attempts[number]?.exchange }?.retransmit()
            if count < limit { exchange.scheduleRetransmission(number, count + 1, of: limit, after: pause * 2, until: end) }
        }
    }

    /// Sets a timer that ends with its attempt.
    private func add(_ number: Int, at due: Instant, _ action: @escaping @Sendable (ProxyExchange) -> Void) {
        let token = timer.schedule(at: due) { action(self) }
        let isUnderWay = state.withLockedValue { state in
            state.attempts[number]?.timers.append(token)
            return state.attempts[number] != nil
        }
        if !isUnderWay { timer.cancel(token) }
    }

    private func received(_ result: Result<OutgoingReply, OutgoingError>, attempt number: Int) {
        switch result {
        case .success(let reply) where reply.packet.code == .protocolError:
            // Hop by hop: this server cannot answer the request, another one may.
            goOn(without: number, failure: .refused(reply.packet.integer(AttributeType.errorCause).map { ErrorCause(rawValue: $0) }))
        case .success(let reply):
            // The link knows now that the server answers; only the first answer counts.
            guard let attempt = state.withLockedValue({ $0.attempts.removeValue(forKey: number) }) else { return }
            letGo(attempt)
            finish(.success((reply, attempt.server)))
        case .failure(.unencodable(let error)):
            if let attempt = state.withLockedValue({ $0.attempts.removeValue(forKey: number) }) { letGo(attempt) }
            finish(.failure(.unencodable(error)))
        case .failure(.linkDown), .failure(.tooManyOutstanding):
            goOn(without: number, failure: .noServer)
        }
    }

    /// - Parameter isWhole: whether the server had its time, so that its silence counts.
    private func windowPassed(_ number: Int, isWhole: Bool) {
        if isWhole { state.withLockedValue { $0.attempts[number]?.server }?.timedOut() }
        goOn(without: number, failure: .timeout)
    }

    private func goOn(without number: Int, failure: ProxyFailure) {
        let (removed, isAlone) = state.withLockedValue { state in
            let attempt = state.attempts.removeValue(forKey: number)
            return (attempt, !state.isOver && state.attempts.isEmpty)
        }
        guard let removed else { return }
        letGo(removed)
        guard isAlone else { return }
        let isInTime = Instant.now < limits.deadline
        // A server that could not even be asked has told a conversation nothing; one that kept silent may have gone on with it.
        guard isInTime, limits.allowsFailover || failure == .noServer, tryNext() else { return finish(.failure(failure)) }
    }

    /// Servers that were asked too keep their time, without which one that is dead would cost every request half a window.
    private func finish(_ result: Result<Answer, ProxyFailure>) {
        let isFirst = state.withLockedValue { state in
            defer { state.isOver = true }
            return !state.isOver
        }
        if isFirst { completion(result) }
    }

    private func letGo(_ attempt: Attempt) {
        attempt.exchange?.cancel()
        for token in attempt.timers { timer.cancel(token) }
        attempt.server.letGo()
    }
}
