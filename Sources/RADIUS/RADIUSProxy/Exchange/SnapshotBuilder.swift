import RADIUSDictionary
import RADIUSTransport

/// Checks a configuration and turns it into what the router works with.
struct SnapshotBuilder {
    /// Makes or finds the server for a role; `shared` is the link that another role of the same server has.
    typealias ServerSource = (_ server: HomeServer, _ role: ProxyRole, _ shared: (any OutgoingLink)?) throws -> LiveHomeServer

    private let configuration: ProxyConfiguration
    private let dictionary: AttributeDictionary
    private var realms: [Realm] = []
    private var filters: [String: ProxyRouter.Filters] = [:]
    private var servers: [ProxyRouter.Key: LiveHomeServer] = [:]
    private var pools: [ProxyRouter.Key: LivePool] = [:]
    private(set) var problems: [String] = []

    init(_ configuration: ProxyConfiguration, dictionary: AttributeDictionary) {
        self.configuration = configuration
        self.dictionary = dictionary
    }

    /// What was built.
    var snapshot: ProxyRouter.Snapshot {
        ProxyRouter.Snapshot(realms: RealmTable(realms), filters: filters, servers: servers, pools: pools)
    }

    mutating func build(_ source: ServerSource) {
        buildServers(source)
        buildPools()
        buildRealms()
    }

    private mutating func buildServers(_ source: ServerSource) {
        var names: Set<String> = []
        for server in configuration.homeServers {
            guard names.insert(server.name).inserted else {
                problems.append("home server '\(server.name)' is there twice")
                continue
            }
            var shared: (any OutgoingLink)?
            for role in server.type.roles {
                do {
                    let live = try source(server, role, shared)
                    servers[ProxyRouter.Key(name: server.name, role: role)] = live
                    if server.transport != .udp { shared = live.link }
                } catch {
                    problems.append("home server '\(server.name)': \(error)")
                }
            }
        }
    }

    private mutating func buildPools() {
        let known = Set(configuration.homeServers.map(\.name))
        for pool in configuration.pools {
            for name in pool.servers where !known.contains(name) {
                problems.append("pool '\(pool.name)': there is no home server '\(name)'")
            }
            for name in pool.keyAttributes where dictionary.attribute(named: name)?.space != .standard {
                problems.append("pool '\(pool.name)': '\(name)' is no standard attribute, which a key has to be made of")
            }
            for role in ProxyRole.allCases {
                let key = ProxyRouter.Key(name: pool.name, role: role)
                guard pools[key] == nil else {
                    problems.append("pool '\(pool.name)' is there twice")
                    break
                }
                let servers = pool.servers.compactMap { self.servers[ProxyRouter.Key(name: $0, role: role)] }
                if !servers.isEmpty { pools[key] = LivePool(pool, servers, dictionary) }
            }
        }
    }

    private mutating func buildRealms() {
        var names: Set<String> = []
        for realm in configuration.realms {
            guard names.insert(realm.name.lowercased()).inserted else {
                problems.append("realm '\(realm.name)' is there twice")
                continue
            }
            for role in ProxyRole.allCases {
                guard let pool = realm.pool(role), pools[ProxyRouter.Key(name: pool, role: role)] == nil else { continue }
                problems.append("realm '\(realm.name)': there is no pool '\(pool)' with home servers of type \(role.rawValue)")
            }
            do throws(AttributeFilterError) {
                filters[realm.name] = ProxyRouter.Filters(
                    request: try AttributeFilter(realm.requestFilter, dictionary: dictionary),
                    reply: try AttributeFilter(realm.replyFilter, dictionary: dictionary))
            } catch {
                // Without its filters more would pass than the operator wants.
                problems.append("realm '\(realm.name)' is not served: filter \(error)")
                continue
            }
            realms.append(realm)
        }
    }
}
