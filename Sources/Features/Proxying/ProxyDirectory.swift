public import Database
public import Logging
import NIOConcurrencyHelpers
public import RADIUSProxy
import RADIUSTransport

/// What the configuration file says about realms, home servers and pools.
public struct ConfiguredProxies: Sendable {
    public var realms: [ProxyRecord]
    public var homeServers: [ProxyRecord]
    public var pools: [ProxyRecord]

    public init(realms: [ProxyRecord] = [], homeServers: [ProxyRecord] = [], pools: [ProxyRecord] = []) {
        self.realms = realms
        self.homeServers = homeServers
        self.pools = pools
    }
}

/// Puts the realms, home servers and pools of file and database together and hands them to the router whenever something changed.
public final class ProxyDirectory: Sendable {
    private struct Rows: Equatable {
        var realms: [ProxyRecord] = []
        var homeServers: [ProxyRecord] = []
        var pools: [ProxyRecord] = []
    }

    private struct State {
        var applied: Rows?
        /// Addresses of host names, which are looked up again from time to time.
        var addresses: [String: IPAddress] = [:]
        var resolvedAt = ContinuousClock.now
        var reported: Set<String> = []
    }

    private static let resolveInterval = Duration.seconds(60)
    private let configured: ConfiguredProxies
    private let router: ProxyRouter
    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    /// Applies nothing yet.
    public init(_ configured: ConfiguredProxies, router: ProxyRouter, logger: Logger) {
        self.configured = configured
        self.router = router
        self.logger = logger
    }

    /// Reads the rows and puts what changed into force. Host names may take the resolver's time.
    public func refresh(over connection: any DatabaseConnection) throws(DatabaseError) {
        let store = ProxyStore(connection)
        let rows = Rows(
            realms: Self.merged(configured.realms, try store.realms()),
            homeServers: Self.merged(configured.homeServers, try store.homeServers()),
            pools: Self.merged(configured.pools, try store.pools()))
        let (isDue, isNew) = state.withLockedValue { state in
            (ContinuousClock.now - state.resolvedAt >= Self.resolveInterval, state.applied != rows)
        }
        guard isNew || isDue else { return }
        var problems: [String] = []
        var configuration = ProxyConfiguration()
        configuration.realms = rows.realms.compactMap { record in
            record.realm { problems.append("realm '\(record.values["name"] ?? "")': \($0)") }
        }
        configuration.homeServers = rows.homeServers.compactMap { record in
            record.homeServer(resolve: address) { problems.append("home server '\(record.values["name"] ?? "")': \($0)") }
        }
        configuration.pools = rows.pools.compactMap { record in
            record.pool { problems.append("pool '\(record.values["name"] ?? "")': \($0)") }
        }
        problems += router.apply(configuration)
        let news = state.withLockedValue { state -> [String] in
            state.applied = rows
            state.resolvedAt = .now
            defer { state.reported = Set(problems) }
            return problems.filter { !state.reported.contains($0) }
        }
        for problem in news { logger.warning("\(problem)") }
    }

    /// Records of the file, then those rows whose names it does not have.
    private static func merged(_ file: [ProxyRecord], _ rows: [ProxyRecord]) -> [ProxyRecord] {
        let names = Set(file.compactMap { $0.values["name"]?.lowercased() })
        return file + rows.filter { !names.contains($0.values["name"]?.lowercased() ?? "") }
    }

    /// A name whose look-up fails keeps the address it had.
    private func address(_ host: String) -> IPAddress? {
        if let address = IPAddress(host) { return address }
        let found = IPAddress(resolving: host)
        return state.withLockedValue { state in
            if let found { state.addresses[host] = found }
            return state.addresses[host]
        }
    }
}
