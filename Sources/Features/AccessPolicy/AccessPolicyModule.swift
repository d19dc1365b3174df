public import Accounts
public import Database
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
    private let kernel: Kernel
    private let organizations: OrganizationDirectory

    public init(_ kernel: Kernel, organizations: OrganizationDirectory) {
        self.kernel = kernel
        self.organizations = organizations
    }

    /// The policy and credential store of one packet thread.
    public func loader(over connection: KeptConnection) -> PolicyLoader {
        PolicyLoader(connection) { [organizations] slug in organizations.id(slug: slug) }
    }
}
