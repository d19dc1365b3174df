public import Accounts
public import Database
public import RADIUSPipeline
public import ServerKernel
public import WebRouting

/// Check and reply items, groups, and what the packet path reads of them.
public struct AccessPolicyModule: FeatureModule {
    public static let name = "AccessPolicy"
    public static var migrations: [Migration] { AccessPolicyMigrations.all }
    public var routes: [Route] {
        RADIUSGroupRoutes(groups: RADIUSGroupService(kernel: kernel)).all
            + GroupAssignmentRoutes(assignments: GroupAssignmentService(kernel: kernel)).all
    }
    /// What may be allowed on groups and on who is in them.
    public var permissions: [Permission] {
        Permission.all("radiusgroup", label: "RADIUS group") + Permission.all("radiususergroup", label: "RADIUS group of a user")
    }
    public var jobs: [Job] {
        [
            Job("policy.changes", every: .seconds(600)) { [kernel] in
                let end = currentMicroseconds() / 1_000_000 - PolicyChanges.kept
                try await kernel.withConnection { connection in try PolicyChanges.forget(before: end, over: connection) }
            }
        ]
    }
    private let kernel: Kernel
    private let cache: PolicyCache
    private let organizations: OrganizationDirectory

    /// - Parameter cachedUsers: how many users' policies stay in memory between their logins.
    public init(_ kernel: Kernel, organizations: OrganizationDirectory, cachedUsers: Int) {
        self.kernel = kernel
        cache = PolicyCache(capacity: cachedUsers)
        self.organizations = organizations
    }

    /// What a packet thread asks for policies.
    public func policies(_ loader: PolicyLoader, over connection: KeptConnection) -> any PolicyStore {
        CachedPolicyStore(loader, cache: cache, over: connection)
    }

    /// The policy and credential store of one packet thread.
    public func loader(over connection: KeptConnection) -> PolicyLoader {
        PolicyLoader(connection) { [organizations] slug in organizations.id(slug: slug) }
    }
}
