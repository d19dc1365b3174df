import RADIUSPipeline
import RADIUSTransport
import RADIUSWire

/// The transport's and the pipeline's counters.
enum MetricsText {
    static func listeners(_ counters: RADIUSCounters, _ writer: inout MetricsWriter) {
        let roles = counters.snapshot().sorted { $0.key.rawValue < $1.key.rawValue }
        func each(_ name: String, _ help: String, _ value: (ListenerCounts) -> UInt64) {
            writer.family(name, help)
            for (role, counts) in roles { writer.sample(name, ["role": role.rawValue], value(counts)) }
        }
        each("radian_radius_received_total", "Datagrams read.", \.received)
        each("radian_radius_requests_total", "Valid requests that are no duplicates.", \.requests)
        each("radian_radius_status_requests_total", "Status-Server packets answered.", \.statusRequests)
        writer.family("radian_radius_replies_total", "Replies by packet code.")
        for (role, counts) in roles {
            for (code, count) in counts.replies.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                writer.sample("radian_radius_replies_total", ["role": role.rawValue, "code": code.name], count)
            }
        }
        each("radian_radius_duplicates_resent_total", "Kept replies sent again to a retransmission.", \.duplicatesResent)
        writer.family("radian_radius_drops_total", "Packets that came to nothing, by reason.")
        for (role, counts) in roles {
            for reason in DropReason.allCases {
                writer.sample(
                    "radian_radius_drops_total", ["role": role.rawValue, "reason": reason.rawValue], counts.drops[reason] ?? 0)
            }
        }
        each("radian_radius_send_failures_total", "Replies the kernel refused to send.", \.sendFailures)
        writer.family("radian_start_time_seconds", "When the server began to count, seconds since 1970 UTC.", .gauge)
        writer.sample("radian_start_time_seconds", counters.startedAt)
    }

    static func links(_ counters: LinkCounters, _ writer: inout MetricsWriter) {
        let transports = counters.snapshot().sorted { $0.key.rawValue < $1.key.rawValue }
        func each(_ name: String, _ help: String, _ value: (LinkCounters.Counts) -> UInt64, _ kind: MetricsWriter.Kind = .counter) {
            writer.family(name, help, kind)
            for (transport, counts) in transports { writer.sample(name, ["transport": transport.rawValue], value(counts)) }
        }
        each("radian_link_connections_total", "Connections and DTLS associations that began.", \.accepted)
        each("radian_link_handshakes_total", "Links whose peer proved who it is.", \.opened)
        each("radian_link_radius11_total", "Links that speak RADIUS/1.1.", \.opened11)
        each("radian_links_open", "Links open now.", { UInt64(max(0, $0.current)) }, .gauge)
        writer.family("radian_link_closures_total", "Links and connections that ended, by reason.")
        for (transport, counts) in transports {
            for (closure, count) in counts.closures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                writer.sample("radian_link_closures_total", ["transport": transport.rawValue, "reason": closure.rawValue], count)
            }
        }
    }

    static func decisions(_ counts: DecisionCounts, _ writer: inout MetricsWriter) {
        let name = "radian_decision_seconds"
        writer.family(name, "From receipt of a request to its decision.", .histogram)
        for (role, latency) in counts.latency.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            var cumulative: UInt64 = 0
            for (limit, count) in zip(DecisionCounts.bucketLimits, latency.buckets) {
                cumulative += count
                writer.sample(name + "_bucket", ["role": role.rawValue, "le": "\(limit)"], cumulative)
            }
            writer.sample(name + "_bucket", ["role": role.rawValue, "le": "+Inf"], latency.count)
            writer.sample(name + "_sum", ["role": role.rawValue], Double(latency.totalNanoseconds) / 1e9)
            writer.sample(name + "_count", ["role": role.rawValue], latency.count)
        }
        writer.family("radian_rejects_total", "Refused requests by reason.")
        for (reason, count) in counts.rejects.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            writer.sample("radian_rejects_total", ["reason": reason.rawValue], count)
        }
    }

    static func conversations(_ conversations: EAPConversations, _ writer: inout MetricsWriter) {
        let counts = conversations.counts
        writer.family("radian_eap_conversations_total", "EAP conversations by what became of them.")
        for (result, count) in [
            ("started", counts.started), ("accepted", counts.accepted), ("rejected", counts.rejected), ("abandoned", counts.abandoned),
            ("refused", counts.refused),
        ] {
            writer.sample("radian_eap_conversations_total", ["result": result], count)
        }
        writer.family("radian_eap_conversations", "EAP conversations that wait for their peer.", .gauge)
        writer.sample("radian_eap_conversations", conversations.waiting)
    }
}
