public import Database
public import RADIUSPipeline

/// What a user may use, has used and has left.
public struct QuotaReport {
    /// One limit.
    public struct Entry: Sendable, Codable, Equatable {
        /// `quota 7`, or the name of a counter's check attribute.
        public var name: String
        public var measure: UsageMeasure
        public var period: UsagePeriod
        /// Seconds or octets.
        public var limit: Int64
        /// Of the current period; of no session for a limit that each session has by itself.
        public var used: Int64
        public var left: Int64
        /// When something is free again, seconds since 1970 UTC; nil when that never happens or is not known.
        public var resetsAt: Int64?
        /// What happens when nothing is left.
        public var action: String
    }

    private let connection: any DatabaseConnection
    private let counters: [UsageCounter]
    private let calendar: LocalCalendar

    public init(_ connection: any DatabaseConnection, counters: [UsageCounter] = UsageCounter.builtIn, calendar: LocalCalendar = .current) {
        self.connection = connection
        self.counters = counters
        self.calendar = calendar
    }

    /// The limits of a user that hold whatever the request: check rows are not compared with any.
    /// - Parameter epoch: now, seconds since 1970 UTC.
    public func entries(of userName: String, organizationID: String? = nil, at epoch: Int64) throws(DatabaseError) -> [Entry] {
        let policy = try PolicyLoader.policy(
            PolicyQuery(userName: userName, organizationID: organizationID, epoch: epoch), over: connection)
        let plans = PlanDirectory()
        try plans.refresh(over: connection)
        let rows = [policy.checks] + policy.groups.map { $0.checks + $0.replies }
        let planName = rows.lazy.compactMap { rows in rows.last { $0.isAbout("Radian-Plan") }?.value }.first
        let plan = planName.flatMap { plans.plan($0, organizationID: organizationID) }

        var limits = policy.quotas + (plan?.quotas ?? [])
        for counter in counters {
            let values = rows.lazy.compactMap { rows in rows.last { $0.isAbout(counter.attribute) }.flatMap { Int64($0.value) } }
            guard let limit = values.first else { continue }
            limits.append(Quota(id: counter.attribute, measure: counter.measure, period: counter.period, limit: limit))
        }
        if limits.isEmpty { return [] }

        let usage = try policy.knownUsage(
            of: userName, organizationID: organizationID, asFarAs: UsageDepth(limits.map(\.period)), calendar, over: connection)
        return limits.map { entry($0, usage, at: epoch) }
    }

    private func entry(_ quota: Quota, _ usage: UsageHistory, at epoch: Int64) -> Entry {
        let used = usage.used(quota.measure, in: quota.period, at: epoch, calendar)
        return Entry(
            name: quota.id, measure: quota.measure, period: quota.period, limit: quota.limit, used: used, left: max(0, quota.limit - used),
            resetsAt: resetsAt(quota, usage, at: epoch), action: quota.exhaustion.action)
    }

    private func resetsAt(_ quota: Quota, _ usage: UsageHistory, at epoch: Int64) -> Int64? {
        guard case .rolling(let hours) = quota.period, let begin = quota.period.span(at: epoch, in: calendar)?.begin else {
            return quota.period.span(at: epoch, in: calendar)?.end
        }
        // The window moves on by whole hours: as soon as enough of them have left it.
        var left = usage.hours.filter { $0.began >= begin }.sorted { $0.began < $1.began }[...]
        var end: Int64?
        while let first = left.first, quota.measure.value(of: left.reduce(UsageAmount()) { $0 + $1.amount }) >= quota.limit {
            end = first.began + Int64(hours) * 3600
            left.removeFirst()
        }
        return end
    }
}
