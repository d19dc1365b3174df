public import Database
public import ServerKernel
public import ServiceLifecycle

/// Accounting, sessions and the log of authentications.
public struct SessionsModule: FeatureModule {
    public static let name = "Sessions"
    public static var migrations: [Migration] { SessionsMigrations.all }
    public var services: [any Service] { [PostAuthenticationLogService(log: postAuthenticationLog)] }
    /// What was decided about each Access-Request.
    public let postAuthenticationLog: PostAuthenticationLog
    private let kernel: Kernel

    /// - Parameter loggedAuthentications: which decisions `radpostauth` gets.
    public init(_ kernel: Kernel, loggedAuthentications: LoggedAuthentications) {
        self.kernel = kernel
        postAuthenticationLog = PostAuthenticationLog(engine: kernel.engine, scope: loggedAuthentications, logger: kernel.logger)
    }

    /// The accounting store of one packet thread.
    public func recorder(over connection: KeptConnection) -> SessionRecorder {
        SessionRecorder(connection, events: kernel.events)
    }
}

/// Runs the log's writer and lets it finish at the end of the program.
struct PostAuthenticationLogService: Service {
    let log: PostAuthenticationLog

    func run() async throws {
        log.start()
        try? await gracefulShutdown()
        log.stop()
    }
}
