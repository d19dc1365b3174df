import NIOConcurrencyHelpers
import RADIUSTransport

/// Remembers which home server sent a State, so that the answer goes to it whatever the pool would choose (RFC 3579 §2.6.1). Bounded.
final class StatePins: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct Key: Hashable {
        /// States of different home servers may be equal, but not those of one NAS's conversations under way.
        let source: IPAddress
        let state: [UInt8]
    }

    private struct Table {
        var servers: [Key: (server: LiveHomeServer, expires: Instant)] = [:]
        /// In the order of their expiry; renewed ones are there twice.
        var order: [(key: Key, expires: Instant)] = []
        var first = 0
    }

    private let capacity: Int
    private let lifetime: Duration
    private let table = NIOLockedValueBox(Table())

    init(capacity: Int, lifetime: Duration) {
        self.capacity = max(1, capacity)
        self.lifetime = lifetime
    }

    func pin(_ state: some Collection<UInt8>, from source: IPAddress, to server: LiveHomeServer, now: Instant = .now) {
        let key = Key(source: source, state: Array(state))
        table.withLockedValue { table in
            let expires = now + lifetime
            table.servers[key] = (server, expires)
            table.order.append((key, expires))
            while table.first < table.order.count, table.servers.count > capacity || table.order[table.first].expires <= now {
                let oldest = table.order[table.first]
                table.first += 1
                if table.servers[oldest.key]?.expires == oldest.expires { table.servers[oldest.key] = nil }
            }
            if table.first > 1024, table.first > table.order.count / 2 {
                table.order.removeFirst(table.first)
                table.first = 0
            }
        }
    }

    func server(_ state: some Collection<UInt8>, from source: IPAddress, now: Instant = .now) -> LiveHomeServer? {
        let key = Key(source: source, state: Array(state))
        return table.withLockedValue { table in
            guard let pin = table.servers[key], pin.expires > now else { return nil }
            return pin.server
        }
    }
}
