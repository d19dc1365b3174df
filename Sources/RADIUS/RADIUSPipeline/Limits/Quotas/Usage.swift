/// Time and traffic that a user had.
public struct UsageAmount: Sendable, Hashable {
    /// Seconds of sessions, those at the same time added up.
    public var seconds: Int64
    /// Octets from the user.
    public var inputOctets: Int64
    /// Octets to the user.
    public var outputOctets: Int64

    public init(seconds: Int64 = 0, inputOctets: Int64 = 0, outputOctets: Int64 = 0) {
        self.seconds = seconds
        self.inputOctets = inputOctets
        self.outputOctets = outputOctets
    }

    public static func + (a: UsageAmount, b: UsageAmount) -> UsageAmount {
        UsageAmount(
            seconds: a.seconds &+ b.seconds, inputOctets: a.inputOctets &+ b.inputOctets, outputOctets: a.outputOctets &+ b.outputOctets)
    }

    public static func += (a: inout UsageAmount, b: UsageAmount) { a = a + b }

    public static prefix func - (a: UsageAmount) -> UsageAmount {
        UsageAmount(seconds: 0 &- a.seconds, inputOctets: 0 &- a.inputOctets, outputOctets: 0 &- a.outputOctets)
    }

    public var isZero: Bool { self == UsageAmount() }
}

/// What of a usage a limit is about.
public enum UsageMeasure: String, Sendable, Hashable, Codable, CaseIterable {
    /// Seconds of sessions.
    case time
    /// Octets in both directions.
    case octets
    /// Octets to the user.
    case down
    /// Octets from the user.
    case up
    /// Seconds since the user's first session began, online or not.
    case age

    /// This measure's part of a usage; 0 for ``age``, which no usage holds. Never below 0.
    public func value(of amount: UsageAmount) -> Int64 {
        switch self {
        case .time: max(0, amount.seconds)
        case .octets: max(0, amount.inputOctets &+ amount.outputOctets)
        case .down: max(0, amount.outputOctets)
        case .up: max(0, amount.inputOctets)
        case .age: 0
        }
    }

    /// Whether it is counted in octets.
    public var isVolume: Bool { self == .octets || self == .down || self == .up }
}

/// A user's usage as it is kept: by local hours and days as far back as the user's limits look, and in all.
public struct UsageHistory: Sendable, Hashable {
    /// One hour or day.
    public struct Bucket: Sendable, Hashable {
        /// Its first second, since 1970 UTC.
        public var began: Int64
        public var amount: UsageAmount

        public init(began: Int64, amount: UsageAmount) {
            self.began = began
            self.amount = amount
        }
    }

    /// ``LocalCalendar/name`` of the calendar that hours and days were cut by.
    public var zone: String
    /// How many hours and days back are here.
    public var depth: UsageDepth
    public var total = UsageAmount()
    public var hours: [Bucket] = []
    public var days: [Bucket] = []
    /// Start of the user's first session, seconds since 1970 UTC.
    public var firstStart: Int64?
    /// What the user was granted at the last login.
    public var grant: UsageGrant
    /// Another one after each change of the kept usage; 0 while nothing was used, or where none is kept.
    public var stamp: Int64 = 0

    public init(zone: String, depth: UsageDepth = UsageDepth(), grant: UsageGrant = UsageGrant()) {
        self.zone = zone
        self.depth = depth
        self.grant = grant
    }

    /// What was used in the period that holds an instant; nothing for ``UsagePeriod/session``.
    public func amount(in period: UsagePeriod, at epoch: Int64, calendar: LocalCalendar) -> UsageAmount {
        guard let span = period.span(at: epoch, in: calendar) else { return UsageAmount() }
        switch period {
        case .session: return UsageAmount()
        case .total: return total
        case .hours, .rolling: return Self.sum(hours, since: span.begin)
        case .days, .weeks, .months: return Self.sum(days, since: span.begin)
        }
    }

    private static func sum(_ buckets: [Bucket], since begin: Int64) -> UsageAmount {
        buckets.reduce(into: UsageAmount()) { sum, bucket in
            if bucket.began >= begin { sum += bucket.amount }
        }
    }
}

/// How far back limits look.
public struct UsageDepth: Sendable, Hashable {
    public var hours: Int
    public var days: Int

    public init(hours: Int = 0, days: Int = 0) {
        self.hours = hours
        self.days = days
    }

    /// As far back as any of some periods.
    public init(_ periods: some Sequence<UsagePeriod>) {
        self.init()
        for period in periods {
            hours = max(hours, period.hoursBack)
            days = max(days, period.daysBack)
        }
    }

    /// Whether this looks back as far as `other`.
    public func covers(_ other: UsageDepth) -> Bool { hours >= other.hours && days >= other.days }
}

/// Limits that only a login finds out, kept for those who watch the user's sessions.
public struct UsageGrant: Sendable, Hashable, Codable {
    /// Limits of sqlcounter by the name of their check attribute.
    public var counters: [String: Int64]
    /// The plan's name.
    public var plan: String?

    public init(counters: [String: Int64] = [:], plan: String? = nil) {
        self.counters = counters
        self.plan = plan
    }
}
