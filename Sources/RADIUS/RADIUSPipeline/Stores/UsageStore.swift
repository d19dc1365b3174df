/// Asks for a user's usage to be kept and told.
public struct UsageQuery: Sendable, Hashable {
    /// The name as the accounting tables spell it.
    public var userName: String
    /// Organization whose sessions count beside those without one; nil counts all.
    public var organizationID: String?
    /// How far back the user's limits look.
    public var depth: UsageDepth
    /// What the login found out.
    public var grant: UsageGrant

    public init(userName: String, organizationID: String? = nil, depth: UsageDepth, grant: UsageGrant = UsageGrant()) {
        self.userName = userName
        self.organizationID = organizationID
        self.depth = depth
        self.grant = grant
    }
}

/// Keeps the usage of users that have limits. Confined to one packet thread.
public protocol UsageStore: AnyObject {
    /// Has usage kept from now on, starting from what the accounting tables hold, and returns it. One transaction for all.
    /// - Parameters:
    ///   - epoch: the moment up to which it is asked, seconds since 1970 UTC.
    ///   - isRehearsal: compute it, keep nothing.
    /// - Returns: one history per query, in the same order.
    func begin(_ queries: [UsageQuery], at epoch: Int64, isRehearsal: Bool) throws(StoreError) -> [UsageHistory]
}
