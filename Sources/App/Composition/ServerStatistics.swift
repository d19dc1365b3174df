import Foundation
public import RADIUSTransport

/// What the running server knows about its NAS clients; the control socket's command `statistics` tells it as JSON.
public struct ServerStatistics: Sendable, Codable, Equatable {
    /// One client on the listeners of one role.
    public struct Client: Sendable, Codable, Equatable {
        public var name: String
        /// Address or prefix.
        public var address: String
        /// `authentication`, `accounting` or `dynamic-authorization`.
        public var role: ListenerRole
        public var counts: ClientCounts
    }

    /// An address that no client covers.
    public struct Stranger: Sendable, Codable, Equatable {
        public var address: String
        public var role: ListenerRole
        public var packets: UInt64
        /// Seconds since 1970 UTC.
        public var lastSeen: Int64
    }

    /// Seconds since 1970 UTC.
    public var startedAt: Int64
    /// Seconds since 1970 UTC.
    public var reloadedAt: Int64
    /// By name, then role.
    public var clients: [Client]
    /// The last seen first.
    public var strangers: [Stranger]

    public init(startedAt: Int64, reloadedAt: Int64, clients: [Client] = [], strangers: [Stranger] = []) {
        self.startedAt = startedAt
        self.reloadedAt = reloadedAt
        self.clients = clients
        self.strangers = strangers
    }

    /// Clients that have been removed are left out.
    init(_ counters: RADIUSCounters, _ table: NASTable) {
        self.init(startedAt: counters.startedAt, reloadedAt: counters.reloadedAt)
        let known = Dictionary(table.all.map { ($0.key, $0) }) { first, _ in first }
        for (role, sources) in counters.sources() {
            for (key, counts) in sources.clients {
                guard let client = known[key] else { continue }
                clients.append(Client(name: client.name, address: client.prefix.description, role: role, counts: counts))
            }
            for (address, source) in sources.unknown {
                strangers.append(
                    Stranger(address: address.description, role: role, packets: source.packets, lastSeen: source.lastSeen))
            }
        }
        clients.sort { ($0.name, $0.role.rawValue) < ($1.name, $1.role.rawValue) }
        strangers.sort { ($1.lastSeen, $0.address) < ($0.lastSeen, $1.address) }
    }

    /// One line of JSON.
    func json() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// What a running server told.
    public init?(json: some StringProtocol) {
        guard let value = try? JSONDecoder().decode(ServerStatistics.self, from: Data(json.utf8)) else { return nil }
        self = value
    }
}
