import Database
import HTTPTypes
import RADIUSTransport
import ServerKernel
import Sessions
import WebRouting

/// What tells operators and their monitoring that the server is well: `/health` and `/metrics`.
struct OperationsModule: FeatureModule {
    static let name = "Operations"
    let counters: RADIUSCounters
    let log: PostAuthenticationLog
    let pool: WorkPool
    let kernel: Kernel
    private static let ping = Statement("SELECT 1")

    var routes: [Route] {
        [
            Route(.get, "/health", "Whether the server and its database answer.") { [kernel] _ in
                do {
                    try await kernel.withConnection { connection in _ = try connection.execute(Self.ping, []) }
                    return WebResponse(.ok, contentType: "application/json", body: #"{"status":"ok"}"#)
                } catch {
                    return WebResponse(.serviceUnavailable, contentType: "application/json", body: #"{"status":"database unavailable"}"#)
                }
            },
            Route(.get, "/metrics", "Counters for Prometheus.") { [self] _ in
                WebResponse(.ok, contentType: "text/plain; version=0.0.4; charset=utf-8", body: metrics())
            },
        ]
    }

    /// The counters as text.
    func metrics() -> String {
        MetricsText.render(counters, log: log, workerQueue: pool.waiting, workerShed: pool.shedCount)
    }
}
