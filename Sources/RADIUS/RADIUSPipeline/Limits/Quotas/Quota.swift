public import ServicePlans

/// A limit on what a user may use in a period, over all sessions and devices.
public struct Quota: Sendable, Hashable, Codable {
    /// What happens when it is used up.
    public enum Exhaustion: Sendable, Hashable, Codable {
        /// Running sessions end, new ones are refused.
        case disconnect
        /// Sessions go on, and begin, with these terms over their own, until the period ends.
        case throttle(PlanTerms)
        /// The same with the terms of another plan.
        case plan(String)
        /// Running sessions go on, new ones are refused.
        case refuse
    }

    /// Stable name among the user's quotas, for the log and so that each exhaustion is acted on once.
    public var id: String
    public var measure: UsageMeasure
    public var period: UsagePeriod
    /// Seconds or octets.
    public var limit: Int64
    public var exhaustion: Exhaustion
    /// Owner; nil is valid in every organization.
    public var organizationID: String?

    public init(
        id: String, measure: UsageMeasure, period: UsagePeriod, limit: Int64, exhaustion: Exhaustion = .disconnect,
        organizationID: String? = nil
    ) {
        self.id = id
        self.measure = measure
        self.period = period
        self.limit = limit
        self.exhaustion = exhaustion
        self.organizationID = organizationID
    }

    /// Why a login is refused once it is used up.
    public var rejectReason: RejectReason { RejectReason(exhausted: measure, period) }
}

extension RejectReason {
    /// The code for a limit that is used up.
    init(exhausted measure: UsageMeasure, _ period: UsagePeriod) {
        self =
            switch (measure.isVolume, period) {
            case _ where measure == .age: .quotaAge
            case (false, .days(1)): .quotaDailyTime
            case (false, .weeks(1)): .quotaWeeklyTime
            case (false, .months(1, _)): .quotaMonthlyTime
            case (false, .total): .quotaTotalTime
            case (false, _): .quotaTime
            case (true, .days(1)): .quotaDailyVolume
            case (true, .weeks(1)): .quotaWeeklyVolume
            case (true, .months(1, _)): .quotaMonthlyVolume
            case (true, .total): .quotaTotalVolume
            case (true, _): .quotaVolume
            }
    }
}

/// What an operator sells: terms, sessions at once, quotas.
public struct ServicePlan: Sendable, Hashable {
    public var name: String
    public var terms: PlanTerms
    /// Sessions at once, unless a row sets Simultaneous-Use.
    public var sessionLimit: UInt32?
    public var quotas: [Quota]

    public init(name: String, terms: PlanTerms = PlanTerms(), sessionLimit: UInt32? = nil, quotas: [Quota] = []) {
        self.name = name
        self.terms = terms
        self.sessionLimit = sessionLimit
        self.quotas = quotas
    }
}
