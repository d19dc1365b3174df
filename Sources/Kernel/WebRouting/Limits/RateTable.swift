import NIOConcurrencyHelpers

/// Who used what how often lately: one number for each key (generic cell rate algorithm).
///
/// A key may be used `limit` times at once and then again every `seconds`/`limit`. The table has a bound; when it is full of keys in use, new
/// ones are turned away.
final class RateTable: Sendable {
    struct Key: Hashable, Sendable {
        var name: String
        var value: String
    }

    enum Answer: Equatable {
        case admitted
        case wait(seconds: Int)
        /// The table has no place.
        case full
    }

    private struct State {
        /// When each key's uses are all worn off, in microseconds.
        var due: [Key: Int64] = [:]
        var swept: Int64?
    }

    private let state = NIOLockedValueBox(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// Counts one use unless the key had too many.
    /// - Parameter now: microseconds of a clock that never goes back.
    func take(_ key: Key, limit: Int, seconds: Int, now: Int64) -> Answer {
        guard limit > 0 else { return .wait(seconds: max(1, seconds)) }
        let period = Int64(seconds) * 1_000_000
        let interval = max(1, period / Int64(limit))
        return state.withLockedValue { state in
            let due = max(state.due[key] ?? now, now)
            let early = due - now - (period - interval)
            if early > 0 { return .wait(seconds: Int((early + 999_999) / 1_000_000)) }
            if state.due[key] == nil, state.due.count >= capacity {
                // Not more than once a second: a sweep looks at every key.
                if state.swept.map({ now - $0 >= 1_000_000 }) ?? true {
                    state.due = state.due.filter { $0.value > now }
                    state.swept = now
                }
                guard state.due.count < capacity else { return .full }
            }
            state.due[key] = due + interval
            return .admitted
        }
    }

    /// Takes one use back.
    func giveBack(_ key: Key, limit: Int, seconds: Int) {
        guard limit > 0 else { return }
        let interval = max(1, Int64(seconds) * 1_000_000 / Int64(limit))
        state.withLockedValue { state in
            if let due = state.due[key] { state.due[key] = due - interval }
        }
    }

    /// Keys that are held.
    var count: Int { state.withLockedValue { $0.due.count } }
}
