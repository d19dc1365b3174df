import BackEnds
import RADIUSProxy

/// The counters of servers that this one asks: back ends and home servers.
enum PeerMetrics {
    static func backEnds(_ statistics: [BackEndStatistics], _ writer: inout MetricsWriter) {
        guard !statistics.isEmpty else { return }
        func each(_ name: String, _ help: String, _ values: [(label: String, value: KeyPath<BackEndStatistics, UInt64>)]) {
            writer.family(name, help)
            for backEnd in statistics {
                for (label, value) in values {
                    writer.sample(name, ["back_end": backEnd.name, "result": label], backEnd[keyPath: value])
                }
            }
        }
        writer.family("radian_back_end_calls_total", "Questions to each back end, by kind.")
        for backEnd in statistics {
            writer.sample("radian_back_end_calls_total", ["back_end": backEnd.name, "kind": "look-up"], backEnd.lookUps)
            writer.sample("radian_back_end_calls_total", ["back_end": backEnd.name, "kind": "password"], backEnd.verifications)
            writer.sample("radian_back_end_calls_total", ["back_end": backEnd.name, "kind": "cached"], backEnd.cacheHits)
        }
        each(
            "radian_back_end_answers_total", "Answers of each back end.",
            [
                ("known", \.known), ("unknown", \.unknown), ("refused", \.refused), ("failure", \.failures), ("not-asked", \.notAsked),
            ])
        writer.family("radian_back_end_timeouts_total", "Failures of each back end for want of an answer in time.")
        for backEnd in statistics { writer.sample("radian_back_end_timeouts_total", ["back_end": backEnd.name], backEnd.timeouts) }
        writer.family("radian_back_end_breaker_openings_total", "How often the circuit breaker of each back end has opened.")
        for backEnd in statistics {
            writer.sample("radian_back_end_breaker_openings_total", ["back_end": backEnd.name], backEnd.breakerOpenings)
        }
        writer.family("radian_back_end_up", "0 while the circuit breaker of a back end is open, else 1.", .gauge)
        for backEnd in statistics {
            writer.sample(
                "radian_back_end_up", ["back_end": backEnd.name], backEnd.breaker == CircuitBreaker.State.open.rawValue ? 0 : 1)
        }
        writer.family("radian_back_end_waiting", "Questions that wait for a thread of a back end.", .gauge)
        for backEnd in statistics { writer.sample("radian_back_end_waiting", ["back_end": backEnd.name], backEnd.waiting) }
    }

    static func homeServers(_ statuses: [HomeServerStatus], _ writer: inout MetricsWriter) {
        guard !statuses.isEmpty else { return }
        func each(
            _ name: String, _ help: String, _ kind: MetricsWriter.Kind = .counter, _ value: (HomeServerStatus) -> UInt64
        ) {
            writer.family(name, help, kind)
            for status in statuses {
                writer.sample(name, ["home_server": status.name, "requests": status.role.rawValue], value(status))
            }
        }
        each("radian_home_server_requests_total", "Requests passed on to each home server, by kind.") { $0.sent }
        each("radian_home_server_replies_total", "Replies of each home server.") { $0.replies }
        each("radian_home_server_timeouts_total", "Requests that a home server did not answer in time.") { $0.timeouts }
        each("radian_home_server_retransmissions_total", "Requests sent again to a home server.") { $0.retransmissions }
        each("radian_home_server_discarded_total", "Datagrams of a home server that answered no request as they must.") { $0.discarded }
        each("radian_home_server_checks_total", "Status checks of each home server.") { $0.checks }
        each("radian_home_server_checks_answered_total", "Status checks that a home server answered.") { $0.checksAnswered }
        each("radian_home_server_outstanding", "Requests under way at each home server.", .gauge) { UInt64(max(0, $0.outstanding)) }
        writer.family("radian_home_server_state", "1 for what is believed of each home server.", .gauge)
        for status in statuses {
            for condition in HomeServerCondition.allCases {
                writer.sample(
                    "radian_home_server_state",
                    ["home_server": status.name, "requests": status.role.rawValue, "state": condition.rawValue],
                    status.condition == condition ? 1 : 0)
            }
        }
        writer.family("radian_home_server_reply_seconds", "Mean time to a reply over about the last hundred.", .gauge)
        for status in statuses where status.replies > 0 {
            writer.sample(
                "radian_home_server_reply_seconds", ["home_server": status.name, "requests": status.role.rawValue],
                status.averageMilliseconds / 1000)
        }
    }
}
