import RADIUSTransport

/// The counters of each NAS client, for so many clients as Prometheus can bear; the rest is one client `other`.
enum ClientMetrics {
    /// Clients with a time series of their own: those with most requests.
    private static let limit = 200

    static func write(_ counters: RADIUSCounters, _ table: NASTable, _ writer: inout MetricsWriter) {
        let names = Dictionary(table.all.map { ($0.key, $0.name) }) { first, _ in first }
        let sources = counters.sources()
        var total: [NASClient.Key: UInt64] = [:]
        for counts in sources.values {
            for (key, counts) in counts.clients { total[key, default: 0] += counts.requests }
        }
        let shown = Set(total.sorted { $0.value > $1.value }.lazy.map(\.key).filter { names[$0] != nil }.prefix(limit))
        var rows: [(role: ListenerRole, name: String, counts: ClientCounts)] = []
        for (role, counts) in sources.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            // Two clients may have one name, which is one series.
            var byName: [String: ClientCounts] = [:]
            for (key, counts) in counts.clients {
                byName[shown.contains(key) ? names[key] ?? "other" : "other", default: ClientCounts()].add(counts)
            }
            rows += byName.sorted { $0.key < $1.key }.map { (role, $0.key, $0.value) }
        }
        func each(_ name: String, _ help: String, _ values: [(label: String, value: KeyPath<ClientCounts, UInt64>)]) {
            writer.family(name, help)
            for (role, client, counts) in rows {
                for (label, value) in values {
                    writer.sample(name, ["role": role.rawValue, "client": client, "result": label], counts[keyPath: value])
                }
            }
        }
        each(
            "radian_radius_client_requests_total", "Requests of each NAS client.", [("received", \.requests), ("duplicate", \.duplicates)])
        each(
            "radian_radius_client_replies_total", "Replies to each NAS client.",
            [("accept", \.accepts), ("reject", \.rejects), ("challenge", \.challenges), ("all", \.responses)])
        each(
            "radian_radius_client_drops_total", "Packets of each NAS client that came to nothing.",
            [
                ("malformed", \.malformed), ("bad-authenticator", \.badAuthenticators), ("unknown-type", \.unknownTypes),
                ("other", \.dropped),
            ])
        writer.family("radian_radius_client_last_seen_seconds", "When each NAS client last sent a request.", .gauge)
        for (role, client, counts) in rows where counts.lastRequest > 0 {
            writer.sample("radian_radius_client_last_seen_seconds", ["role": role.rawValue, "client": client], counts.lastRequest)
        }
        writer.family("radian_radius_unknown_sources", "Addresses that sent packets and belong to no NAS client.", .gauge)
        for (role, counts) in sources.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            writer.sample("radian_radius_unknown_sources", ["role": role.rawValue], counts.unknown.count)
        }
    }
}
