public import Database
import Foundation
public import RADIUSPipeline
public import ServerKernel
public import ServiceLifecycle
public import ServicePlans

/// Plans, and the watch over quotas while sessions run.
public struct QuotasModule: FeatureModule {
    public static let name = "Quotas"
    public var jobs: [Job] {
        [
            Job("plans.refresh", every: kernel.refreshInterval) { [plans, kernel] in
                try await kernel.withConnection { connection in try plans.refresh(over: connection) }
            },
            Job("quota.watch", every: watchInterval) { [service] in try await service.lookAtAll() },
            Job("quota.prune", every: .seconds(3600)) { [kernel] in
                let before = Int64(Date().timeIntervalSince1970) - 86_400
                try await kernel.withConnection { connection in _ = try connection.execute(QuotaWatchSQL.prune, [.integer(before)]) }
            },
        ]
    }
    public var services: [any Service] { [service] }
    /// The plans as logins see them.
    public let plans = PlanDirectory()
    /// What users have used of their groups' limits.
    public let usage: UsageService
    private let kernel: Kernel
    private let service: QuotaWatchService
    private let watchInterval: Duration

    /// - Parameters:
    ///   - counters: limits that check rows may set.
    ///   - calendar: the zone whose days and months count.
    ///   - watchInterval: how often everybody online is looked at, packets or not.
    ///   - staleSeconds: a session without a packet for so long counts no further.
    public init(
        _ kernel: Kernel, counters: [UsageCounter] = UsageCounter.builtIn, calendar: LocalCalendar = .current,
        watchInterval: Duration = .seconds(15), staleSeconds: Int64 = 900
    ) {
        self.kernel = kernel
        self.watchInterval = watchInterval
        usage = UsageService(kernel, counters: counters, calendar: calendar)
        let watch = QuotaWatch(
            counters: Dictionary(counters.map { ($0.attribute, $0) }, uniquingKeysWith: { $1 }), calendar: calendar, plans: plans,
            staleSeconds: staleSeconds)
        service = QuotaWatchService(watch, kernel: kernel)
    }

    /// What the sessions of a user are entitled to now: the plan's terms, slower where a quota is used up; nil without a plan.
    public func terms(
        of userName: String, organizationID: String?, over connection: any DatabaseConnection
    ) throws(DatabaseError) -> PlanTerms? {
        try service.watch.terms(of: userName, organizationID: organizationID, over: connection, at: Int64(Date().timeIntervalSince1970))
    }
}
