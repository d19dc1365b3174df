/// How a pool spreads requests over its servers. FreeRADIUS's names.
public enum PoolMethod: String, Sendable, CaseIterable {
    /// The first in order that lives.
    case failOver = "fail-over"
    /// The one with the fewest requests under way; any of them at a tie.
    case loadBalance = "load-balance"
    /// By the NAS's address.
    case clientBalance = "client-balance"
    /// By the NAS's address and port.
    case clientPortBalance = "client-port-balance"
    /// By attributes of the request, which keeps a station at its server.
    case keyedBalance = "keyed-balance"
    /// The same, moving few stations where servers come, go or die.
    case consistentKeyedBalance = "consistent-keyed-balance"
}

/// Home servers that stand in for each other.
public struct HomeServerPool: Sendable, Equatable {
    public var name: String
    public var method: PoolMethod
    /// In order of preference.
    public var servers: [String]
    /// Attributes whose values make the key of the keyed methods.
    public var keyAttributes = ["Calling-Station-Id", "Called-Station-Id", "User-Name"]

    public init(name: String, method: PoolMethod = .failOver, servers: [String]) {
        self.name = name
        self.method = method
        self.servers = servers
    }
}
