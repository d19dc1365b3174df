public import RADIUSTransport

/// A server that DNS names for a realm.
public struct DiscoveredPeer: Sendable, Hashable {
    /// Host name, which the certificate must match unless it names the realm.
    public var host: String
    public var address: IPAddress
    public var port: UInt16
    /// Place of the NAPTR record that led here among those that count: all of the first go before those of the next.
    public var pointer: UInt16
    /// Of the SRV record: lower goes first.
    public var priority: UInt16
    /// Of the SRV record.
    public var weight: UInt16

    public init(host: String, address: IPAddress, port: UInt16, pointer: UInt16 = 0, priority: UInt16 = 0, weight: UInt16 = 0) {
        self.host = host
        self.address = address
        self.port = port
        self.pointer = pointer
        self.priority = priority
        self.weight = weight
    }

    var rank: ServerRank {
        ServerRank(priority: UInt32(pointer) << 16 | UInt32(priority), weight: weight, target: "\(host.lowercased()):\(port)")
    }
}

/// What DNS says about a realm.
public struct DiscoveryResult: Sendable, Equatable {
    /// By priority; empty when the realm has no server.
    public var peers: [DiscoveredPeer]
    /// How long this holds (RFC 7585 §3.4.3).
    public var lifetime: Duration

    public init(peers: [DiscoveredPeer], lifetime: Duration) {
        self.peers = peers
        self.lifetime = lifetime
    }
}

/// Finds the servers of a realm (RFC 7585).
public protocol PeerDiscovery: Sendable {
    /// Asks DNS. Blocks until it has answered or given up.
    /// - Parameter realm: in lower case.
    func discover(_ realm: String) -> DiscoveryResult
}
