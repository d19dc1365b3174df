/// What a comparison with another server came to.
public struct ShadowReport: Sendable, Codable, Equatable {
    /// One kind of difference and whom it meets.
    public struct Group: Sendable, Codable, Equatable {
        public var real: String
        public var ours: String
        public var reason: String?
        /// Names of attributes that only the real replies have.
        public var missing: [String]
        /// Names of attributes that only our replies have.
        public var extra: [String]
        public var count = 0
        /// The first few.
        public var examples: [Example] = []
        /// How many of each user, for so many users as are kept.
        public var users: [String: Int] = [:]
    }

    /// One request whose answers differ.
    public struct Example: Sendable, Codable, Equatable {
        public var user: String
        /// Name of the NAS.
        public var nas: String
        /// Microseconds since 1970 UTC.
        public var epochMicroseconds: Int64
        public var missing: [String]
        public var extra: [String]
    }

    private static let groupLimit = 500
    private static let exampleLimit = 5
    private static let userLimit = 1000

    /// Logins compared.
    public private(set) var compared = 0
    /// Logins that both servers answered alike.
    public private(set) var same = 0
    /// Exchanges that were not compared, by cause.
    public private(set) var notCompared: [String: Int] = [:]
    /// The most frequent first, once ``finish()`` was called.
    public private(set) var differences: [Group] = []
    /// Differences of kinds beyond those that are kept.
    public private(set) var further = 0

    public init() {}

    mutating func skip(_ cause: String) { notCompared[cause, default: 0] += 1 }

    mutating func add(_ difference: ShadowComparison.Difference?, user: String, nas: String, epochMicroseconds: Int64) {
        compared += 1
        guard let difference else { return same += 1 }
        func names(_ attributes: [String]) -> [String] {
            Set(attributes.map { String($0.prefix { $0 != " " }) }).sorted()
        }
        var group = Group(
            real: difference.real, ours: difference.ours, reason: difference.reason, missing: names(difference.missing),
            extra: names(difference.extra))
        let place = differences.firstIndex {
            $0.real == group.real && $0.ours == group.ours && $0.reason == group.reason && $0.missing == group.missing
                && $0.extra == group.extra
        }
        if let place { group = differences[place] }
        guard place != nil || differences.count < Self.groupLimit else { return further += 1 }
        group.count += 1
        if group.examples.count < Self.exampleLimit {
            group.examples.append(
                Example(
                    user: user, nas: nas, epochMicroseconds: epochMicroseconds, missing: difference.missing, extra: difference.extra))
        }
        if group.users[user] != nil || group.users.count < Self.userLimit { group.users[user, default: 0] += 1 }
        if let place { differences[place] = group } else { differences.append(group) }
    }

    /// Puts the differences into order.
    mutating func finish() { differences.sort { $0.count > $1.count } }
}
