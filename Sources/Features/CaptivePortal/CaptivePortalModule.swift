public import Database
public import ServerKernel
public import WebRouting

/// Login pages for captive browsers, and the captive-portal API (RFC 8908).
public struct CaptivePortalModule: FeatureModule {
    public static let name = "CaptivePortal"
    public static var migrations: [Migration] { CaptivePortalMigrations.all }

    public let routes: [Route]

    public init(_ environment: CaptivePortalEnvironment) {
        let pages = PortalPages(environment)
        routes = pages.routes + [CaptivePortalAPI(registration: environment.registration).route]
    }
}
