import Accounts
public import Database

/// Changes of plans with their audit, each in a transaction.
public struct PlanChanges {
    private let connection: any DatabaseConnection
    private let plans: PlanStore

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
        plans = PlanStore(connection)
    }

    /// Adds a plan.
    /// - Parameter epoch: now, seconds since 1970 UTC.
    /// - Throws: ``QuotaError`` or the database's error; nothing is written then.
    public func add(_ plan: PlanRow, at epoch: Int64) throws {
        try connection.unitOfWork {
            try plans.add(plan, at: epoch)
            try AuditLog(connection).plan(.added, before: nil, after: plan)
        }
    }

    /// Replaces a plan's description, terms and number of sessions.
    /// - Throws: ``QuotaError/planUnknown(_:)`` or the database's error; nothing is written then.
    public func set(_ plan: PlanRow) throws {
        try connection.unitOfWork {
            let before = try plans.all().first { $0.name == plan.name && $0.organizationID == plan.organizationID }
            try plans.set(plan)
            try AuditLog(connection).plan(.changed, before: before, after: plan)
        }
    }

    /// Removes a plan and its quotas.
    /// - Parameter force: even if rows name it.
    /// - Throws: ``QuotaError`` or the database's error; nothing is written then.
    public func remove(_ name: String, force: Bool) throws {
        try connection.unitOfWork {
            let gone = try plans.all().filter { $0.name == name }
            let quotas = try QuotaStore(connection).quotas(.plan, of: name)
            try plans.remove(name, force: force)
            let log = AuditLog(connection)
            for quota in quotas { try log.quota(.removed, before: quota, after: nil, over: connection) }
            for plan in gone { try log.plan(.removed, before: plan, after: nil) }
        }
    }
}
