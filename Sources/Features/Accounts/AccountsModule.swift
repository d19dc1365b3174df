public import Database
public import ServerKernel

/// Organizations, users and memberships.
public struct AccountsModule: FeatureModule {
    public static let name = "Accounts"
    public static var migrations: [Migration] { AccountsMigrations.all }
    public var jobs: [Job] {
        [
            Job("organizations.refresh", every: kernel.refreshInterval) { [directory, kernel] in
                try await kernel.withConnection { connection in try directory.refresh(over: connection) }
            }
        ]
    }
    /// Active organizations by slug, for the packet path.
    public let directory = OrganizationDirectory()
    private let kernel: Kernel

    public init(_ kernel: Kernel) {
        self.kernel = kernel
    }
}
