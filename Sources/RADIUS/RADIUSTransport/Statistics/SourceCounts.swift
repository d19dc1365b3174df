/// Who sent packets to the listeners of one role: NAS clients, and addresses that no client covers. Bounded in both.
public struct SourceCounts: Sendable, Equatable {
    /// An address that no NAS client covers.
    public struct UnknownSource: Sendable, Equatable, Codable {
        public var packets: UInt64 = 0
        /// Seconds since 1970 UTC.
        public var lastSeen: Int64 = 0
    }

    /// Clients counted; more are counted in the listener's totals only.
    static let clientLimit = 65_536
    /// Unknown addresses remembered: their senders may be forged.
    static let unknownLimit = 1024
    /// Seconds after which an unknown address gives way to others.
    static let unknownLifetime: Int64 = 3600

    public internal(set) var clients: [NASClient.Key: ClientCounts] = [:]
    public internal(set) var unknown: [IPAddress: UnknownSource] = [:]

    public init() {}

    var isEmpty: Bool { clients.isEmpty && unknown.isEmpty }

    mutating func update(_ client: NASClient, _ change: (inout ClientCounts) -> Void) {
        change(&clients[client.key, default: ClientCounts()])
    }

    mutating func unknownSource(_ address: IPAddress, epoch: Int64) {
        guard unknown[address] != nil || unknown.count < Self.unknownLimit else { return }
        unknown[address, default: UnknownSource()].packets += 1
        unknown[address]?.lastSeen = epoch
    }

    mutating func add(_ other: SourceCounts) {
        for (key, counts) in other.clients where clients[key] != nil || clients.count < Self.clientLimit {
            clients[key, default: ClientCounts()].add(counts)
        }
        for (address, source) in other.unknown {
            if unknown[address] == nil, unknown.count >= Self.unknownLimit {
                let end = source.lastSeen - Self.unknownLifetime
                // Looking at all of them pays only where some can go; the smallest age is as good a guess as any.
                guard unknown.first?.value.lastSeen ?? 0 < end else { continue }
                unknown = unknown.filter { $0.value.lastSeen >= end }
            }
            var known = unknown[address] ?? UnknownSource()
            known.packets += source.packets
            known.lastSeen = max(known.lastSeen, source.lastSeen)
            unknown[address] = known
        }
    }

    /// Zeroes everything and keeps the storage.
    mutating func reset() {
        clients.removeAll(keepingCapacity: true)
        unknown.removeAll(keepingCapacity: true)
    }
}
