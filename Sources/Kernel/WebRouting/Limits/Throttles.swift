/// Counts the uses of routes by throttle and caller.
final class Throttles: Sendable {
    private let table: RateTable
    private let overrides: [String: Throttle]
    private let clock: MonotonicClock

    /// - Parameter overrides: the operator's rates by throttle name.
    init(overrides: [String: Throttle], capacity: Int = 50_000, clock: @escaping MonotonicClock) {
        table = RateTable(capacity: capacity)
        self.overrides = overrides
        self.clock = clock
    }

    /// - Parameter caller: a user's id, or an address.
    /// - Throws: 429 with `Retry-After`; a refused use is not counted.
    func admit(_ throttle: Throttle, caller: String) throws(Problem) {
        let rate = overrides[throttle.name] ?? throttle
        guard let limit = rate.limit else { return }
        switch table.take(RateTable.Key(name: rate.name, value: caller), limit: limit, seconds: rate.seconds, now: clock()) {
        case .admitted: return
        case .wait(let seconds): throw .throttled(retryAfter: seconds)
        case .full: throw .busy
        }
    }
}

extension Throttle {
    /// Reads `NAME=LIMIT/PERIOD` with a period of `second`, `minute`, `hour`, `day` or a number of seconds; `NAME=none` does not limit.
    public init?(parsing text: String) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        if parts[1] == "none" {
            self.init(parts[0], limit: nil, per: 1)
            return
        }
        let rate = parts[1].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let periods = ["second": 1, "minute": 60, "hour": 3600, "day": 86400]
        guard rate.count == 2, let limit = Int(rate[0]), limit > 0, let seconds = periods[rate[1]] ?? Int(rate[1]),
            (1...31_536_000).contains(seconds)
        else { return nil }
        self.init(parts[0], limit: limit, per: seconds)
    }
}
