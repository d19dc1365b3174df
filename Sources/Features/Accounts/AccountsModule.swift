public import Database
public import ServerKernel
import WebRouting

/// Organizations, users, memberships, permissions and credentials.
public struct AccountsModule: FeatureModule {
    public static let name = "Accounts"
    public static var migrations: [Migration] { AccountsMigrations.all }

    /// Active organizations by slug, for the packet path.
    public let directory = OrganizationDirectory()
    /// Verifies and makes passwords.
    public let passwords: AccountPasswords
    /// Keys that tokens are derived from.
    public let keys = ServerKeys()
    /// Finds out who asks.
    public let authenticator: AccountsAuthenticator
    public let settings: AccountsSettings
    public let hooks: AccountHooks
    private let kernel: Kernel

    public init(_ kernel: Kernel, settings: AccountsSettings = AccountsSettings(), hooks: AccountHooks = AccountHooks()) {
        self.kernel = kernel
        self.settings = settings
        self.hooks = hooks
        passwords = AccountPasswords(
            kernel, scheme: settings.passwordScheme, threads: settings.hashingThreads, queue: settings.hashingQueue)
        authenticator = AccountsAuthenticator(kernel, settings: settings, keys: keys)
    }

    public var jobs: [Job] {
        [
            Job("organizations.refresh", every: kernel.refreshInterval) { [directory, kernel] in
                try await kernel.withConnection { connection in try directory.refresh(over: connection) }
            },
            Job("accounts.purge", every: .seconds(3600)) { [kernel] in
                try await kernel.withConnection { connection in
                    try TicketStore(connection).purge()
                    try LoginStore(connection).purge()
                    try SigningKeyStore(connection).purge(before: currentMicroseconds())
                }
            },
        ]
    }
}
