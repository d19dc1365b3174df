import Accounts
public import Database
import RADIUSPipeline
import WebRouting

/// Changes of pools by range with their audit, each in a transaction.
public struct AddressPoolChanges {
    private let connection: any DatabaseConnection
    private let pools: AddressPoolStore

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
        pools = AddressPoolStore(connection)
    }

    /// Adds a pool.
    /// - Parameter epoch: now, seconds since 1970 UTC.
    /// - Throws: ``AddressPoolError`` or the database's error; nothing is written then.
    public func add(_ pool: AddressPool, at epoch: Int64) throws {
        try connection.unitOfWork {
            try pools.add(pool, at: epoch)
            try AuditLog(connection).record(.added, pool.auditObject, after: pool.auditValues)
        }
    }

    /// Removes a pool and its leases.
    /// - Parameters:
    ///   - force: even while leases run.
    ///   - epoch: now, seconds since 1970 UTC.
    /// - Throws: ``AddressPoolError`` or the database's error; nothing is written then.
    public func remove(_ name: String, force: Bool, at epoch: Int64) throws {
        try connection.unitOfWork {
            let before = try pools.all().first { $0.name == name }
            try pools.remove(name, force: force, at: epoch)
            // One that another version wrote is told without values.
            try AuditLog(connection).record(
                .removed, before?.auditObject ?? AuditObject(.addressPool, id: "", label: name), before: before?.auditValues)
        }
    }
}

extension AddressPool {
    fileprivate var auditObject: AuditObject {
        AuditObject(.addressPool, id: "", label: name, organizationIDs: organizationID.map { [$0] } ?? [])
    }

    fileprivate var auditValues: JSONValue {
        [
            "name": .string(name), "kind": .string(kind.rawValue), "ranges": .string(ranges.description),
            "length": .integer(Int64(ranges.length)), "lease_seconds": .integer(leaseSeconds), "organization": .optional(organizationID),
        ]
    }
}
