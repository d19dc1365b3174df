import Database
import HTTPTypes
import NASClients
import RADIUSTransport
import ServerKernel
import Sessions
import WebRouting

/// What tells operators and their monitoring that the server is well: `/health`, `/metrics`, and the control socket's `counters` and
/// `statistics`.
struct OperationsModule: FeatureModule {
    static let name = "Operations"
    let counters: RADIUSCounters
    let registry: NASRegistry
    let log: PostAuthenticationLog
    let pool: WorkPool
    let kernel: Kernel
    /// Parts of the server that come later add theirs.
    let metrics = MetricsRegistry()
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
                WebResponse(.ok, contentType: "text/plain; version=0.0.4; charset=utf-8", body: await metricsText())
            },
        ]
    }

    /// Commands of the control socket.
    var controlCommands: [String: ControlCommand] {
        [
            "counters": { [self] _ in Self.stream { await metricsText() } },
            "statistics": { [self] _ in Self.stream { ServerStatistics(counters, registry.table).json() } },
        ]
    }

    /// All counters as text.
    func metricsText() async -> String {
        var writer = MetricsWriter()
        MetricsText.listeners(counters, &writer)
        ClientMetrics.write(counters, registry.table, &writer)
        metrics.write(&writer)
        writer.family("radian_worker_queue", "Requests that wait for a worker thread.", .gauge)
        writer.sample("radian_worker_queue", pool.waiting)
        writer.family("radian_worker_shed_total", "Requests given up because the worker queue was full.")
        writer.sample("radian_worker_shed_total", pool.shedCount)
        writer.family("radian_post_auth_log_dropped_total", "Authentication log entries lost to a full queue.")
        writer.sample("radian_post_auth_log_dropped_total", log.droppedEntries)
        // Without a database the other numbers are wanted all the more.
        let open = try? await kernel.withConnection { connection in try SessionStore(connection).openCount() }
        if let open {
            writer.family("radian_sessions_open", "Accounting sessions without a stop.", .gauge)
            writer.sample("radian_sessions_open", open)
        }
        return writer.text
    }

    private static func stream(_ text: @escaping @Sendable () async -> String) -> AsyncStream<String> {
        let (stream, lines) = AsyncStream<String>.makeStream()
        let task = Task {
            lines.yield(await text())
            lines.finish()
        }
        lines.onTermination = { _ in task.cancel() }
        return stream
    }
}
