public import Database
public import RADIUSPipeline
public import ServerKernel
public import ServiceLifecycle

/// Back ends and one-time passwords.
public struct BackEndsModule: FeatureModule {
    public static let name = "BackEnds"
    public static var migrations: [Migration] { BackEndsMigrations.all }
    public var jobs: [Job] {
        files.isEmpty
            ? []
            : [
                Job("back-ends.files", every: kernel.refreshInterval) { [files] in
                    for file in files { file.refresh() }
                }
            ]
    }
    public var services: [any Service] { [BackEndsService(backEnds: backEnds)] }
    /// In the order in which they are asked.
    public let backEnds: BackEnds
    /// Stages that do nothing where one-time passwords are switched off.
    public let oneTimePasswords: OneTimePasswords
    private let hasOneTimePasswords: Bool
    private let files: [UsersFileBackEnd]
    private let kernel: Kernel

    /// - Parameters:
    ///   - backEnds: in the order in which they are asked.
    ///   - oneTimePasswords: nil switches them off, and saves a look at their table for each password.
    public init(
        _ kernel: Kernel, backEnds: [(backEnd: any BackEnd, settings: BackEndSettings)], oneTimePasswords: OneTimePasswordSettings?
    ) {
        self.kernel = kernel
        self.backEnds = BackEnds(backEnds, logger: kernel.logger)
        self.oneTimePasswords = OneTimePasswords(oneTimePasswords ?? OneTimePasswordSettings())
        hasOneTimePasswords = oneTimePasswords != nil
        files = backEnds.compactMap { $0.backEnd as? UsersFileBackEnd }
    }

    /// The secrets as a packet thread sees them; nil where one-time passwords are switched off.
    public func oneTimePasswordStore(over connection: KeptConnection) -> (any OneTimePasswordStore)? {
        hasOneTimePasswords ? OneTimePasswordTable(connection) : nil
    }
}

/// Ends the back ends' threads with the program.
struct BackEndsService: Service {
    let backEnds: BackEnds

    func run() async throws {
        try? await gracefulShutdown()
        backEnds.stop()
    }
}
