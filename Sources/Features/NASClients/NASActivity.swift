public import Database
import NIOConcurrencyHelpers
public import RADIUSTransport

/// When devices were heard last, how often, and whether with the right secret: what this server's listeners counted, added to
/// `radian_nas_state`, where all nodes' numbers gather and outlive a restart.
public final class NASActivity: Sendable {
    /// What a device did since the last visit to the table.
    struct News: Sendable, Equatable {
        var packets: Int64
        /// Microseconds since 1970 UTC.
        var lastSeen: Int64
        /// When the last packet was not made with the secret, microseconds since 1970 UTC; nil when it was a good one.
        var wrongSecretAt: Int64?
    }

    private let counters: RADIUSCounters
    private let written = NIOLockedValueBox<[Int64: ClientCounts]>([:])

    /// - Parameter counters: of the listeners.
    public init(_ counters: RADIUSCounters) {
        self.counters = counters
    }

    private static let write = Statement(
        """
        INSERT INTO radian_nas_state (nas_id, packets, last_seen, wrong_secret_at)
        SELECT r.id, r.packets, r.seen, NULLIF(r.wrong, 0) FROM {{rows id bigint, packets bigint, seen bigint, wrong bigint}}
        WHERE EXISTS (SELECT 1 FROM nas n WHERE n.id = r.id)
        ON CONFLICT (nas_id) DO UPDATE SET packets = radian_nas_state.packets + excluded.packets,
            last_seen = {{greatest}}(radian_nas_state.last_seen, excluded.last_seen), wrong_secret_at = excluded.wrong_secret_at
        """)

    /// What is not in the table yet, by row id.
    func news() -> [Int64: News] { Self.news(current(), since: written.withLockedValue { $0 }) }

    /// Adds the news to the table.
    public func write(over connection: any DatabaseConnection) throws(DatabaseError) {
        let current = current()
        let news = Self.news(current, since: written.withLockedValue { $0 }).sorted { $0.key < $1.key }
        guard !news.isEmpty else { return }
        try connection.executeRows(
            Self.write,
            columns: [
                .integer(news.map(\.key)), .integer(news.map(\.value.packets)), .integer(news.map(\.value.lastSeen)),
                .integer(news.map { $0.value.wrongSecretAt ?? 0 }),
            ])
        written.withLockedValue { $0 = current }
    }

    private func current() -> [Int64: ClientCounts] {
        var all: [Int64: ClientCounts] = [:]
        for sources in counters.sources().values {
            for (key, counts) in sources.clients {
                if case .row(let id) = key { all[id, default: ClientCounts()].add(counts) }
            }
        }
        return all
    }

    private static func news(_ current: [Int64: ClientCounts], since written: [Int64: ClientCounts]) -> [Int64: News] {
        var news: [Int64: News] = [:]
        for (id, counts) in current where counts.requests > written[id]?.requests ?? 0 {
            let before = written[id] ?? ClientCounts()
            let isWrong = counts.badAuthenticators > before.badAuthenticators && counts.lastBadAuthenticator >= counts.lastRequest
            news[id] = News(
                packets: Int64(clamping: counts.requests - before.requests), lastSeen: counts.lastRequest * 1_000_000,
                wrongSecretAt: isWrong ? counts.lastBadAuthenticator * 1_000_000 : nil)
        }
        return news
    }
}

extension NASRecord {
    /// The record with what has not reached the table yet.
    func adding(_ news: NASActivity.News?) -> NASRecord {
        guard let news else { return self }
        var record = self
        record.packets += news.packets
        record.lastSeen = max(record.lastSeen ?? 0, news.lastSeen)
        record.wrongSecretAt = news.wrongSecretAt
        return record
    }
}
