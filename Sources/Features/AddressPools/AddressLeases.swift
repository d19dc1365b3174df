import Database
public import RADIUSPipeline
public import ServerKernel

/// The address store of one packet thread: pools by range, and those of FreeRADIUS's table `radippool`.
///
/// Confined to the packet thread that made it.
public final class AddressLeases: AddressStore {
    private let connection: KeptConnection
    private let directory: AddressPoolDirectory
    private let tableLeaseSeconds: Int64

    /// - Parameters:
    ///   - connection: the packet thread's own.
    ///   - tableLeaseSeconds: how long a lease of `radippool` lasts (rlm_sqlippool's `lease_duration`).
    public init(_ connection: KeptConnection, directory: AddressPoolDirectory, tableLeaseSeconds: Int64) {
        self.connection = connection
        self.directory = directory
        self.tableLeaseSeconds = tableLeaseSeconds
    }

    public var hasPools: Bool { !directory.current.isEmpty }

    public func lease(_ queries: [LeaseQuery], at epoch: Int64) throws(StoreError) -> [LeaseAnswer] {
        let pools = directory.current
        return try visit { connection throws(DatabaseError) in
            var answers = [LeaseAnswer](repeating: .leased([]), count: queries.count)
            // Pools in one order, as each locks its next free position until the commit.
            for index in queries.indices.sorted(by: { (queries[$0].pools.first ?? "", $0) < (queries[$1].pools.first ?? "", $1) }) {
                answers[index] = try answer(queries[index], pools, over: connection, at: epoch)
            }
            return answers
        }
    }

    private func answer(
        _ query: LeaseQuery, _ pools: AddressPoolDirectory.Snapshot, over connection: any DatabaseConnection, at epoch: Int64
    ) throws(DatabaseError) -> LeaseAnswer {
        var leases: [AddressLease] = []
        var present = query.present
        for name in query.pools {
            let lease: AddressLease
            if let pool = pools.pools[name], pool.organizationID == nil || pool.organizationID == query.organizationID {
                if present.contains(pool.kind) { continue }
                guard let address = try RangePool.lease(pool, to: query.holder, over: connection, at: epoch) else {
                    return try takeBack(leases, pools, exhausted: name, over: connection, at: epoch)
                }
                lease = AddressLease(pool: name, kind: pool.kind, address: address, seconds: pool.leaseSeconds)
            } else {
                guard pools.hasTable, !present.contains(.ipv4), try FreeRADIUSPool.has(name, over: connection) else { continue }
                let found = try FreeRADIUSPool.lease(
                    name, to: query.holder, over: connection, at: epoch, seconds: tableLeaseSeconds)
                guard let address = found else { return try takeBack(leases, pools, exhausted: name, over: connection, at: epoch) }
                lease = AddressLease(
                    pool: name, kind: address.contains(":") ? .ipv6 : .ipv4, address: address, seconds: tableLeaseSeconds)
            }
            present.insert(lease.kind)
            leases.append(lease)
        }
        return .leased(leases)
    }

    private func takeBack(
        _ leases: [AddressLease], _ pools: AddressPoolDirectory.Snapshot, exhausted name: String,
        over connection: any DatabaseConnection, at epoch: Int64
    ) throws(DatabaseError) -> LeaseAnswer {
        for lease in leases {
            if pools.pools[lease.pool] != nil {
                try RangePool.undo(lease, over: connection, at: epoch)
            } else {
                try FreeRADIUSPool.undo(lease, over: connection, at: epoch)
            }
        }
        return .exhausted(pool: name)
    }

    public func update(_ updates: [LeaseUpdate], at epoch: Int64) throws(StoreError) {
        let pools = directory.current
        try visit { connection throws(DatabaseError) in
            if !pools.pools.isEmpty { try RangePool.update(updates, over: connection, at: epoch) }
            if pools.hasTable {
                try FreeRADIUSPool.update(updates, over: connection, at: epoch, seconds: tableLeaseSeconds)
            }
        }
    }

    private func visit<R>(_ body: (any DatabaseConnection) throws(DatabaseError) -> R) throws(StoreError) -> R {
        do {
            return try connection.use { connection throws(DatabaseError) in
                try connection.transaction { () throws(DatabaseError) in try body(connection) }
            }
        } catch {
            switch error.kind {
            case .connection, .timeout, .busy: throw .unavailable(error.description)
            default: throw .failed(error.description)
            }
        }
    }
}
