import Logging
import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire

/// Home servers that DNS named, by realm, for as long as DNS said (RFC 7585). Bounded.
final class DiscoveredServers: Sendable {
    typealias Instant = ContinuousClock.Instant
    typealias Waiter = @Sendable (LivePool?) -> Void

    private enum Entry {
        case asking([Waiter])
        case known(LivePool?, until: Instant)
    }

    private struct State {
        var entries: [String: Entry] = [:]
    }

    /// After an answer that names no server, or servers that do not work, DNS is left alone for so long (RFC 7585 §3.4.5).
    private static let backOff = Duration.seconds(600)
    private static let shortestLifetime = Duration.seconds(60)
    private static let longestLifetime = Duration.seconds(86_400)
    private static let capacity = 1024
    private static let waitersPerRealm = 256

    private let discovery: any PeerDiscovery
    private let links: LinkFactory
    private let timer: ProxyTimer
    private let dictionary: AttributeDictionary
    private let retired: RetiredCounts
    private let logger: Logger
    /// DNS blocks; few threads bound what a flood of invented realms costs.
    private let resolvers = WorkPool(threads: 2, capacity: 1024, name: "discovery")
    private let state = NIOLockedValueBox(State())

    init(
        _ discovery: any PeerDiscovery, links: @escaping LinkFactory, timer: ProxyTimer, dictionary: AttributeDictionary,
        retired: RetiredCounts, logger: Logger
    ) {
        self.retired = retired
        self.discovery = discovery
        self.links = links
        self.timer = timer
        self.dictionary = dictionary
        self.logger = logger
    }

    /// Servers in use.
    var servers: [LiveHomeServer] {
        state.withLockedValue { state in
            state.entries.values.flatMap { entry -> [LiveHomeServer] in
                guard case .known(let pool?, _) = entry else { return [] }
                return pool.servers
            }
        }
    }

    /// Hands over the realm's servers, at once where they are known; nil when it has none.
    /// - Parameter realm: as received.
    func find(_ realm: String, now: Instant = .now, _ waiter: @escaping Waiter) {
        let realm = realm.lowercased()
        enum Step { case answer(LivePool?), ask, wait }
        let step = state.withLockedValue { state -> Step in
            switch state.entries[realm] {
            case .known(let pool, let until) where until > now: return .answer(pool)
            case .asking(var waiters):
                guard waiters.count < Self.waitersPerRealm else { return .answer(nil) }
                waiters.append(waiter)
                state.entries[realm] = .asking(waiters)
                return .wait
            case let former:
                // Past its time: DNS is asked anew.
                if case .known(let pool?, _) = former { for server in pool.servers { server.retire() } }
                if state.entries.count >= Self.capacity { Self.sweep(&state, now) }
                guard state.entries.count < Self.capacity else { return .answer(nil) }
                state.entries[realm] = .asking([waiter])
                return .ask
            }
        }
        switch step {
        case .answer(let pool): waiter(pool)
        case .wait: break
        case .ask:
            resolvers.submit {
                self.ask(realm)
            } onShed: {
                self.settle(realm, nil, until: .now)
            }
        }
    }

    private static func sweep(_ state: inout State, _ now: Instant) {
        state.entries = state.entries.filter { _, entry in
            guard case .known(let pool, let until) = entry, until <= now else { return true }
            for server in pool?.servers ?? [] { server.retire() }
            return false
        }
    }

    private func ask(_ realm: String) {
        let result = discovery.discover(realm)
        let found = result.peers.compactMap { peer in live(peer, realm: realm).map { (server: $0, rank: peer.rank) } }
        let servers = found.map(\.server)
        guard !servers.isEmpty else {
            logger.notice("no home server found for a realm", metadata: ["realm": "\(realm)"])
            return settle(realm, nil, until: .now + max(Self.backOff, result.lifetime))
        }
        logger.info("home servers found", metadata: ["realm": "\(realm)", "servers": "\(servers.map(\.link.name))"])
        let pool = HomeServerPool(name: realm, method: .failOver, servers: servers.map(\.configuration.name))
        let lifetime = min(max(result.lifetime, Self.shortestLifetime), Self.longestLifetime)
        settle(realm, LivePool(pool, servers, ranks: found.map(\.rank)), until: .now + lifetime)
    }

    private func live(_ peer: DiscoveredPeer, realm: String) -> LiveHomeServer? {
        // RFC 6614 §2.3: the secret of RADIUS over TLS is known to all; the certificate is what counts.
        var server = HomeServer(
            name: "\(realm) \(peer.host):\(peer.port)", host: peer.host, address: peer.address, port: peer.port,
            secret: SharedSecret(Array("radsec".utf8)))
        server.transport = .tls
        server.certificateRealm = realm
        server.statusCheck = .statusServer
        do {
            let link = try links(server, .authentication)
            return LiveHomeServer(
                server, role: .authentication, link: link, timer: timer, dictionary: dictionary, retired: retired, logger: logger)
        } catch {
            logger.warning("no link to a home server that DNS names: \(error)", metadata: ["realm": "\(realm)", "host": "\(peer.host)"])
            return nil
        }
    }

    private func settle(_ realm: String, _ pool: LivePool?, until: Instant) {
        let waiters = state.withLockedValue { state -> [Waiter] in
            defer { state.entries[realm] = .known(pool, until: until) }
            if case .asking(let waiters) = state.entries[realm] { return waiters }
            return []
        }
        for waiter in waiters { waiter(pool) }
    }
}
