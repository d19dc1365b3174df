import AccessPolicy
import Accounts
import BackEnds
public import Database
import NASClients
import RADIUSDictionary
import RADIUSTransport
import ServerKernel
import SessionActions
import Sessions

/// The program's features, in the order in which they need each other. A new feature is one line in each list.
struct AllModules {
    static let types: [any FeatureModule.Type] = [
        AccountsModule.self, NASClientsModule.self, SessionsModule.self, AccessPolicyModule.self, SessionActionsModule.self,
        BackEndsModule.self,
    ]

    let accounts: AccountsModule
    let nasClients: NASClientsModule
    let sessions: SessionsModule
    let accessPolicy: AccessPolicyModule

    let rules: RulesModule
    let backEnds: BackEndsModule
    let sessionActions: SessionActionsModule

    var all: [any FeatureModule] { [accounts, nasClients, sessions, accessPolicy, rules, backEnds, sessionActions] }

    /// - Throws: ``ServerKernel/ConfigurationError`` for what only the dictionary shows to be wrong.
    init(
        _ kernel: Kernel, _ configuration: RadianConfiguration, dictionary: AttributeDictionary, receiver: OutgoingReceiver? = nil
    ) throws(ConfigurationError) {
        accounts = AccountsModule(kernel)
        nasClients = NASClientsModule(kernel, configured: configuration.nasClients)
        sessions = SessionsModule(kernel, loggedAuthentications: configuration.loggedAuthentications)
        accessPolicy = AccessPolicyModule(organizations: accounts.directory)
        rules = RulesModule(kernel, configured: try configuration.rules.rules(dictionary), dictionary: dictionary)
        backEnds = BackEndsModule(
            kernel, backEnds: try configuration.backEnds.makeBackEnds(logger: kernel.logger),
            oneTimePasswords: configuration.backEnds.oneTimePasswords)
        let dynamicAuthorization = configuration.dynamicAuthorization
        sessionActions = SessionActionsModule(
            kernel, directory: nasClients.registry, dictionary: dictionary,
            links: UDPNASLinks(receiver: receiver, source: dynamicAuthorization.sourceAddress), settings: dynamicAuthorization.settings)
    }

    /// Reads what modules keep in memory, so that the first packet finds it.
    func refresh(over connection: any DatabaseConnection) throws {
        try accounts.directory.refresh(over: connection)
        try nasClients.registry.refresh(over: connection)
        try rules.registry.refresh(over: connection)
    }
}

/// The schema of all features together.
public enum Schema {
    private static var migrator: Migrator { Migrator([ServerSecrets.migrations] + AllModules.types.map { $0.migrations }) }

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
