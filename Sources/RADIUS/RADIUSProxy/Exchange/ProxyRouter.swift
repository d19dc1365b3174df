public import Logging
import NIOConcurrencyHelpers
public import RADIUSDictionary
public import RADIUSTransport
import RADIUSWire

/// Makes the link to a home server. Over TCP, TLS and DTLS one link serves both kinds of request.
public typealias LinkFactory = @Sendable (_ server: HomeServer, _ role: ProxyRole) throws -> any OutgoingLink

/// Knows the realms, the pools and the home servers with what is believed about them. One for the whole process.
public final class ProxyRouter: Sendable {
    struct Key: Hashable, Sendable {
        let name: String
        let role: ProxyRole
    }

    /// Filters of a realm, read with the dictionary.
    struct Filters: Sendable {
        var request = AttributeFilter()
        var reply = AttributeFilter()
    }

    /// What is in force; swapped whole.
    final class Snapshot: Sendable {
        let realms: RealmTable
        let filters: [String: Filters]
        let servers: [Key: LiveHomeServer]
        let pools: [Key: LivePool]

        init(
            realms: RealmTable = RealmTable([]), filters: [String: Filters] = [:], servers: [Key: LiveHomeServer] = [:],
            pools: [Key: LivePool] = [:]
        ) {
            self.realms = realms
            self.filters = filters
            self.servers = servers
            self.pools = pools
        }
    }

    public let settings: ProxySettings
    public let dictionary: AttributeDictionary
    let timer: ProxyTimer
    let pins: StatePins
    let proxyStates = OwnProxyStates()
    let discovered: DiscoveredServers?
    let retired = RetiredCounts()
    let returns: (any NASReturns)?
    let logger: Logger
    private let links: LinkFactory
    private let current = NIOLockedValueBox(Snapshot())
    /// One change at a time.
    private let changes = NIOLock()

    /// - Parameters:
    ///   - links: called when a home server is new or changed.
    ///   - discovery: finds the servers of realms that say so; nil: they have none.
    ///   - returns: the NAS devices by their Operator-NAS-Identifiers; nil: they have none.
    public init(
        dictionary: AttributeDictionary, settings: ProxySettings, links: @escaping LinkFactory, discovery: (any PeerDiscovery)? = nil,
        returns: (any NASReturns)? = nil, logger: Logger
    ) {
        self.dictionary = dictionary
        self.settings = settings
        self.links = links
        self.returns = returns
        self.logger = logger
        let timer = ProxyTimer()
        self.timer = timer
        pins = StatePins(capacity: settings.pinnedConversations, lifetime: settings.pinLifetime)
        discovered = discovery.map { [retired] in
            DiscoveredServers($0, links: links, timer: timer, dictionary: dictionary, retired: retired, logger: logger)
        }
    }

    var snapshot: Snapshot { current.withLockedValue { $0 } }

    /// Puts a configuration into force. Home servers that have not changed keep their links and what is believed about them; requests under
    /// way at others are finished there.
    /// - Returns: what is wrong with it, one sentence each; the parts at fault are left out.
    public func apply(_ configuration: ProxyConfiguration) -> [String] {
        changes.withLock {
            let before = snapshot
            var builder = SnapshotBuilder(configuration, dictionary: dictionary)
            builder.build { [links, timer, dictionary, retired, logger] server, role, shared in
                if let known = before.servers[Key(name: server.name, role: role)], known.configuration == server { return known }
                let link = try shared ?? links(server, role)
                return LiveHomeServer(
                    server, role: role, link: link, timer: timer, dictionary: dictionary, retired: retired, logger: logger)
            }
            let next = builder.snapshot
            current.withLockedValue { $0 = next }
            for (key, server) in before.servers where next.servers[key] !== server { server.retire() }
            return builder.problems
        }
    }

    /// Every home server in use, by name.
    public var statuses: [HomeServerStatus] {
        live.map(\.status).sorted {
            ($0.name, $0.role.rawValue) < ($1.name, $1.role.rawValue)
        }
    }

    var live: [LiveHomeServer] { Array(snapshot.servers.values) + (discovered?.servers ?? []) }

    /// Switches a home server off or on again, until the program ends.
    /// - Returns: false when there is none of this name.
    public func setDown(_ name: String, _ down: Bool) -> Bool {
        let servers = snapshot.servers.values.filter { $0.configuration.name == name }
        for server in servers { server.setDown(down) }
        return !servers.isEmpty
    }

    /// Ends timers and checks. Requests under way are not answered any more.
    public func stop() {
        timer.stop()
        for server in snapshot.servers.values { server.retire() }
    }

    /// The pool of a name that serves a kind of request.
    func pool(_ name: String, _ role: ProxyRole) -> LivePool? { snapshot.pools[Key(name: name, role: role)] }

    /// Whether some server of a pool may be asked now.
    public func isUsable(pool name: String, _ role: ProxyRole) -> Bool { pool(name, role)?.isUsable ?? false }
}
