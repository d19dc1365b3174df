public import Database
import Foundation
import Logging
public import RADIUSPipeline
public import ServerKernel
public import ServiceLifecycle
public import WebRouting

/// Accounting, sessions and the log of authentications.
public struct SessionsModule: FeatureModule {
    public static let name = "Sessions"
    public static var migrations: [Migration] { SessionsMigrations.all }
    public var jobs: [Job] {
        [
            Job("usage.catch-up", every: .seconds(300), run: catchUpUsage),
            Job("usage.check", every: .seconds(60), run: checkUsage),
            Job("usage.prune", every: .seconds(3600)) { [kernel, calendar] in
                try await kernel.withConnection { connection in
                    try connection.transaction { () throws(DatabaseError) in
                        try UsageLedger(connection, calendar: calendar).prune(at: Self.now)
                    }
                }
            },
            Job("tunnels.prune", every: .seconds(3600)) { [kernel, tunnelHistoryDays] in
                try await kernel.withConnection { connection in
                    try TunnelEventStore(connection).prune(before: Self.now - Int64(tunnelHistoryDays) * 86_400)
                }
            },
        ] + (staleSessions == nil ? [] : [Job("sessions.stale", every: .seconds(60), run: endStaleSessions)])
            + (calledStations.map { conversion in
                [Job("sessions.called-stations", every: .seconds(300)) { _ = try await conversion.run() }]
            } ?? [])
    }
    public var routes: [Route] { [SessionListRoute(sessions: SessionList(kernel)).route] + AuthenticationRoutes(kernel: kernel).all }
    public var sockets: [WebSocketRoute] { [SessionSocket(feed: feed).route] }
    /// What may be allowed on sessions and on the log of authentications.
    public var permissions: [Permission] {
        Permission.all("radiusaccounting", label: "accounting") + Permission.all(AuthenticationRoutes.model, label: "authentication log")
    }
    public var services: [any Service] {
        [PostAuthenticationLogService(log: postAuthenticationLog), feed] + (calledStationWatch.map { [$0] } ?? [])
    }
    /// What was decided about each Access-Request.
    public let postAuthenticationLog: PostAuthenticationLog
    private let feed: SessionFeed
    private let kernel: Kernel
    private let calendar: LocalCalendar
    private let staleSessions: StaleSessionLimits?
    private let tunnelHistoryDays: Int
    private let calledStations: CalledStationConversion?
    private let calledStationWatch: CalledStationWatch?

    /// - Parameters:
    ///   - loggedAuthentications: which decisions `radpostauth` gets.
    ///   - calendar: the zone whose days and months limits on usage are counted in.
    ///   - staleSessions: when sessions that nobody hears of end; nil leaves them open.
    ///   - tunnelHistoryDays: how long events of tunnels are kept.
    ///   - concentrators: VPN concentrators in whose sessions the access point's Called-Station-Id is written.
    ///   - convertsAtStart: writes it as soon as a session begins, too.
    public init(
        _ kernel: Kernel, loggedAuthentications: LoggedAuthentications, calendar: LocalCalendar = .current,
        staleSessions: StaleSessionLimits? = StaleSessionLimits(), tunnelHistoryDays: Int = 90,
        concentrators: [CalledStationConcentrator] = [], convertsAtStart: Bool = false
    ) {
        self.kernel = kernel
        feed = SessionFeed(kernel)
        self.calendar = calendar
        self.staleSessions = staleSessions
        self.tunnelHistoryDays = tunnelHistoryDays
        let conversion = concentrators.isEmpty ? nil : CalledStationConversion(kernel, concentrators: concentrators)
        calledStations = conversion
        calledStationWatch = convertsAtStart ? conversion.map { CalledStationWatch(kernel, $0) } : nil
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

    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    /// Ends sessions whose NAS fell silent, in small transactions, so that accounting need not wait.
    @Sendable private func endStaleSessions() async throws {
        guard let staleSessions else { return }
        var count = 0
        let batch = 500
        repeat {
            count = try await kernel.withConnection { [events = kernel.events] connection in
                try connection.transaction(publishing: events) { (pending) throws(DatabaseError) in
                    let ended = try StaleSessions.giveUp(staleSessions, limit: batch, over: connection, at: Self.now)
                    for session in ended { pending.append(session) }
                    return ended.count
                }
            }
            if count > 0 { kernel.logger.info("ended sessions that were not heard of", metadata: ["count": "\(count)"]) }
        } while count == batch
    }

    /// Counts what other programs wrote in the last two days.
    @Sendable private func catchUpUsage() async throws {
        try await kernel.withConnection { [calendar, events = kernel.events] connection in
            try connection.transaction(publishing: events) { (pending) throws(DatabaseError) in
                let users = try UsageLedger(connection, calendar: calendar).catchUp(since: Self.now - 2 * 86_400)
                if !users.isEmpty { pending.append(UsageCounted(userNames: users)) }
            }
        }
    }

    /// Compares the sums of some users at a time with their sessions.
    @Sendable private func checkUsage() async throws {
        let differing = try await kernel.withConnection { [calendar] connection in
            try connection.transaction { () throws(DatabaseError) in
                try UsageLedger(connection, calendar: calendar).check(limit: 100, at: Self.now)
            }
        }
        if !differing.isEmpty {
            kernel.logger.warning("usage differed from radacct and was counted anew", metadata: ["users": "\(differing.count)"])
        }
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
