public import Accounts
public import Database
public import ServerKernel

/// Check and reply items, groups, and what the packet path reads of them.
public struct AccessPolicyModule: FeatureModule {
    public static let name = "AccessPolicy"
    public static var migrations: [Migration] { AccessPolicyMigrations.all }
    private let organizations: OrganizationDirectory

    public init(organizations: OrganizationDirectory) {
        self.organizations = organizations
    }

    /// The policy and credential store of one packet thread.
    public func loader(over connection: KeptConnection) -> PolicyLoader {
        PolicyLoader(connection) { [organizations] slug in organizations.id(slug: slug) }
    }
}
