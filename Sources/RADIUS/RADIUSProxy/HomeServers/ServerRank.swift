/// What the SRV record of a server says about its use (RFC 2782).
public struct ServerRank: Sendable, Equatable {
    /// Lower goes first.
    public var priority: UInt32
    /// Share of the requests among servers of one priority.
    public var weight: UInt16
    /// Host and port. A host with several addresses counts once: the first address that can be used.
    public var target: String

    public init(priority: UInt32, weight: UInt16, target: String) {
        self.priority = priority
        self.weight = weight
        self.target = target
    }

    /// Draws one of the servers of the lowest priority, each as often as its weight says; one of weight 0 has a very small chance beside others.
    /// - Parameter usable: indices of `ranks`.
    static func choose(_ usable: [Int], _ ranks: [ServerRank], using generator: inout some RandomNumberGenerator) -> Int? {
        guard let lowest = usable.map({ ranks[$0].priority }).min() else { return nil }
        var targets: Set<String> = []
        let candidates = usable.filter { ranks[$0].priority == lowest && targets.insert(ranks[$0].target).inserted }
        // RFC 2782's own algorithm: those without weight first, then the first whose running sum reaches the number drawn.
        let ordered = candidates.filter { ranks[$0].weight == 0 } + candidates.filter { ranks[$0].weight > 0 }
        let total = ordered.reduce(0) { $0 + Int(ranks[$1].weight) }
        guard total > 0 else { return ordered.randomElement(using: &generator) }
        let drawn = Int.random(in: 0...total, using: &generator)
        var sum = 0
        return ordered.first { index in
            sum += Int(ranks[index].weight)
            return sum >= drawn
        }
    }
}
