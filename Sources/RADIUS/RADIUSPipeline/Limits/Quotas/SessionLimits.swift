import RADIUSDictionary
import RADIUSWire

/// The limits on usage that hold for one login.
struct SessionLimits {
    /// A counter and the limit that a check row gave it.
    struct Counter {
        var counter: UsageCounter
        var limit: Int64
        /// Row with the limit.
        var source: RowID?
    }

    var counters: [Counter]
    var quotas: [Quota]

    /// The counters of the control list, the quotas of the user, the user's groups and the plan.
    /// - Returns: nil when there is none.
    init?(_ context: RequestContext) {
        counters = context.control.compactMap { item in
            guard let counter = context.environment.known.counters[item.attribute.definition],
                case .unsigned(let limit) = item.attribute.value
            else { return nil }
            return Counter(counter: counter, limit: Int64(clamping: limit), source: item.source)
        }
        quotas = (context.policy?.quotas ?? []).filter { $0.organizationID == nil || $0.organizationID == context.organizationID }
        quotas += context.plan?.quotas ?? []
        if counters.isEmpty, quotas.isEmpty { return nil }
    }

    var depth: UsageDepth { UsageDepth(counters.map(\.counter.period) + quotas.map(\.period)) }

    /// What the watchers of the user's sessions must know of this login.
    func grant(plan: ServicePlan?) -> UsageGrant {
        UsageGrant(counters: Dictionary(counters.map { ($0.counter.attribute, $0.limit) }) { min($0, $1) }, plan: plan?.name)
    }
}
