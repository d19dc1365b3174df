import AccessPolicy
import Accounts
public import Database
import NASClients
import RADIUSTransport
import ServerKernel
import Sessions

/// The program's features, in the order in which they need each other. A new feature is one line in each list.
struct AllModules {
    static let types: [any FeatureModule.Type] = [AccountsModule.self, NASClientsModule.self, SessionsModule.self, AccessPolicyModule.self]

    let accounts: AccountsModule
    let nasClients: NASClientsModule
    let sessions: SessionsModule
    let accessPolicy: AccessPolicyModule

    var all: [any FeatureModule] { [accounts, nasClients, sessions, accessPolicy] }

    init(_ kernel: Kernel, configuredNASClients: [NASClient], loggedAuthentications: LoggedAuthentications) {
        accounts = AccountsModule(kernel)
        nasClients = NASClientsModule(kernel, configured: configuredNASClients)
        sessions = SessionsModule(kernel, loggedAuthentications: loggedAuthentications)
        accessPolicy = AccessPolicyModule(organizations: accounts.directory)
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
