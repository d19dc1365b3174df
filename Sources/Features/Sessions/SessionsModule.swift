public import Database
public import RADIUSPipeline
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
    private let calendar: LocalCalendar

    /// - Parameters:
    ///   - loggedAuthentications: which decisions `radpostauth` gets.
    ///   - calendar: the zone whose days and months limits on usage are counted in.
    public init(_ kernel: Kernel, loggedAuthentications: LoggedAuthentications, calendar: LocalCalendar = .current) {
        self.kernel = kernel
        self.calendar = calendar
        postAuthenticationLog = PostAuthenticationLog(engine: kernel.engine, scope: loggedAuthentications, logger: kernel.logger)
    }

    /// The accounting store of one packet thread.
    public func recorder(over connection: KeptConnection) -> SessionRecorder {
        SessionRecorder(connection, events: kernel.events, calendar: calendar)
    }

    /// The usage store of one packet thread.
    public func usage(over connection: KeptConnection) -> UsageKeeper {
        UsageKeeper(connection, calendar: calendar)
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
