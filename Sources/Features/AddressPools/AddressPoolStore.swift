public import Database
import RADIUSPipeline

/// SQL about pools by range and their leases, for operators; ``AddressPoolChanges`` writes with it.
public struct AddressPoolStore {
    /// A lease as operators see it.
    public struct LeaseEntry: Sendable, Codable {
        public var pool: String
        public var address: String
        public var userName: String
        public var station: String
        public var nas: String
        /// Seconds since 1970 UTC.
        public var expires: Int64
    }

    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let list = Statement(
        "SELECT name, kind, ranges, prefix_length, lease_seconds, organization_id FROM radian_pool ORDER BY name")
    private static let insert = Statement(
        """
        INSERT INTO radian_pool (name, kind, ranges, prefix_length, lease_seconds, organization_id, created)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """)
    private static let remove = Statement("DELETE FROM radian_pool WHERE name = $1")
    private static let removeLeases = Statement("DELETE FROM radian_lease WHERE pool = $1")
    private static let running = Statement("SELECT count(*) FROM radian_lease WHERE pool = $1 AND expires > $2")
    private static let leases = Statement(
        """
        SELECT pool, address, username, station, nas, expires FROM radian_lease
            WHERE ($1 = '' OR pool = $1) AND expires > $2 ORDER BY pool, expires DESC, address LIMIT $3
        """)
    private static let release = Statement("UPDATE radian_lease SET expires = $2, changed = $2 WHERE address = $1 AND expires > $2")

    /// All pools by name; rows that another version wrote and this one does not understand are left out.
    public func all() throws(DatabaseError) -> [AddressPool] {
        try connection.rows(Self.list) { (row) throws(DatabaseError) -> AddressPool? in
            guard let kind = AddressKind(rawValue: row.text(1)),
                let ranges = try? AddressRanges(row.text(2), kind: kind, length: row.integerOrNil(3).map { Int($0) })
            else { return nil }
            return AddressPool(
                name: row.text(0), kind: kind, ranges: ranges, leaseSeconds: row.integer(4), organizationID: row.textOrNil(5))
        }.compactMap(\.self)
    }

    /// Adds a pool.
    /// - Parameter epoch: now, seconds since 1970 UTC.
    /// - Throws: ``AddressPoolError`` when the name is taken or another pool has some of the addresses.
    func add(_ pool: AddressPool, at epoch: Int64) throws {
        for other in try all() {
            if other.name == pool.name { throw AddressPoolError.exists(pool.name) }
            if other.ranges.overlaps(pool.ranges) { throw AddressPoolError.overlaps(other.name) }
        }
        let hasLength = pool.kind == .ipv6Prefix || pool.kind == .delegatedPrefix
        try connection.execute(
            Self.insert,
            [
                .text(pool.name), .text(pool.kind.rawValue), .text(pool.ranges.description),
                .optional(hasLength ? Int64(pool.ranges.length) : nil), .integer(pool.leaseSeconds), .optional(pool.organizationID),
                .integer(epoch),
            ])
    }

    /// Removes a pool and its leases, in the caller's transaction.
    /// - Parameter force: even while leases run.
    func remove(_ name: String, force: Bool, at epoch: Int64) throws {
        let leases = try runningLeases(name, at: epoch)
        if leases > 0, !force { throw AddressPoolError.inUse(name, leases: leases) }
        try connection.execute(Self.removeLeases, [.text(name)])
        if try connection.execute(Self.remove, [.text(name)]) == 0 { throw AddressPoolError.unknown(name) }
    }

    /// How many leases of a pool run.
    public func runningLeases(_ name: String, at epoch: Int64) throws(DatabaseError) -> Int {
        try connection.first(Self.running, [.text(name), .integer(epoch)]) { (row) throws(DatabaseError) in Int(row.integer(0)) } ?? 0
    }

    /// Running leases.
    /// - Parameters:
    ///   - pool: only this one's; nil for all.
    ///   - limit: at most so many.
    public func leases(of pool: String?, at epoch: Int64, limit: Int) throws(DatabaseError) -> [LeaseEntry] {
        try connection.rows(Self.leases, [.text(pool ?? ""), .integer(epoch), .integer(Int64(limit))]) { (row) throws(DatabaseError) in
            LeaseEntry(
                pool: row.text(0), address: row.text(1), userName: row.text(2), station: row.text(3), nas: row.text(4),
                expires: row.integer(5))
        }
    }

    /// Ends a lease by its address.
    /// - Returns: how many leases ended.
    public func release(_ address: String, at epoch: Int64) throws(DatabaseError) -> Int {
        try connection.execute(Self.release, [.text(address), .integer(epoch)])
            + (try connection.tableExists("radippool") ? FreeRADIUSPool.release(address, over: connection, at: epoch) : 0)
    }
}
