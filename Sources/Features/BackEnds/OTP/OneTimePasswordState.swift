import Digests
import NIOConcurrencyHelpers

/// What the two stages of one-time passwords remember between requests: challenges that wait for their answer, and wrong codes.
///
/// Bounded: the oldest challenge goes first, and of wrong codes all are forgotten when too many users have some.
final class OneTimePasswordState: Sendable {
    /// Who was asked, and by whom.
    struct Challenge: Equatable {
        var userName: String
        var clientName: String
        var expiry: Double
    }

    private struct Challenges {
        var waiting: [[UInt8]: Challenge] = [:]
        var order: [[UInt8]] = []
    }

    private struct Failures {
        var count = 0
        var lockedUntil = 0.0
    }

    private let settings: OneTimePasswordSettings
    private let challenges = NIOLockedValueBox(Challenges())
    private let failures = NIOLockedValueBox<[String: Failures]>([:])

    init(_ settings: OneTimePasswordSettings) {
        self.settings = settings
    }

    /// Remembers that a user was asked.
    /// - Returns: 16 unpredictable octets for State.
    func ask(userName: String, clientName: String, now: Double) -> [UInt8] {
        let state = randomOctets(16)
        challenges.withLockedValue { challenges in
            challenges.waiting[state] = Challenge(
                userName: userName, clientName: clientName, expiry: now + Double(settings.challengeSeconds))
            challenges.order.append(state)
            if challenges.order.count > 2 * settings.challengeCapacity {
                challenges.order.removeAll { challenges.waiting[$0] == nil }
            }
            while challenges.waiting.count > settings.challengeCapacity, !challenges.order.isEmpty {
                challenges.waiting[challenges.order.removeFirst()] = nil
            }
        }
        return state
    }

    /// Whether a State answers a challenge of this user and NAS; valid once.
    func take(_ state: [UInt8], userName: String, clientName: String, now: Double) -> Bool {
        challenges.withLockedValue { challenges in
            guard let challenge = challenges.waiting[state], challenge.userName == userName, challenge.clientName == clientName else {
                return false
            }
            challenges.waiting[state] = nil
            return challenge.expiry > now
        }
    }

    /// Whether a user has to wait after too many wrong codes.
    func isLocked(_ userName: String, now: Double) -> Bool {
        failures.withLockedValue { ($0[userName]?.lockedUntil ?? 0) > now }
    }

    /// Counts a wrong code.
    func failed(_ userName: String, now: Double) {
        failures.withLockedValue { failures in
            if failures.count >= settings.challengeCapacity, failures[userName] == nil { failures.removeAll() }
            var user = failures[userName] ?? Failures()
            user.count += 1
            if user.count >= settings.attempts { user = Failures(lockedUntil: now + Double(settings.lockSeconds)) }
            failures[userName] = user
        }
    }

    /// Forgets a user's wrong codes.
    func succeeded(_ userName: String) {
        failures.withLockedValue { $0[userName] = nil }
    }

    var waitingChallenges: Int { challenges.withLockedValue { $0.waiting.count } }
}
