public import Database
public import ServerKernel
public import ServiceLifecycle
public import WebRouting

/// Sign-up, login and verification on the login page of an organization.
public struct RegistrationModule: FeatureModule {
    public static let name = "Registration"
    public static var migrations: [Migration] { RegistrationMigrations.all }

    public let routes: [Route]
    public let jobs: [Job]
    public let services: [any Service]

    public init(_ environment: RegistrationEnvironment) {
        routes =
            AccountRoutes(environment: environment).all + FederatedLoginRoutes(directory: environment.directory).all
            + (environment.settings.servesPortalMock ? PortalMockRoutes(environment: environment).all : [])
        jobs = IdleUsers(environment: environment).jobs
        services = environment.settings.loginLinkSeconds > 0 ? [SessionMails(environment)] : []
    }
}
