import Foundation
public import RADIUSTransport
public import ServerKernel
public import WebRouting

/// What operators see of the running server: an overview, traces of logins as they are decided, rehearsals of logins.
public struct InsightModule: FeatureModule {
    public static let name = "Insight"
    private let book: TraceBook
    private let overview: OverviewRoute
    private let replay: ReplayRoute

    /// - Parameters:
    ///   - directory: the NAS devices.
    ///   - feed: the decisions of this process.
    ///   - rehearsal: decides without any effect.
    ///   - lastHeard: when this process last heard each device, seconds since 1970 UTC.
    public init(
        _ kernel: Kernel, directory: any NASDirectory, feed: any DecisionFeed, rehearsal: any LoginRehearsal,
        lastHeard: @escaping @Sendable () -> [NASClient.Key: Int64]
    ) {
        book = TraceBook(feed)
        overview = OverviewRoute(kernel: kernel, directory: directory, lastHeard: lastHeard, now: Self.now)
        replay = ReplayRoute(rehearsal: rehearsal, directory: directory)
    }

    public var routes: [Route] { TraceRoutes(book: book, now: Self.now).all + [replay.route, overview.route] }
    public var sockets: [WebSocketRoute] { [TraceSocket(book: book, now: Self.now).route] }
    public var jobs: [Job] {
        [Job("traces.expired", every: .seconds(5)) { [book] in book.expire(at: Self.now()) }]
    }

    /// Microseconds since 1970 UTC.
    @Sendable private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }
}
