/// What a choice has to know about one server of a pool.
public struct PoolCandidate: Sendable, Equatable {
    public var condition: HomeServerCondition
    /// Requests under way.
    public var outstanding: Int
    /// Has room for one more request, and was not tried for this one.
    public var isEligible: Bool
    /// Dead only because its connection broke.
    public var isDisconnected: Bool

    public init(condition: HomeServerCondition, outstanding: Int = 0, isEligible: Bool = true, isDisconnected: Bool = false) {
        self.condition = condition
        self.isDisconnected = isDisconnected
        self.outstanding = outstanding
        self.isEligible = isEligible
    }
}

/// Picks a server of a pool. Pure.
public struct PoolChoice: Sendable {
    private let method: PoolMethod
    private let ring: ConsistentRing
    private let ranks: [ServerRank]

    /// - Parameters:
    ///   - servers: names, which fix the places on the consistent ring.
    ///   - ranks: of the servers, where DNS gave them; decide in the place of the order of a fail-over pool.
    public init(_ method: PoolMethod, servers: [String], ranks: [ServerRank] = []) {
        self.method = method
        self.ranks = ranks.count == servers.count ? ranks : []
        ring = method == .consistentKeyedBalance ? ConsistentRing(servers) : ConsistentRing([])
    }

    /// - Parameters:
    ///   - candidates: in the order of the pool.
    ///   - key: what the keyed methods go by; equal keys go to one server.
    /// - Returns: index of a living server, else of a zombie, else of one whose connection broke, which costs no waiting; else nil.
    public func choose(_ candidates: [PoolCandidate], key: UInt64, using generator: inout some RandomNumberGenerator) -> Int? {
        for condition in [HomeServerCondition.alive, .zombie, .dead] {
            let usable = candidates.indices.filter { index in
                let candidate = candidates[index]
                return candidate.condition == condition && candidate.isEligible && (condition != .dead || candidate.isDisconnected)
            }
            guard let first = usable.first else { continue }
            switch method {
            case .failOver: return ranks.isEmpty ? first : ServerRank.choose(usable, ranks, using: &generator)
            case .loadBalance: return leastLoaded(usable, candidates, &generator)
            case .clientBalance, .clientPortBalance, .keyedBalance:
                // Over all servers, so that the death of one moves only its own keys.
                let home = Int(key % UInt64(candidates.count))
                return usable.contains(home) ? home : leastLoaded(usable, candidates, &generator)
            case .consistentKeyedBalance: return ring.first(from: key) { usable.contains($0) } ?? first
            }
        }
        return nil
    }

    private func leastLoaded(
        _ usable: [Int], _ candidates: [PoolCandidate], _ generator: inout some RandomNumberGenerator
    ) -> Int? {
        let least = usable.map { candidates[$0].outstanding }.min()
        return usable.filter { candidates[$0].outstanding == least }.randomElement(using: &generator)
    }
}

/// A consistent hash ring: each server has many places, a key belongs to the next place after it.
struct ConsistentRing: Sendable {
    private static let placesPerServer = 160
    private let places: [(hash: UInt64, server: Int)]

    init(_ servers: [String]) {
        places = servers.enumerated().flatMap { index, name in
            (0..<Self.placesPerServer).map { (KeyHash.of(Array("\(name)#\($0)".utf8)), index) }
        }.sorted { $0.0 < $1.0 }
    }

    /// The server of the first place from the key on that `isUsable`.
    func first(from key: UInt64, _ isUsable: (Int) -> Bool) -> Int? {
        guard !places.isEmpty else { return nil }
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].hash < key { low = middle + 1 } else { high = middle }
        }
        for step in places.indices {
            let server = places[(low + step) % places.count].server
            if isUsable(server) { return server }
        }
        return nil
    }
}

/// Hashes keys alike in every process, so that all nodes choose the same server.
enum KeyHash {
    /// FNV-1a, then mixed, since the modulus and the ring look at single bits.
    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        return hash ^ (hash >> 31)
    }
}
