/// What operators set about passing requests on, beside realms, servers and pools.
public struct ProxySettings: Sendable {
    /// How names hold realms, in order.
    public var formats: [RealmFormat] = ["user@realm", "realm\\user"].compactMap { RealmFormat($0) }
    /// A request that no home server answered by then is given up.
    public var maximumTime = Duration.seconds(25)
    /// From a request to its first retransmission over UDP; doubled each time (RFC 5080 §2.2.1).
    public var retransmissionInterval = Duration.seconds(3)
    /// A request with more Proxy-States has gone round in circles.
    public var maximumHops = 20
    /// Challenges whose home server is remembered, and for how long.
    public var pinnedConversations = 65_536
    public var pinLifetime = Duration.seconds(120)
    /// Pools that get a copy of every accounting record, whatever its realm; needs the relay queue.
    public var accountingCopies: [String] = []

    public init() {}
}

/// Everything that can be changed at run time.
public struct ProxyConfiguration: Sendable {
    /// In order, which counts for regular expressions.
    public var realms: [Realm]
    public var homeServers: [HomeServer]
    public var pools: [HomeServerPool]

    public init(realms: [Realm] = [], homeServers: [HomeServer] = [], pools: [HomeServerPool] = []) {
        self.realms = realms
        self.homeServers = homeServers
        self.pools = pools
    }
}
