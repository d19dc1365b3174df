public import Database
public import ServerKernel
public import WebRouting

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
    /// Logs people in, for routes of other features.
    public let signIn: SignInService
    public let settings: AccountsSettings
    private let environment: AccountsEnvironment

    /// - Parameters:
    ///   - hooks: what other features do when accounts change.
    ///   - sendMail: writes a letter into the outbox of the transaction.
    public init(
        _ kernel: Kernel, settings: AccountsSettings = AccountsSettings(), hooks: AccountHooks = AccountHooks(),
        sendMail: @escaping AccountMailSender = { _, _ in }
    ) {
        self.settings = settings
        passwords = AccountPasswords(
            kernel, scheme: settings.passwordScheme, threads: settings.hashingThreads, queue: settings.hashingQueue)
        authenticator = AccountsAuthenticator(kernel, settings: settings, keys: keys)
        environment = AccountsEnvironment(
            kernel: kernel, settings: settings, hooks: hooks, keys: keys, passwords: passwords, directory: directory,
            attempts: AttemptLimiter(), sendMail: sendMail)
        signIn = SignInService(environment: environment)
    }

    /// Where a password that is too old can be changed, by the names that clients know.
    public var passwordPaths: [JSONValue.Member] {
        let page = JSONValue.Member("web_password_change_url", .string(AccountPages.changePath))
        guard settings.servesAuthentication else { return [page] }
        return [
            page, .init("api_password_change_url", "/api/v1/users/user/password/change/"),
            .init("api_password_reset_url", "/api/v1/users/password/reset/"),
        ]
    }

    public var permissions: [Permission] {
        [
            ("user", "user"), ("organization", "organization"), ("organizationuser", "organization user"),
            ("organizationowner", "organization owner"), ("group", "group"), ("emailaddress", "email address"), ("token", "API key"),
        ].flatMap { Permission.all($0, label: $1) }
    }

    public var routes: [Route] {
        let emails = EmailAddressService(environment: environment)
        let passwords = PasswordService(environment: environment)
        return PasswordRoutes(signIn: signIn, passwords: passwords).all
            + UserRoutes(users: UserService(environment: environment)).all
            + EmailAddressRoutes(emails: emails).all
            + OrganizationRoutes(organizations: OrganizationService(environment: environment)).all
            + MembershipRoutes(memberships: MembershipService(environment: environment)).all
            + RoleRoutes(roles: RoleService(environment: environment)).all
            + CredentialRoutes(
                logins: LoginService(environment: environment), factors: SecondFactorService(environment: environment), settings: settings
            ).all
            + AccountPages(signIn: signIn, emails: emails, passwords: passwords, siteName: settings.siteName).all
    }

    public var jobs: [Job] {
        let kernel = environment.kernel
        let daily = DailyWork(environment: environment)
        return [
            Job("organizations.refresh", every: kernel.refreshInterval) { [directory] in
                try await kernel.withConnection { connection in try directory.refresh(over: connection) }
            },
            Job("accounts.purge", every: .seconds(3600)) {
                try await kernel.withConnection { connection in
                    try TicketStore(connection).purge()
                    try LoginStore(connection).purge()
                    try SigningKeyStore(connection).purge(before: currentMicroseconds())
                }
            },
            Job("accounts.daily", every: .seconds(600)) { try await daily.run(at: currentMicroseconds()) },
        ]
    }
}
