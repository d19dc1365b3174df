import RADIUSDictionary
import RADIUSTransport

/// A pool with the servers that it stands for, for one kind of request.
struct LivePool: Sendable {
    let pool: HomeServerPool
    let servers: [LiveHomeServer]
    /// Standard attributes that make the key of the keyed methods.
    let keyTypes: [UInt8]
    private let choice: PoolChoice

    /// - Parameters:
    ///   - dictionary: knows the key's attributes; not needed where the method goes by no key.
    ///   - ranks: of the servers, where DNS gave them.
    init(
        _ pool: HomeServerPool, _ servers: [LiveHomeServer], _ dictionary: AttributeDictionary? = nil, ranks: [ServerRank] = []
    ) {
        self.pool = pool
        self.servers = servers
        keyTypes = pool.keyAttributes.compactMap { name in
            guard let definition = dictionary?.attribute(named: name), definition.space == .standard else { return nil }
            return UInt8(exactly: definition.number)
        }
        choice = PoolChoice(pool.method, servers: servers.map(\.configuration.name), ranks: ranks)
    }

    /// Whether a server could be chosen now.
    var isUsable: Bool {
        servers.contains { server in
            let candidate = server.candidate
            return [.alive, .zombie].contains(candidate.condition) || candidate.isDisconnected
        }
    }

    /// - Parameters:
    ///   - source: who sent the request; it gets nothing back.
    ///   - tried: servers not to choose.
    func choose(key: UInt64, source: IPAddress?, tried: Set<ObjectIdentifier>) -> LiveHomeServer? {
        let candidates = servers.map { server in
            var candidate = server.candidate
            if tried.contains(ObjectIdentifier(server)) || server.isSource(source) { candidate.isEligible = false }
            return candidate
        }
        var generator = SystemRandomNumberGenerator()
        return choice.choose(candidates, key: key, using: &generator).map { servers[$0] }
    }
}

extension LiveHomeServer {
    /// Whether a request of this address would only go back to where it came from. Programs on this machine share an address.
    fileprivate func isSource(_ source: IPAddress?) -> Bool {
        guard configuration.preventsLoops, let source, source == configuration.address else { return false }
        let isLoopback = source.version == 4 ? source.low >> 24 == 127 : source.high == 0 && source.low == 1
        return !isLoopback
    }
}
