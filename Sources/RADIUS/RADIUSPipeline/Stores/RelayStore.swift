/// One Accounting-Request that has to reach a home server, however long that takes.
public struct RelayEntry: Sendable, Hashable {
    /// Name of the pool that it goes to.
    public var destination: String
    /// Packets with one key reach a destination in the order in which they came.
    public var session: String
    /// Encoded attributes without Message-Authenticator; hidden values are hidden with an empty secret.
    public var attributes: [UInt8]
    /// Receipt, seconds since 1970 UTC; makes Acct-Delay-Time when it leaves.
    public var receivedEpoch: Int64

    public init(destination: String, session: String, attributes: [UInt8], receivedEpoch: Int64) {
        self.destination = destination
        self.session = session
        self.attributes = attributes
        self.receivedEpoch = receivedEpoch
    }
}

/// The durable queue of accounting to home servers. Confined to one packet thread.
public protocol RelayStore: AnyObject {
    /// All or none of them; durable on return.
    func enqueue(_ entries: [RelayEntry]) throws(StoreError)
}
