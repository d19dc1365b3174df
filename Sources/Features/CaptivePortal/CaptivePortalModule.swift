public import Database
import Registration
public import ServerKernel
public import WebRouting

/// Login pages for captive browsers, and the captive-portal API (RFC 8908).
public struct CaptivePortalModule: FeatureModule {
    public static let name = "CaptivePortal"
    public static var migrations: [Migration] { CaptivePortalMigrations.all }

    public let routes: [Route]
    public let jobs: [Job]
    public var stages: [String] { [AdmitGrantedStation.name] }

    public init(_ environment: CaptivePortalEnvironment) {
        let pages = PortalPages(environment)
        jobs = [
            Job("captive-portal.prune", every: .seconds(3600)) { [registration = environment.registration] in
                let now = registration.now()
                try await registration.kernel.withConnection { connection in
                    try StationGrantStore(connection).prune(at: now)
                    try OpenNDSStore.prune(connection, at: now)
                }
            }
        ]
        routes = pages.routes + [CaptivePortalAPI(registration: environment.registration).route]
    }
}
