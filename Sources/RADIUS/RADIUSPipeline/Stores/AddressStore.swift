/// What a pool hands out, by the reply attribute that carries it.
public enum AddressKind: String, Sendable, Hashable, CaseIterable, Codable {
    /// Framed-IP-Address.
    case ipv4
    /// Framed-IPv6-Address (RFC 6911 §3.1).
    case ipv6
    /// Framed-IPv6-Prefix (RFC 3162 §2.3).
    case ipv6Prefix = "ipv6-prefix"
    /// Delegated-IPv6-Prefix (RFC 4818).
    case delegatedPrefix = "delegated-prefix"
}

/// Who has an address.
public struct LeaseHolder: Sendable, Hashable {
    /// NAS-IP-Address, else NAS-IPv6-Address, else the packet's source address.
    public var nasAddress: String
    /// What tells the NAS's sessions apart, by the settings' template; empty when the packet has nothing of it.
    public var key: String
    public var userName: String
    /// Calling-Station-Id; empty when the NAS sent none.
    public var stationID: String

    public init(nasAddress: String, key: String, userName: String, stationID: String) {
        self.nasAddress = nasAddress
        self.key = key
        self.userName = userName
        self.stationID = stationID
    }
}

/// Asks for an address from each of some pools.
public struct LeaseQuery: Sendable, Hashable {
    /// In the order of the rows that name them.
    public var pools: [String]
    /// What the reply has already, so that no pool is asked for it.
    public var present: Set<AddressKind>
    public var holder: LeaseHolder
    public var organizationID: String?

    public init(pools: [String], present: Set<AddressKind> = [], holder: LeaseHolder, organizationID: String? = nil) {
        self.pools = pools
        self.present = present
        self.holder = holder
        self.organizationID = organizationID
    }
}

/// An address that is the holder's for a while.
public struct AddressLease: Sendable, Hashable {
    public var pool: String
    public var kind: AddressKind
    /// An address, or a prefix such as `2001:db8::/56`.
    public var address: String
    /// How long, unless accounting extends it.
    public var seconds: Int64

    public init(pool: String, kind: AddressKind, address: String, seconds: Int64) {
        self.pool = pool
        self.kind = kind
        self.address = address
        self.seconds = seconds
    }
}

/// What a query came to.
public enum LeaseAnswer: Sendable, Hashable {
    /// One lease per pool that exists and was needed.
    case leased([AddressLease])
    /// This pool has nothing free; nothing was leased.
    case exhausted(pool: String)
}

/// What accounting says about leases.
public struct LeaseUpdate: Sendable, Hashable {
    public enum Event: Sendable, Hashable {
        /// Start and Interim-Update.
        case extend
        /// Stop.
        case release
        /// Accounting-On and -Off: every lease of the NAS.
        case releaseAll
    }

    public var event: Event
    public var holder: LeaseHolder
    /// Framed-IP-Address of the packet; nil when it has none.
    public var ipv4: String?
    /// When it happened by this server's clock, seconds since 1970 UTC; what is older than the lease's last change does not count.
    public var epoch: Int64

    public init(event: Event, holder: LeaseHolder, ipv4: String? = nil, epoch: Int64) {
        self.event = event
        self.holder = holder
        self.ipv4 = ipv4
        self.epoch = epoch
    }
}

/// Leases addresses. Confined to one packet thread.
public protocol AddressStore: AnyObject {
    /// Whether there is any pool; without one nobody need ask.
    var hasPools: Bool { get }

    /// Leases addresses in one transaction, none of them to two holders.
    /// - Returns: one answer per query, in the same order.
    func lease(_ queries: [LeaseQuery], at epoch: Int64) throws(StoreError) -> [LeaseAnswer]

    /// Extends and ends leases in one transaction.
    func update(_ updates: [LeaseUpdate], at epoch: Int64) throws(StoreError)
}
