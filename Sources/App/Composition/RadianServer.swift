import Accounts
import BackEnds
import Database
import Foundation
import Logging
import Messaging
import NASClients
import Proxying
import RADIUSDictionary
import RADIUSPipeline
import RADIUSProxy
import RADIUSTransport
import ServerKernel
import ServiceLifecycle
import SessionActions
import Sessions
import UnixSignals
import WebRouting
import WebServer

/// The whole server: checks the modules, waits for the database, brings the schema up to date, then opens its sockets.
public struct RadianServer: Sendable {
    private let configuration: RadianConfiguration
    private let logger: Logger
    private let engine: any DatabaseEngine
    private let dictionary: AttributeDictionary

    /// Reads the dictionary; opens nothing else. The log goes to standard error.
    /// - Throws: ``RADIUSDictionary/DictionaryError``, or an error about the database's URL.
    public init(_ configuration: RadianConfiguration) throws {
        self.configuration = configuration
        var logger = Logger(label: "radian") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = configuration.logLevel
        self.logger = logger
        engine = try configuration.makeEngine()
        dictionary = try configuration.loadDictionary()
    }

    /// Serves until SIGTERM or SIGINT; requests under way are finished.
    /// - Throws: when a module contradicts another, the database is newer than the program, or a port cannot be had.
    public func run() async throws {
        let kernel = Kernel(
            engine: engine, connections: configuration.databasePoolSize, refreshInterval: configuration.refreshInterval, logger: logger)
        let receiver = try OutgoingReceiver()
        defer { receiver.stop() }
        let linkHandshakes = WorkPool(threads: configuration.links.handshakeThreads, capacity: configuration.workerQueue, name: "link-tls")
        let linkCounters = LinkCounters()
        let ways = OutgoingWays(
            receiver: receiver, registry: LinkRegistry(),
            connections: ConnectionEnvironment(
                handshakes: linkHandshakes, dictionary: dictionary, counters: linkCounters, logger: logger),
            homeServers: HomeServerContexts(configuration: configuration.links, logger: logger))
        let counters = RADIUSCounters()
        let modules = try AllModules(kernel, configuration, dictionary: dictionary, ways: ways, counters: counters)
        let pool = WorkPool(threads: configuration.workerThreads, capacity: configuration.workerQueue)
        let authentication = RADIUSPipelineOrder.authentication(modules, pool: pool)
        let accounting = RADIUSPipelineOrder.accounting(modules, pool: pool)
        let dynamicAuthorization = RADIUSPipelineOrder.dynamicAuthorization(modules, pool: pool)
        let trace = TraceHub()
        let operations = OperationsModule(
            counters: counters, registry: modules.nasClients.registry, log: modules.sessions.postAuthenticationLog, pool: pool,
            kernel: kernel)
        let decider = PipelineDecider(capacity: configuration.workerQueue, nasType: configuration.api.nasType)
        defer { decider.stop() }
        let freeRADIUS = modules.freeRADIUS(kernel, configuration, decider: decider)
        let rehearsal = PipelineRehearsal(dictionary)
        defer { rehearsal.stop() }
        let insight = modules.insight(kernel, feed: trace, rehearsal: rehearsal, counters: counters)
        let set = try ModuleSet(
            modules.all + [operations, freeRADIUS, insight], pipelineOrder: (authentication + accounting + dynamicAuthorization).map(\.name)
        )

        logger.info("radian starts", metadata: ["database": "\(engine.displayName)"])
        guard try await databaseReady(kernel) else { return }
        try await kernel.withConnection { [modules, permissions = set.permissions] connection in
            try connection.transaction { () throws(DatabaseError) in try RoleStore(connection).register(permissions) }
            try modules.refresh(over: connection)
        }

        let secrets = try await kernel.withConnection { connection in
            (
                eap: try ServerSecrets.key("eap", over: connection),
                identity: try ServerSecrets.key("chargeable-user-identity", over: connection),
                nas: try ServerSecrets.key("operator-nas-identifier", over: connection)
            )
        }
        modules.operatorNASIdentifiers.use(key: secrets.nas)
        let eap = EAPServer(configuration.eap, key: secrets.eap, logger: logger)
        let handshakes = WorkPool(
            threads: configuration.eap.threads == 0 ? ProcessInfo.processInfo.activeProcessorCount : configuration.eap.threads,
            capacity: configuration.workerQueue, name: "eap")
        var settings = PipelineSettings(configuration, modules)
        settings.eap = { eap.settings(for: $0, realm: $1) }
        settings.chargeableUserIdentityKey = secrets.identity
        if configuration.eap.ocsp != .no {
            settings.revocationCheck = OCSPClient(pool: handshakes) { eap.authorities }
            settings.requiresRevocationStatus = configuration.eap.ocsp == .hard
        }
        let pipeline = Pipeline(
            authentication: authentication, accounting: accounting, dictionary: dictionary,
            stores: PacketStores(engine: engine, modules: modules), log: modules.sessions.postAuthenticationLog, pool: pool, trace: trace,
            settings: settings, logger: logger, dynamicAuthorization: dynamicAuthorization, handshakes: handshakes,
            standInStores: PacketStores(engine: engine, modules: modules, areAbsent: true))
        decider.start(pipeline, threads: configuration.api.deciderThreads)
        rehearsal.start(pipeline, stores: PacketStores(engine: engine, modules: modules))
        operations.metrics.add { [pipeline, modules] writer in
            MetricsText.decisions(pipeline.counters.current, &writer)
            MetricsText.conversations(pipeline.environment.eapConversations, &writer)
            MetricsText.links(linkCounters, &writer)
            PeerMetrics.backEnds(modules.backEnds.backEnds.statistics, &writer)
            PeerMetrics.homeServers(modules.proxying.router.statuses, &writer)
        }
        operations.metrics.add { [counters = modules.messaging.counters] writer in MessageMetrics.write(counters, &writer) }
        var services: [any Service] = modules.all.flatMap(\.services)
        let links =
            try configuration.links.listens
            ? LinkService(
                configuration.links, general: linkConfiguration(modules), addresses: configuration.radiusAddresses, handler: pipeline
            ) { workers in
                LinkEnvironment(
                    directory: modules.nasClients.registry, workers: workers, handshakes: linkHandshakes, counters: counters,
                    linkCounters: linkCounters, registry: ways.registry, dictionary: dictionary, logger: logger)
            } : nil
        let abandoned = Job("eap.abandoned", every: .seconds(1)) { pipeline.endAbandonedConversations(now: Date().timeIntervalSince1970) }
        let http = try httpServer(set, modules.accounts)
        let jobs =
            set.jobs + [eap.job, ways.homeServers.job, abandoned] + (links.map { [$0.listeners.job] } ?? [])
            + (http.map { [$0.certificateJob] } ?? [])
        services.append(JobRunner(jobs, logger: logger))
        services.append(ReloadOnSignal(jobs: jobs, logger: logger, onReload: { counters.reloaded() }))
        services.append(
            RADIUSService(
                listeners: try listeners(modules, pipeline: pipeline, counters: counters), links: links,
                pools: [handshakes, linkHandshakes, pool], logger: logger))
        if let http { services.append(http) }
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: configuration.controlSocketPath).deletingLastPathComponent(), withIntermediateDirectories: true)
        var commands = operations.controlCommands.merging(modules.proxying.controlCommands) { first, _ in first }
        commands.merge(modules.sessionActions.controlCommands) { first, _ in first }
        commands["trace"] = { trace.follow(TraceFilter($0)) }
        services.append(ControlServer(path: configuration.controlSocketPath, commands: commands, logger: logger))
        // Without names of ours the group describes each service with all that it holds, which takes a fifth of the start.
        let named = services.map {
            ServiceGroupConfiguration.ServiceConfiguration(service: $0, serviceName: String(describing: type(of: $0)))
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: named, gracefulShutdownSignals: [.sigterm, .sigint], logger: httpLogger))
        // Behind all services: what they finish while they end is recorded.
        defer { kernel.stop() }
        try await group.run()
        logger.info("radian has stopped")
    }

    /// Nil where HTTP is off.
    private func httpServer(_ set: ModuleSet, _ accounts: AccountsModule) throws -> HTTPServer? {
        guard configuration.http.port != 0 else { return nil }
        let described = DocumentationRoutes.routes(describing: set.routes, assetFolder: configuration.http.documentationAssets)
        var settings = configuration.http.service
        settings.passwordPaths = accounts.passwordPaths
        let service = WebService(
            routes: set.routes + described, sockets: set.sockets, authenticator: accounts.authenticator, settings: settings,
            logger: logger, explanation: DatabaseProblem.explain)
        return try HTTPServer(service, settings: configuration.http.server, logger: httpLogger)
    }

    /// Hummingbird and the lifecycle tell every step; operators want the outcome.
    private var httpLogger: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }

    /// Waits until the database answers and its schema is this program's. An absent database is waited for, so that the order in which
    /// machines start does not matter; a newer one is an error.
    /// - Returns: false when a signal asks the program to stop before the database came.
    private func databaseReady(_ kernel: Kernel) async throws -> Bool {
        // Trapped before the first word about waiting, which an operator may answer with a signal.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in signals { return false }
                return false
            }
            group.addTask { try await migrateWhenReachable(kernel) }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    private func migrateWhenReachable(_ kernel: Kernel) async throws -> Bool {
        var isWaiting = false
        while true {
            do {
                let applied = try await kernel.withConnection { connection in try Schema.migrate(connection) }
                if isWaiting { logger.info("the database answers") }
                for migration in applied {
                    logger.info("migrated", metadata: ["migration": "\(migration.feature) \(migration.number): \(migration.name)"])
                }
                return true
            } catch {
                guard Self.isAway(error) else { throw error }
                if !isWaiting { logger.warning("waiting for the database: \(error)") }
                isWaiting = true
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    private static func isAway(_ error: any Error) -> Bool {
        switch error {
        case let error as DatabaseError: error.kind == .connection
        case MigrationError.database(let error), MigrationError.failed(_, _, _, let error): error.kind == .connection
        default: false
        }
    }

    /// What links have in common with the UDP listeners.
    private func linkConfiguration(_ modules: AllModules) -> LinkConfiguration {
        var link = LinkConfiguration(addresses: [], transport: .tls)
        link.statusServer = configuration.statusServer
        link.statisticsAskers = configuration.statisticsAskers
        link.proxyStatistics = modules.proxying.router
        link.maximumAttributes = configuration.maximumAttributes
        link.requireMessageAuthenticator = configuration.requireMessageAuthenticator
        link.limitProxyState = configuration.limitProxyState
        link.rejectDelay = configuration.rejectDelay
        link.eventTimestampWindow = configuration.dynamicAuthorization.eventTimestampWindow
        link.requireEventTimestamp = configuration.dynamicAuthorization.requireEventTimestamp
        return link
    }

    private func listeners(_ modules: AllModules, pipeline: Pipeline, counters: RADIUSCounters) throws -> [UDPListener] {
        var ports = [(ListenerRole.authentication, configuration.authPort), (.accounting, configuration.acctPort)]
        let dynamicAuthorization = configuration.dynamicAuthorization
        if dynamicAuthorization.listenPort != 0 { ports.append((.dynamicAuthorization, dynamicAuthorization.listenPort)) }
        return ports.map { role, port in
            var listener = ListenerConfiguration(
                addresses: configuration.radiusAddresses.map { SocketEndpoint(address: $0, port: UInt16(port)) }, role: role)
            // SQLite has one writer: a second accounting thread would only wait for the first.
            let automatic = engine.dialect == .sqlite && role == .accounting ? 1 : ProcessInfo.processInfo.activeProcessorCount
            listener.threads = configuration.threads ?? automatic
            listener.batchLimit = configuration.batchLimit
            // Of what a record costs PostgreSQL, much is the batch's.
            if engine.dialect == .postgres, role == .accounting { listener.gatherTime = .microseconds(300) }
            listener.receiveBufferBytes = configuration.receiveBufferBytes
            listener.maximumQueueAge = configuration.maximumQueueAge
            listener.duplicateCacheSeconds = Int(configuration.duplicateWindow.components.seconds)
            listener.rejectDelay = configuration.rejectDelay
            listener.statusServer = configuration.statusServer
            listener.statisticsAskers = configuration.statisticsAskers
            listener.proxyStatistics = modules.proxying.router
            listener.maximumAttributes = configuration.maximumAttributes
            listener.requireMessageAuthenticator = configuration.requireMessageAuthenticator
            listener.limitProxyState = configuration.limitProxyState
            listener.eventTimestampWindow = dynamicAuthorization.eventTimestampWindow
            listener.requireEventTimestamp = dynamicAuthorization.requireEventTimestamp
            return UDPListener(
                listener, directory: modules.nasClients.registry, handler: pipeline, counters: counters, logger: logger)
        }
    }
}
