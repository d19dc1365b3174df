import Foundation
import Logging
import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSPipeline
import RADIUSProxy
import RADIUSWire
import Testing

@testable import RADIUSTransport

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A pipeline that consists of the proxy's stages, over a router the test configures.
final class ProxyInstallation: Sendable {
    static let dictionary = Result { () throws(DictionaryError) in try AttributeDictionary.load(source("Dictionaries")) }

    typealias Links = @Sendable (HomeServer, ProxyRole, OutgoingReceiver) throws -> any OutgoingLink

    let router: ProxyRouter
    let pipeline: Pipeline
    let stores = MemoryStores()
    let client: NASClient
    private let receiver: OutgoingReceiver
    private let pool = WorkPool(threads: 4, capacity: 10_000)

    init(
        _ configuration: ProxyConfiguration, discovery: (any PeerDiscovery)? = nil,
        links: @escaping Links = { $0.makeUDPLink($1, receiver: $2) },
        _ adjust: (inout ProxySettings) -> Void = { _ in }
    ) throws {
        let dictionary = try Self.dictionary.get()
        let receiver = try OutgoingReceiver()
        self.receiver = receiver
        var settings = ProxySettings()
        settings.maximumTime = .seconds(2)
        settings.retransmissionInterval = .milliseconds(60)
        adjust(&settings)
        let logger = quiet
        router = ProxyRouter(
            dictionary: dictionary, settings: settings, links: { try links($0, $1, receiver) }, discovery: discovery,
            logger: logger)
        let problems = router.apply(configuration)
        #expect(problems.isEmpty)
        pipeline = Pipeline(
            authentication: [.each(ProxyAuthentication(router, by: .realm, pool: pool)), .each(Local())],
            accounting: [
                .each(RouteAccounting(router)), .batch(RecordAccounting()), .batch(QueueAccounting(router)),
                .each(ProxyAccounting(router, pool: pool)),
            ], dictionary: dictionary, stores: stores, log: NoLog(), pool: pool, trace: NoTrace(), settings: PipelineSettings(),
            logger: logger, dynamicAuthorization: [.each(ProxyDynamicAuthorization(router, pool: pool))])
        client = NASClient(
            name: "nas", prefix: try #require(IPPrefix("192.0.2.1")), secret: SharedSecret(Array("nas-secret".utf8)))
    }

    deinit {
        router.stop()
        receiver.stop()
        pool.stop()
    }

    /// One pool `home` of the servers, and a realm `home.org` that goes there.
    convenience init(
        _ servers: [ScriptedHomeServer], method: PoolMethod = .failOver, realm adjustRealm: (inout Realm) -> Void = { _ in },
        server adjustServer: (inout HomeServer) -> Void = { _ in }, _ adjust: (inout ProxySettings) -> Void = { _ in }
    ) throws {
        var realm = try #require(Realm(name: "home.org"))
        realm.authenticationPool = "home"
        adjustRealm(&realm)
        let configurations = servers.map { server in
            var configuration = server.configuration
            adjustServer(&configuration)
            return configuration
        }
        try self.init(
            ProxyConfiguration(
                realms: [realm], homeServers: configurations,
                pools: [HomeServerPool(name: "home", method: method, servers: servers.map(\.name))]), adjust)
    }

    func attribute(_ text: String) throws -> Attribute {
        let parts = text.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        return try Attribute.parse(parts[1], for: #require(try Self.dictionary.get().attribute(named: parts[0])))
    }

    /// Sends a request as the NAS would and waits for what becomes of it.
    func decide(_ attributes: [String], code: PacketCode = .accessRequest, from port: UInt16 = 40_000) throws -> Decision {
        try pipeline.decide(
            attributes.map(attribute), code: code, client: client, source: SocketEndpoint(address: client.prefix.address, port: port),
            epoch: 1_782_043_200, stores: stores.makeStores())
    }

    func logIn(_ name: String = "bob@home.org", _ more: String...) throws -> Decision {
        try decide(["User-Name = \(name)", "User-Password = hello"] + more)
    }

    func status(_ name: String) throws -> HomeServerStatus { try #require(router.statuses.first { $0.name == name }) }
}

/// Accepts what reaches it: the name was decided here.
private struct Local: Stage {
    let name = "Local"

    func run(_ context: inout RequestContext) -> StageResult {
        context.isAuthenticated = true
        context.append(.text("local \(context.userName)"), context.dictionary.attribute(named: "Reply-Message"))
        return .next
    }
}

private struct NoLog: AuthenticationLog {
    func append(_ entry: AuthenticationLogEntry) {}
}

private struct NoTrace: TraceSink {
    let isArmed = false
    func record(_ decision: DecisionRecord) {}
}

/// Accounting and the relay queue in memory.
final class MemoryStores: StoreFactory, Sendable {
    let records = NIOLockedValueBox<[AccountingRecord]>([])
    let queued = NIOLockedValueBox<[RelayEntry]>([])
    let isAway = NIOLockedValueBox(false)

    func makeStores() -> WorkerStores {
        let store = Store(self)
        return WorkerStores(policy: store, credentials: store, accounting: store, relay: store)
    }

    private final class Store: PolicyStore, CredentialStore, AccountingStore, RelayStore {
        let all: MemoryStores

        init(_ all: MemoryStores) { self.all = all }

        func load(_ queries: [PolicyQuery]) -> [UserPolicy] { queries.map { _ in UserPolicy() } }
        func change(_ rows: [ChangedRow]) {}

        func record(_ records: [AccountingRecord]) -> [AccountingResult] {
            all.records.withLockedValue { $0 += records }
            return records.map { _ in .stored }
        }

        func enqueue(_ entries: [RelayEntry]) throws(StoreError) {
            if all.isAway.withLockedValue({ $0 }) { throw .unavailable("away") }
            all.queued.withLockedValue { $0 += entries }
        }
    }
}

extension Decision {
    func text(_ name: String) -> String? {
        guard let value = attributes.first(where: { $0.definition.name == name })?.value, case .bytes(let octets) = value else {
            return nil
        }
        return String(decoding: octets, as: UTF8.self)
    }

    var isSilent: Bool {
        if case .silence = disposition { true } else { false }
    }
}
