public import Database
import NIOConcurrencyHelpers
public import RADIUSPipeline

/// The plans as logins see them, swapped whole.
public final class PlanDirectory: Sendable {
    private struct Snapshot {
        var plans: [String: [(plan: ServicePlan, organizationID: String?)]] = [:]
        var limitSessions = false
    }

    private let snapshot = NIOLockedValueBox(Snapshot())

    public init() {}

    /// Reads the plans again.
    public func refresh(over connection: any DatabaseConnection) throws(DatabaseError) {
        let all = try PlanStore(connection).servicePlans()
        let fresh = Snapshot(
            plans: Dictionary(grouping: all, by: \.plan.name), limitSessions: all.contains { $0.plan.sessionLimit != nil })
        snapshot.withLockedValue { $0 = fresh }
    }

    /// Whether any plan limits sessions at once.
    public var limitSessions: Bool { snapshot.withLockedValue(\.limitSessions) }

    /// A plan by its name; an organization's own comes before everybody's.
    public func plan(_ name: String, organizationID: String?) -> ServicePlan? {
        snapshot.withLockedValue { snapshot in
            let named = snapshot.plans[name] ?? []
            return
                (named.first { $0.organizationID != nil && $0.organizationID == organizationID }
                ?? named.first { $0.organizationID == nil })?.plan
        }
    }
}
