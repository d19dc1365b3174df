import NIOConcurrencyHelpers

/// Lets through one log line for each subject in an interval, and remembers how many it held back.
struct LogLimiter: Sendable {
    struct Subject: Hashable {
        var reason: String
        var source: IPAddress
    }

    private struct Record {
        var last: UInt64
        var suppressed: UInt64
    }

    private struct State {
        var records: [Subject: Record] = [:]
        var sweptAt: UInt64 = 0
    }

    private let interval: UInt64
    private let limit: Int
    private let state = NIOLockedValueBox(State())

    /// - Parameter limit: subjects remembered; in a flood from more sources than that the others go unlogged.
    init(interval: Duration, limit: Int = 4096) {
        self.interval = interval.nanoseconds
        self.limit = limit
    }

    /// - Parameter now: monotonic nanoseconds.
    /// - Returns: lines held back since the last one, or nil where this one is to be held back too.
    func admit(_ subject: Subject, now: UInt64) -> UInt64? {
        state.withLockedValue { state in
            if let place = state.records.index(forKey: subject) {
                let record = state.records.values[place]
                guard now &- record.last >= interval else {
                    state.records.values[place].suppressed += 1
                    return nil
                }
                state.records.values[place] = Record(last: now, suppressed: 0)
                return record.suppressed
            }
            if state.records.count >= limit {
                // A sweep costs the whole table, so a flood of new sources gets one per interval.
                guard now &- state.sweptAt >= interval else { return nil }
                state.sweptAt = now
                state.records = state.records.filter { now &- $0.value.last < interval }
                guard state.records.count < limit else { return nil }
            }
            state.records[subject] = Record(last: now, suppressed: 0)
            return 0
        }
    }
}
