import RADIUSDictionary
import RADIUSWire
import ServicePlans

/// Refuses users whose counters or quotas are used up, and grants others what is left.
///
/// Counters act as FreeRADIUS's: each session gets all that is left. Quotas are shared: a login gets what is left divided by the user's
/// sessions, those running on other stations and logins that have no session yet included. What earlier sessions were granted beyond
/// their new share is taken back while they run: whoever watches them changes or ends them.
///
/// Visits the store only for users whose usage is not kept as these limits need it.
public struct Quotas: BatchStage {
    public let name = "Quotas"

    public init() {}

    public func run(_ contexts: inout [RequestContext], pending: [Int], stores: WorkerStores) {
        var found: [(index: Int, limits: SessionLimits)] = []
        for index in pending {
            if let limits = Self.limits(&contexts[index]) { found.append((index, limits)) }
        }
        guard !found.isEmpty else { return }
        do throws(StoreError) {
            let usage = try self.usage(of: found, in: contexts, stores: stores)
            for ((index, limits), usage) in zip(found, usage) {
                if let refusal = QuotaDecision(limits, usage, contexts[index]).apply(to: &contexts[index]) {
                    contexts[index].decide(.reject(refusal))
                }
            }
        } catch {
            for (index, _) in found { contexts[index].decide(.fail(error)) }
        }
    }

    /// Changes nothing; `inout` spares a copy.
    private static func limits(_ context: inout RequestContext) -> SessionLimits? {
        // Most users have no limits.
        if context.control.isEmpty, context.policy?.quotas.isEmpty != false, context.plan == nil { return nil }
        return SessionLimits(context)
    }

    /// What ``LoadPolicy`` brought, where that is all that the limits need; the rest in one visit to the store.
    private func usage(
        of found: [(index: Int, limits: SessionLimits)], in contexts: [RequestContext], stores: WorkerStores
    ) throws(StoreError) -> [UsageHistory] {
        var loaded: [UsageHistory?] = []
        var queries: [UsageQuery] = []
        for (index, limits) in found {
            let context = contexts[index]
            let query = UsageQuery(
                userName: context.userName, organizationID: context.organizationID, depth: limits.depth,
                grant: limits.grant(plan: context.plan))
            if let usage = context.policy?.usage, usage.zone == LocalCalendar(context.settings.timeZone).name,
                usage.depth.covers(query.depth),
                context.isRehearsal || usage.grant == query.grant
            {
                loaded.append(usage)
            } else {
                loaded.append(nil)
                queries.append(query)
            }
        }
        guard !queries.isEmpty else { return loaded.compactMap(\.self) }
        guard let store = stores.usage else { throw .failed("nothing keeps usage") }
        let any = contexts[found[0].index]
        let begun = try store.begin(queries, at: any.receivedSecond, isRehearsal: any.isRehearsal)
        guard begun.count == queries.count else { throw .failed("the store answered \(begun.count) of \(queries.count)") }
        var next = begun.makeIterator()
        return loaded.compactMap { $0 ?? next.next() }
    }
}
