import RADIUSTransport
import RADIUSWire
import Sessions

/// The counters in Prometheus's text format.
enum MetricsText {
    static func render(_ counters: RADIUSCounters, log: PostAuthenticationLog, workerQueue: Int, workerShed: UInt64) -> String {
        var text = ""
        func family(_ name: String, _ help: String, _ type: String = "counter") {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        }
        let roles = counters.snapshot().sorted { $0.key.rawValue < $1.key.rawValue }

        family("radian_radius_received_total", "Datagrams read.")
        for (role, counts) in roles { text += "radian_radius_received_total{role=\"\(role)\"} \(counts.received)\n" }
        family("radian_radius_requests_total", "Valid requests that are no duplicates.")
        for (role, counts) in roles { text += "radian_radius_requests_total{role=\"\(role)\"} \(counts.requests)\n" }
        family("radian_radius_status_requests_total", "Status-Server packets answered.")
        for (role, counts) in roles { text += "radian_radius_status_requests_total{role=\"\(role)\"} \(counts.statusRequests)\n" }
        family("radian_radius_replies_total", "Replies by packet code.")
        for (role, counts) in roles {
            for (code, count) in counts.replies.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                text += "radian_radius_replies_total{role=\"\(role)\",code=\"\(code.name)\"} \(count)\n"
            }
        }
        family("radian_radius_duplicates_resent_total", "Kept replies sent again to a retransmission.")
        for (role, counts) in roles { text += "radian_radius_duplicates_resent_total{role=\"\(role)\"} \(counts.duplicatesResent)\n" }
        family("radian_radius_drops_total", "Packets that came to nothing, by reason.")
        for (role, counts) in roles {
            for reason in DropReason.allCases {
                text += "radian_radius_drops_total{role=\"\(role)\",reason=\"\(reason.rawValue)\"} \(counts.drops[reason] ?? 0)\n"
            }
        }
        family("radian_radius_send_failures_total", "Replies the kernel refused to send.")
        for (role, counts) in roles { text += "radian_radius_send_failures_total{role=\"\(role)\"} \(counts.sendFailures)\n" }
        family("radian_worker_queue", "Requests that wait for a worker thread.", "gauge")
        text += "radian_worker_queue \(workerQueue)\n"
        family("radian_worker_shed_total", "Requests given up because the worker queue was full.")
        text += "radian_worker_shed_total \(workerShed)\n"
        family("radian_post_auth_log_dropped_total", "Authentication log entries lost to a full queue.")
        text += "radian_post_auth_log_dropped_total \(log.droppedEntries)\n"
        return text
    }
}
