/// Bounds guesses at secrets: passwords, codes, tokens. Only failures count.
///
/// An attempt is paid for before it is made, so that many at once are no way around, and gets its price back when it succeeds. A failing
/// caller is stopped by the pair of account and address first; others at the same address go on, and the account's owner elsewhere, too.
///
/// ```swift
/// let attempt = try limiter.begin(AttemptLimiter.keys(account: username, address: request.clientAddress))
/// guard try await passwords.verify(…) else { throw … }
/// attempt.succeeded()
/// ```
public final class AttemptLimiter: Sendable {
    /// What is counted: failures by a rule for one value.
    public struct Key: Sendable, Hashable {
        let rule: Throttle
        let value: String

        /// - Parameter rule: its name keeps values of different rules apart.
        public init(_ rule: Throttle, _ value: String) {
            self.rule = rule
            self.value = value
        }
    }

    /// An attempt under way.
    public struct Attempt: Sendable {
        fileprivate let table: RateTable
        fileprivate let keys: [Key]

        /// The secret was right: nothing counts against anybody.
        public func succeeded() {
            for key in keys { key.giveBack(to: table) }
        }
    }

    private let table: RateTable
    private let clock: MonotonicClock

    /// - Parameter capacity: keys that are remembered.
    public init(capacity: Int = 50_000, clock: @escaping MonotonicClock = MonotonicTime.microseconds) {
        table = RateTable(capacity: capacity)
        self.clock = clock
    }

    /// Counts one attempt for all keys, or for none of them.
    /// - Throws: 429 with `Retry-After` when one of the keys had too many failures.
    public func begin(_ keys: [Key]) throws(Problem) -> Attempt {
        for (index, key) in keys.enumerated() {
            guard let refusal = key.take(from: table, now: clock()) else { continue }
            for earlier in keys[..<index] { earlier.giveBack(to: table) }
            throw refusal
        }
        return Attempt(table: table, keys: keys)
    }

    /// The usual keys: 10 failures in 15 minutes of one account from one address, 100 an hour of the account from anywhere, and of an
    /// address 1000 an hour, as a login page's server is one address for all its users.
    /// - Parameters:
    ///   - account: as it is looked up, so that spellings of one account are one.
    ///   - address: the client's.
    public static func keys(account: String, address: String) -> [Key] {
        let subscriber = AddressBlock.subscriber(address)
        return [
            Key(Throttle("account-address", limit: 10, per: 900), "\(account)\n\(subscriber)"),
            Key(Throttle("account", limit: 100, per: 3600), account),
            Key(Throttle("address", limit: 1000, per: 3600), subscriber),
        ]
    }
}

extension AttemptLimiter.Key {
    private var tableKey: RateTable.Key { RateTable.Key(name: rule.name, value: value) }

    fileprivate func take(from table: RateTable, now: Int64) -> Problem? {
        guard let limit = rule.limit else { return nil }
        switch table.take(tableKey, limit: limit, seconds: rule.seconds, now: now) {
        case .admitted: return nil
        case .wait(let seconds): return .throttled(retryAfter: seconds)
        case .full: return .busy
        }
    }

    fileprivate func giveBack(to table: RateTable) {
        if let limit = rule.limit { table.giveBack(tableKey, limit: limit, seconds: rule.seconds) }
    }
}
