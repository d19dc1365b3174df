import Dispatch
import Logging
import NIOConcurrencyHelpers
import RADIUSPipeline
import RADIUSTransport

/// A back end with its threads, time limit, circuit breaker, cache and counters.
final class GuardedBackEnd: Sendable {
    /// A question to the back end.
    enum Question: Sendable {
        case lookUp
        case verify(password: [UInt8], key: String?)
    }

    typealias Result = Swift.Result<BackEndAnswer, BackEndFailure>

    let backEnd: any BackEnd
    let settings: BackEndSettings
    private let pool: WorkPool
    /// Runs what follows a call that took too long, as its own thread is still with the call.
    private let overdue: WorkPool
    private let cache: AnswerCache
    private let verified: VerifiedPasswords
    private let breaker: NIOLockedValueBox<CircuitBreaker>
    private let counters: NIOLockedValueBox<BackEndStatistics>
    private let logger: Logger

    init(_ backEnd: any BackEnd, _ settings: BackEndSettings, overdue: WorkPool, logger: Logger) {
        self.backEnd = backEnd
        self.settings = settings
        self.overdue = overdue
        self.logger = logger
        pool = WorkPool(threads: backEnd.isImmediate ? 1 : settings.threads, capacity: settings.queue, name: backEnd.name)
        cache = AnswerCache(lifetimeSeconds: settings.cacheSeconds, capacity: settings.cacheCapacity)
        verified = VerifiedPasswords(lifetimeSeconds: settings.cacheSeconds, capacity: settings.cacheCapacity)
        breaker = NIOLockedValueBox(
            CircuitBreaker(failures: settings.breakerFailures, pause: UInt64(max(0, settings.breakerSeconds) * 1e9)))
        counters = NIOLockedValueBox(BackEndStatistics(name: backEnd.name))
    }

    var name: String { backEnd.name }

    /// Whether Auth-Type picks it.
    func isPicked(by type: AuthType) -> Bool {
        type.isNamed(name.lowercased()) || backEnd.authTypes.contains(where: type.isNamed)
    }

    var statistics: BackEndStatistics {
        var statistics = counters.withLockedValue { $0 }
        breaker.withLockedValue {
            statistics.breaker = $0.state.rawValue
            statistics.breakerOpenings = $0.openings
        }
        statistics.waiting = pool.waiting
        return statistics
    }

    func stop() {
        pool.stop()
        backEnd.close()
    }

    /// The answer, where it is had without waiting: from memory or from the cache.
    func immediateAnswer(_ question: Question, _ request: inout RequestContext) -> Result? {
        if backEnd.isImmediate { return ask(question, &request) }
        guard settings.cacheSeconds > 0, let key = backEnd.cacheKey(&request) else { return nil }
        let answer: BackEndAnswer?
        switch question {
        case .lookUp: answer = cache.answer(key, now: request.receivedEpoch)
        case .verify(let password, let user):
            let isKnown = verified.contains("\(name)\u{0}\(user ?? "")\u{0}\(key)", password, now: request.receivedEpoch)
            answer = isKnown ? .known(BackEndUser(key: user)) : nil
        }
        guard let answer else { return nil }
        counters.withLockedValue { $0.cacheHits += 1 }
        return .success(answer)
    }

    /// Asks on a thread of the back end; `completion` runs once, there or on another thread that may block.
    func answer(_ question: Question, _ request: RequestContext, completion: @escaping @Sendable (Result) -> Void) {
        let now = DispatchTime.now().uptimeNanoseconds
        guard breaker.withLockedValue({ $0.allows(at: now) }) else {
            counters.withLockedValue { $0.notAsked += 1 }
            return completion(.failure(.notAsked("circuit breaker is open")))
        }
        let isDone = NIOLockedValueBox(false)
        @Sendable func claim() -> Bool {
            isDone.withLockedValue { isDone in
                defer { isDone = true }
                return !isDone
            }
        }
        let deadline = DispatchWorkItem { [self] in
            guard claim() else { return }
            report(.failure(.timeout))
            overdue.submit {
                completion(.failure(.timeout))
            } onShed: {
                completion(.failure(.timeout))
            }
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + settings.timeoutSeconds, execute: deadline)
        let cancelDeadline = UncheckedWorkItem(deadline)
        pool.submit { [self] in
            // The request was given up while it waited for a thread.
            guard !isDone.withLockedValue({ $0 }) else { return }
            var request = request
            let result = ask(question, &request)
            guard claim() else { return }
            cancelDeadline.item.cancel()
            report(result)
            remember(question, result, &request)
            completion(result)
        } onShed: { [self] in
            guard claim() else { return }
            cancelDeadline.item.cancel()
            counters.withLockedValue { $0.notAsked += 1 }
            completion(.failure(.notAsked("too many requests wait for it")))
        }
    }

    private func ask(_ question: Question, _ request: inout RequestContext) -> Result {
        do throws(BackEndFailure) {
            switch question {
            case .lookUp:
                counters.withLockedValue { $0.lookUps += 1 }
                return .success(try backEnd.lookUp(&request))
            case .verify(let password, let key):
                counters.withLockedValue { $0.verifications += 1 }
                return .success(try backEnd.verify(password, key: key, &request))
            }
        } catch {
            return .failure(error)
        }
    }

    private func report(_ result: Result) {
        switch result {
        case .success(let answer):
            let wasOpen = breaker.withLockedValue { breaker in
                defer { breaker.succeeded() }
                return breaker.state != .closed
            }
            if wasOpen { logger.info("back end \(name) works again") }
            counters.withLockedValue { counters in
                switch answer {
                case .known: counters.known += 1
                case .unknown: counters.unknown += 1
                case .refused: counters.refused += 1
                }
            }
        case .failure(let failure):
            let now = DispatchTime.now().uptimeNanoseconds
            let hasOpened = breaker.withLockedValue { breaker in
                let before = breaker.openings
                breaker.failed(at: now)
                return breaker.openings > before
            }
            if hasOpened { logger.warning("back end \(name) fails: \(failure.text)") }
            counters.withLockedValue { counters in
                counters.failures += 1
                if failure == .timeout { counters.timeouts += 1 }
            }
        }
    }

    private func remember(_ question: Question, _ result: Result, _ request: inout RequestContext) {
        guard settings.cacheSeconds > 0, case .success(let answer) = result, let key = backEnd.cacheKey(&request) else { return }
        switch (question, answer) {
        case (.lookUp, _):
            cache.insert(key, answer, now: request.receivedEpoch)
        case (.verify(let password, let user), .known):
            verified.insert("\(name)\u{0}\(user ?? "")\u{0}\(key)", password, now: request.receivedEpoch)
        case (.verify, _): break
        }
    }
}

/// A work item that any thread may cancel; `@unchecked Sendable`: Dispatch guards a work item's state itself.
private struct UncheckedWorkItem: @unchecked Sendable {
    let item: DispatchWorkItem

    init(_ item: DispatchWorkItem) {
        self.item = item
    }
}
