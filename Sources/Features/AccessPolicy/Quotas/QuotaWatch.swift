import Database
import NIOConcurrencyHelpers
import RADIUSPipeline
import ServerKernel
import ServicePlans
import Sessions

/// Ends or changes running sessions whose user has used up a quota, and gives sessions their terms back when a new period begins.
///
/// Each session is acted on once per quota and period; a table remembers it, so that neither a restart nor a second server repeats it.
/// Between two packets a session counts as online for as long as it is not stale.
struct QuotaWatch: Sendable {
    /// Limits by the names of their check attributes.
    let counters: [String: UsageCounter]
    let calendar: LocalCalendar
    let plans: PlanDirectory
    /// A session without a packet for so long counts no further; seconds.
    let staleSeconds: Int64

    /// Looks at the running sessions of users.
    /// - Returns: what should happen to them, each thing once.
    func evaluate(_ names: [StoredName], over connection: any DatabaseConnection, at now: Int64) throws(DatabaseError)
        -> [SessionActionRequested]
    {
        let sessions = try connection.rows(QuotaWatchSQL.sessions, [.texts(names.map(\.text))]) { (row) throws(DatabaseError) in
            WatchedSession(row)
        }
        if sessions.isEmpty { return [] }
        let limits = try PolicyLoader.limits(of: Set(sessions.map(\.userName)), at: now, over: connection)
        var taken: [String: [String: String]] = [:]
        try connection.query(QuotaWatchSQL.taken, [.texts(sessions.map(\.uniqueID))]) { row in
            taken[row.text(0), default: [:]][row.text(1)] = row.text(2)
        }
        var actions: [SessionActionRequested] = []
        for (_, group) in Dictionary(grouping: sessions, by: { [$0.userName, StoredName($0.organizationID ?? "")] }) {
            let first = group[0]
            let limit = limits(first.userName, first.organizationID)
            guard let usage = limit.usage else { continue }
            let plan = usage.grant.plan.flatMap { plans.plan($0, organizationID: first.organizationID) }
            let quotas = limit.quotas + (plan?.quotas ?? []) + counterQuotas(usage.grant)
            let depth = UsageDepth(quotas.map(\.period))
            if !usage.depth.covers(depth) {
                // A quota that came after the login looks further back than was read; the next look reads as much.
                try UsageLedger(connection, calendar: calendar).deepen(first.userName, to: depth)
                continue
            }
            // Sessions of every organization that the usage holds count on.
            let running = sessions.filter { $0.userName == first.userName }
            for session in group {
                actions += try act(
                    on: session, quotas: quotas, plan: plan, usage: usage, running: running, taken: taken[session.uniqueID] ?? [:],
                    over: connection, at: now)
            }
        }
        return actions
    }

    /// What a user's sessions are entitled to now; nil without a plan.
    func terms(
        of userName: String, organizationID: String?, over connection: any DatabaseConnection, at now: Int64
    ) throws(DatabaseError) -> PlanTerms? {
        let name = StoredName(userName)
        let limit = try PolicyLoader.limits(of: [name], at: now, over: connection)(name, organizationID)
        let planName = limit.planName ?? limit.usage?.grant.plan
        guard let plan = planName.flatMap({ plans.plan($0, organizationID: organizationID) }) else { return nil }
        guard let usage = limit.usage else { return plan.terms }
        let exhausted = (limit.quotas + plan.quotas).filter { $0.period != .session && isExhausted($0, usage, running: [], now) }
        return terms(plan, exhausted, organizationID)
    }

    private func counterQuotas(_ grant: UsageGrant) -> [Quota] {
        grant.counters.sorted { $0.key < $1.key }.compactMap { name, limit in
            counters[name].map { Quota(id: "counter \(name)", measure: $0.measure, period: $0.period, limit: limit) }
        }
    }

    private func act(
        on session: WatchedSession, quotas: [Quota], plan: ServicePlan?, usage: UsageHistory, running: [WatchedSession],
        taken: [String: String], over connection: any DatabaseConnection, at now: Int64
    ) throws(DatabaseError) -> [SessionActionRequested] {
        let exhausted = quotas.filter { quota in
            quota.period == .session ? isExhausted(quota, by: session, now) : isExhausted(quota, usage, running: running, now)
        }
        var reason: String?
        var isDisconnected = false
        for quota in exhausted where quota.exhaustion != .refuse {
            let began = quota.period.span(at: now, in: calendar).map { span in span.end == nil ? 0 : span.begin } ?? 0
            let isNew = try connection.execute(
                QuotaWatchSQL.act,
                [.text(session.uniqueID), .text(quota.id), .integer(began), .text(quota.exhaustion.action), .integer(now)])
            guard isNew > 0 else { continue }
            if reason == nil || quota.exhaustion == .disconnect { reason = quota.rejectReason.rawValue }
            if quota.exhaustion == .disconnect { isDisconnected = true }
        }
        if let reason, isDisconnected { return [SessionActionRequested(uniqueID: session.uniqueID, action: .disconnect, reason: reason)] }
        // What is over no longer holds; a session that goes on gets the rest of its terms back.
        var isLifted = false
        for (id, action) in taken where !exhausted.contains(where: { $0.id == id }) {
            try connection.execute(QuotaWatchSQL.lift, [.text(session.uniqueID), .text(id)])
            if action == "throttle" || action == "plan" { isLifted = true }
        }
        guard reason != nil || isLifted else { return [] }
        let terms = terms(plan, exhausted, session.organizationID)
        return [
            SessionActionRequested(
                uniqueID: session.uniqueID, action: .change(terms, orDisconnect: true), reason: reason ?? "quota.renewed")
        ]
    }

    /// A plan's terms under the quotas that are used up.
    private func terms(_ plan: ServicePlan?, _ exhausted: [Quota], _ organizationID: String?) -> PlanTerms {
        exhausted.reduce(plan?.terms ?? PlanTerms()) { terms, quota in
            switch quota.exhaustion {
            case .throttle(let slower): terms.overlaid(by: slower)
            case .plan(let name): plans.plan(name, organizationID: organizationID).map { terms.overlaid(by: $0.terms) } ?? terms
            case .disconnect, .refuse: terms
            }
        }
    }

    private func isExhausted(_ quota: Quota, by session: WatchedSession, _ now: Int64) -> Bool {
        quota.measure.value(of: session.amount + sinceLastPacket(session, from: session.updated, now)) >= quota.limit
    }

    private func isExhausted(_ quota: Quota, _ usage: UsageHistory, running: [WatchedSession], _ now: Int64) -> Bool {
        if quota.measure == .age { return usage.firstStart.map { now - $0 >= quota.limit } ?? false }
        var amount = usage.amount(in: quota.period, at: now, calendar: calendar)
        let begin = quota.period.span(at: now, in: calendar)?.begin ?? 0
        for session in running { amount += sinceLastPacket(session, from: max(begin, session.updated), now) }
        return quota.measure.value(of: amount) >= quota.limit
    }

    /// Time online that no packet has told of yet.
    private func sinceLastPacket(_ session: WatchedSession, from: Int64, _ now: Int64) -> UsageAmount {
        guard now - session.updated <= staleSeconds else { return UsageAmount() }
        return UsageAmount(seconds: max(0, now - from))
    }
}
