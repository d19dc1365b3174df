public import Database
public import ServerKernel

/// Accounting, sessions and the log of authentications.
public struct SessionsModule: FeatureModule {
    public let name = "Sessions"
    public var migrations: [Migration] { SessionsMigrations.all }
    /// What was decided about each Access-Request.
    public let postAuthenticationLog: PostAuthenticationLog
    private let kernel: Kernel

    public init(_ kernel: Kernel) {
        self.kernel = kernel
        postAuthenticationLog = PostAuthenticationLog(engine: kernel.engine, logger: kernel.logger)
    }

    /// The accounting store of one packet thread.
    public func recorder(over connection: KeptConnection) -> SessionRecorder {
        SessionRecorder(connection, events: kernel.events)
    }
}
