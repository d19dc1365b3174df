public import Database
import NIOConcurrencyHelpers
public import RADIUSPipeline

/// The plans as logins see them, swapped whole.
public final class PlanDirectory: Sendable {
    private let plans = NIOLockedValueBox<[String: [(plan: ServicePlan, organizationID: String?)]]>([:])

    public init() {}

    /// Reads the plans again.
    public func refresh(over connection: any DatabaseConnection) throws(DatabaseError) {
        let fresh = Dictionary(grouping: try PlanStore(connection).servicePlans(), by: \.plan.name)
        plans.withLockedValue { $0 = fresh }
    }

    /// A plan by its name; an organization's own comes before everybody's.
    public func plan(_ name: String, organizationID: String?) -> ServicePlan? {
        plans.withLockedValue { plans in
            let named = plans[name] ?? []
            return
                (named.first { $0.organizationID != nil && $0.organizationID == organizationID }
                ?? named.first { $0.organizationID == nil })?.plan
        }
    }
}
