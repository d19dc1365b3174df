import Accounts
public import Database
public import ServerKernel
public import WebRouting

/// What organizations choose for themselves, over the configuration's values.
public struct OrganizationSettingsModule: FeatureModule {
    public static let name = "OrganizationSettings"
    public static let migrations = [
        Migration(
            feature: "OrganizationSettings", number: 1, name: "choices of organizations",
            sql: """
                CREATE TABLE radian_organization_setting (
                    organization_id varchar(36) NOT NULL REFERENCES radian_organization (id) ON DELETE CASCADE,
                    name varchar(64) NOT NULL,
                    value text NOT NULL,
                    PRIMARY KEY (organization_id, name)
                );
                """)
    ]
    /// Active organizations with their settings.
    public let directory: SettingsDirectory
    private let kernel: Kernel

    /// - Parameter defaults: the configuration's values.
    public init(_ kernel: Kernel, defaults: OrganizationSettings) {
        self.kernel = kernel
        directory = SettingsDirectory(defaults: defaults)
    }

    public var routes: [Route] { OrganizationSettingsRoutes(kernel: kernel, directory: directory).all }

    public var jobs: [Job] {
        [
            Job("organization-settings.refresh", every: kernel.refreshInterval) { [directory, kernel] in
                try await kernel.withConnection { connection in
                    let store = OrganizationSettingsStore(connection, defaults: directory.defaults)
                    // Organizations that came before this table, or by another program, get their token here.
                    for context in directory.all where context.settings.token.isEmpty { try store.prepare(context.organization.id) }
                    try directory.refresh(over: connection)
                }
            }
        ]
    }
}
