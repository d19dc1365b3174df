import AccessPolicy
import Accounts
import AddressPools
import Audit
import BackEnds
import Batches
import CaptivePortal
import Console
public import Database
import Foundation
import Logging
import Messaging
import NASClients
import OrganizationSettings
import Proxying
import RADIUSProxy
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import Registration
import ServerKernel
import SessionActions
import Sessions
import Topology
import UserTimeline
import WebRouting

/// The program's features, in the order in which they need each other. A new feature is one line in each list.
struct AllModules {
    static let types: [any FeatureModule.Type] = [
        AccountsModule.self, OrganizationSettingsModule.self, NASClientsModule.self, SessionsModule.self, AccessPolicyModule.self,
        SessionActionsModule.self, BackEndsModule.self, ProxyingModule.self, QuotasModule.self, AddressPoolsModule.self,
        MessagingModule.self, RegistrationModule.self, BatchesModule.self, CaptivePortalModule.self, ConsoleModule.self,
        AuditModule.self, UserTimelineModule.self, TopologyModule.self,
    ]

    let accounts: AccountsModule
    let audit: AuditModule
    let organizationSettings: OrganizationSettingsModule
    let nasClients: NASClientsModule
    let sessions: SessionsModule
    let accessPolicy: AccessPolicyModule

    let rules: RulesModule
    let backEnds: BackEndsModule
    let sessionActions: SessionActionsModule
    let proxying: ProxyingModule
    let quotas: QuotasModule
    let addressPools: AddressPoolsModule
    let messaging: MessagingModule
    let registration: RegistrationModule
    let batches: BatchesModule
    /// Nil where the pages' files are not there.
    let captivePortal: CaptivePortalModule?
    let console: ConsoleModule
    /// Of the login pages, where there are any.
    let admitGrantedStation: AdmitGrantedStation
    let userTimeline: UserTimelineModule
    let topology: TopologyModule
    /// The NAS devices for CoA of other networks.
    let operatorNASIdentifiers: OperatorNASIdentifiers

    var all: [any FeatureModule] {
        [
            accounts, organizationSettings, nasClients, sessions, accessPolicy, rules, quotas, addressPools, backEnds, sessionActions,
            proxying, messaging, registration, batches, console, audit, userTimeline, topology,
        ] + (captivePortal.map { [$0] } ?? [])
    }

    /// - Parameter counters: of the listeners.
    /// - Throws: ``ServerKernel/ConfigurationError`` for what only the dictionary shows to be wrong.
    init(
        _ kernel: Kernel, _ configuration: RadianConfiguration, dictionary: AttributeDictionary, ways: OutgoingWays? = nil,
        counters: RADIUSCounters = RADIUSCounters()
    ) throws(ConfigurationError) {
        let calendar = configuration.timeZone.map { LocalCalendar($0) } ?? .current
        var hooks = AccountHooks()
        hooks.addAccessPolicy()
        var settings = configuration.accounts.settings
        settings.timeZone = configuration.timeZone ?? .current
        accounts = AccountsModule(
            kernel, settings: settings, hooks: hooks,
            sendMail: AccountLetters(frame: configuration.messaging.frame, logger: kernel.logger).sender)
        console = ConsoleModule(configuration.http.consoleFolders, imageSources: configuration.topology.imageSources)
        topology = TopologyModule(kernel, settings: configuration.topology.settings, authenticator: accounts.authenticator) {
            [console] file, request in try await console.page(file, for: request)
        }
        organizationSettings = OrganizationSettingsModule(kernel, defaults: configuration.api.organizationDefaults)
        audit = AuditModule(kernel, keptDays: configuration.audit.keptDays)
        nasClients = NASClientsModule(
            kernel, configured: configuration.nasClients, counters: counters,
            server: NASServerSettings(
                authenticationPort: configuration.authPort, accountingPort: configuration.acctPort,
                hasLoginPages: configuration.http.portalDirectory != nil))
        sessions = SessionsModule(
            kernel, loggedAuthentications: configuration.loggedAuthentications, calendar: calendar,
            staleSessions: configuration.sessions.stale, tunnelHistoryDays: configuration.sessions.tunnelHistoryDays,
            concentrators: configuration.calledStations.concentrators, convertsAtStart: configuration.calledStations.convertsAtStart)
        accessPolicy = AccessPolicyModule(
            kernel, organizations: accounts.directory, cachedUsers: configuration.cachedUsers)
        rules = RulesModule(kernel, configured: try configuration.rules.rules(dictionary), dictionary: dictionary)
        let quotas = QuotasModule(
            kernel, counters: configuration.quotas.counters, calendar: calendar, watchInterval: configuration.quotas.watchInterval,
            staleSeconds: configuration.quotas.staleSeconds)
        self.quotas = quotas
        userTimeline = UserTimelineModule(kernel, usage: quotas.usage)
        addressPools = AddressPoolsModule(kernel, tableLeaseSeconds: configuration.addressPools.tableLeaseSeconds)
        batches = BatchesModule(
            kernel,
            runner: configuration.makeBatchRunner(
                logger: kernel.logger, credentials: accounts.passwords.makeCredentials,
                mailsQueued: { [events = kernel.events] in events.publish(MessagesQueued()) }))
        backEnds = BackEndsModule(
            kernel, backEnds: try configuration.backEnds.makeBackEnds(logger: kernel.logger),
            oneTimePasswords: configuration.backEnds.oneTimePasswords)
        messaging = MessagingModule(
            kernel, gateways: configuration.messaging.makeGateways(logger: kernel.logger), callbacks: configuration.messaging.callbacks,
            settings: configuration.messaging.settings,
            organizationPrefixes: { [directory = organizationSettings.directory] organizationID in
                directory.context(id: organizationID)?.settings.allowedMobilePrefixes ?? []
            })
        let registrationEnvironment = RegistrationEnvironment(
            kernel: kernel, settings: configuration.api.registration, methods: RegistrationMethods(), accounts: settings, hooks: hooks,
            keys: accounts.keys, passwords: accounts.passwords, signIn: accounts.signIn, directory: organizationSettings.directory,
            messaging: messaging.messaging, attempts: AttemptLimiter(), counters: configuration.quotas.counters, calendar: calendar,
            now: { Int64(Date().timeIntervalSince1970 * 1_000_000) })
        registration = RegistrationModule(registrationEnvironment)
        let actions = configuration.dynamicAuthorization
        let udp = UDPNASLinks(receiver: ways?.receiver, source: actions.sourceAddress)
        let links: any DynamicAuthorizationLinks = ways.map { NASLinks(registry: $0.registry, udp: udp) } ?? udp
        operatorNASIdentifiers = OperatorNASIdentifiers(kernel.engine, directory: nasClients.registry, links: links)
        sessionActions = SessionActionsModule(
            kernel, directory: nasClients.registry, dictionary: dictionary, links: links, settings: actions.settings,
            planNamed: { name, organizationID in quotas.plans.plan(name, organizationID: organizationID)?.terms }
        ) { session, connection in
            try quotas.terms(of: session.userName, organizationID: session.organizationID, over: connection)
        }
        captivePortal = Self.captivePortal(
            configuration.http.portalDirectory, registrationEnvironment, nasClients.registry, sessionActions.actions)
        admitGrantedStation = AdmitGrantedStation(kernel.engine)
        let proxies = configuration.proxying
        let router = ProxyRouter(
            dictionary: dictionary, settings: proxies.settings,
            links: { server, role in
                guard let ways else { throw NoLinks() }
                return try ways.link(to: server, role)
            }, discovery: ways == nil ? nil : proxies.discovery, returns: operatorNASIdentifiers, logger: kernel.logger)
        proxying = ProxyingModule(kernel, router: router, configured: proxies.configured)
    }

    /// The login pages; nil, with a line in the log, where their files are not there.
    private static func captivePortal(
        _ folder: URL?, _ registration: RegistrationEnvironment, _ registry: NASRegistry, _ actions: SessionActions
    ) -> CaptivePortalModule? {
        guard let folder else {
            registration.kernel.logger.notice("there are no login pages: 'http.portal_directory' names no folder with them")
            return nil
        }
        do throws(PortalTemplates.Failure) {
            return CaptivePortalModule(
                CaptivePortalEnvironment(
                    registration: registration, templates: try PortalTemplates(folder: folder.appending(path: "login")),
                    nas: CaptiveNAS(
                        type: { organizationID, identifier, address in
                            registry.type(organizationID: organizationID, identifier: identifier, address: address)
                        }, change: actions.carryOut)
                ) { sessionID, requestedBy in
                    try await actions.request(
                        SessionActionOrder(sessionID: sessionID, wish: .disconnect, reason: "login page", requestedBy: requestedBy))
                })
        } catch {
            registration.kernel.logger.warning("there are no login pages: \(error)")
            return nil
        }
    }

    /// A rehearsal sends nothing.
    private struct NoLinks: Error {}

    /// Reads what modules keep in memory, so that the first packet finds it.
    func refresh(over connection: any DatabaseConnection) throws {
        try accounts.directory.refresh(over: connection)
        try organizationSettings.directory.refresh(over: connection)
        try nasClients.registry.refresh(over: connection)
        try nasClients.huntGroups.refresh(over: connection)
        try rules.registry.refresh(over: connection)
        try proxying.directory.refresh(over: connection)
        try quotas.plans.refresh(over: connection)
        try addressPools.directory.refresh(over: connection)
    }
}

/// The schema of all features together.
public enum Schema {
    /// Of all features, in the order in which their tables build on each other.
    public static var migrations: [[Migration]] { [ServerSecrets.migrations] + AllModules.types.map { $0.migrations } }
    private static var migrator: Migrator { Migrator(migrations) }

    /// Applies what is missing.
    /// - Returns: the migrations applied now, in their order.
    public static func migrate(_ connection: any DatabaseConnection) throws(MigrationError) -> [Migration] {
        try migrator.migrate(connection)
    }

    /// What ``migrate(_:)`` would apply.
    public static func pending(_ connection: any DatabaseConnection) throws(MigrationError) -> [Migration] {
        try migrator.pending(connection)
    }
}
