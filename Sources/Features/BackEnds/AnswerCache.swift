import NIOConcurrencyHelpers

/// Answers of look-ups for a short while, by what was asked.
///
/// Holds at most `capacity` answers in two generations; the older one is dropped when the younger is full.
final class AnswerCache: Sendable {
    private struct Generations {
        var young: [String: (expiry: Double, answer: BackEndAnswer)] = [:]
        var old: [String: (expiry: Double, answer: BackEndAnswer)] = [:]
    }

    private let lifetime: Double
    private let capacity: Int
    private let generations = NIOLockedValueBox(Generations())

    /// - Parameter lifetimeSeconds: 0 remembers nothing.
    init(lifetimeSeconds: Int, capacity: Int) {
        lifetime = Double(lifetimeSeconds)
        self.capacity = max(2, capacity)
    }

    /// - Parameter now: seconds since 1970 UTC.
    func answer(_ key: String, now: Double) -> BackEndAnswer? {
        guard lifetime > 0, let found = generations.withLockedValue({ $0.young[key] ?? $0.old[key] }), found.expiry > now else {
            return nil
        }
        return found.answer
    }

    func insert(_ key: String, _ answer: BackEndAnswer, now: Double) {
        guard lifetime > 0 else { return }
        generations.withLockedValue { generations in
            if generations.young.count >= capacity / 2 {
                generations.old = generations.young
                generations.young = [:]
            }
            generations.young[key] = (now + lifetime, answer)
        }
    }

    var count: Int { generations.withLockedValue { $0.young.count + $0.old.count } }
}
