import Accounts
public import Database
public import RADIUSPipeline

/// Changes of quotas with their audit, each in a transaction.
public struct QuotaChanges {
    private let connection: any DatabaseConnection
    private let quotas: QuotaStore

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
        quotas = QuotaStore(connection)
    }

    /// Adds a quota; its ``RADIUSPipeline/Quota/id`` is not looked at.
    /// - Parameter epoch: now, seconds since 1970 UTC.
    /// - Returns: the row's number.
    /// - Throws: the database's error; nothing is written then.
    public func add(_ quota: Quota, for scope: QuotaRow.Scope, _ subject: String, at epoch: Int64) throws -> Int64 {
        try connection.unitOfWork {
            let id = try quotas.add(quota, for: scope, subject, at: epoch)
            let row = QuotaRow(id: id, scope: scope, subject: subject, quota: quota)
            try AuditLog(connection).quota(.added, before: nil, after: row, over: connection)
            return id
        }
    }

    /// Removes a quota.
    /// - Throws: ``QuotaError/quotaUnknown(_:)`` or the database's error; nothing is written then.
    public func remove(_ id: Int64) throws {
        try connection.unitOfWork {
            let known = try quotas.quotas().first { $0.id == id }
            try quotas.remove(id)
            if let known {
                try AuditLog(connection).quota(.removed, before: known, after: nil, over: connection)
            } else {
                // Another version wrote it; what it said is not understood.
                try AuditLog(connection).record(.removed, AuditObject(.quota, id: String(id), label: "quota \(id)"))
            }
        }
    }
}
