import Testing

@testable import RADIUSProxy

@Suite struct PoolChoiceTests {
    private static let servers = ["one", "two", "three", "four"]

    private func candidates(_ conditions: HomeServerCondition..., outstanding: [Int] = [0, 0, 0, 0]) -> [PoolCandidate] {
        zip(conditions, outstanding).map { PoolCandidate(condition: $0, outstanding: $1) }
    }

    private func choose(_ method: PoolMethod, _ candidates: [PoolCandidate], key: UInt64 = 0) -> Int? {
        var random = SystemRandomNumberGenerator()
        return PoolChoice(method, servers: Self.servers).choose(candidates, key: key, using: &random)
    }

    @Test func failOverTakesTheFirstLivingOne() {
        #expect(choose(.failOver, candidates(.alive, .alive, .alive, .alive)) == 0)
        #expect(choose(.failOver, candidates(.dead, .zombie, .alive, .alive)) == 2)
        #expect(choose(.failOver, candidates(.down, .dead, .dead, .down)) == nil)
    }

    @Test(arguments: PoolMethod.allCases) func zombiesServeOnlyWhereNobodyLives(method: PoolMethod) {
        for key in 0..<200 as Range<UInt64> {
            let hash = KeyHash.of([UInt8(key)])
            #expect(choose(method, candidates(.zombie, .zombie, .alive, .dead), key: hash) == 2)
            #expect([0, 1].contains(choose(method, candidates(.zombie, .zombie, .dead, .down), key: hash)))
        }
    }

    @Test(arguments: PoolMethod.allCases) func whoeverWasTriedOrIsFullIsNotChosen(method: PoolMethod) {
        var all = candidates(.alive, .alive, .alive, .alive)
        for index in [0, 1, 3] { all[index].isEligible = false }
        for key in 0..<100 as Range<UInt64> { #expect(choose(method, all, key: KeyHash.of([UInt8(key)])) == 2) }
        all[2].isEligible = false
        #expect(choose(method, all) == nil)
    }

    @Test(arguments: PoolMethod.allCases) func aBrokenConnectionIsTriedWhereNothingElseIsLeft(method: PoolMethod) {
        var all = candidates(.dead, .dead, .zombie, .dead)
        all[1].isDisconnected = true
        #expect(choose(method, all) == 2)
        all[2].isEligible = false
        #expect(choose(method, all) == 1)
        all[1].condition = .down
        #expect(choose(method, all) == nil)
    }

    @Test func loadBalanceTakesTheLeastLoadedAndSharesTies() {
        #expect(choose(.loadBalance, candidates(.alive, .alive, .alive, .alive, outstanding: [3, 2, 1, 9])) == 2)
        var counts = [0, 0, 0, 0]
        for _ in 0..<4000 { counts[choose(.loadBalance, candidates(.alive, .alive, .dead, .alive)) ?? 2] += 1 }
        #expect(counts[2] == 0)
        #expect([0, 1, 3].allSatisfy { (1100...1600).contains(counts[$0]) })
    }

    @Test func ranksShareOnePriorityByWeightAndKeepTheOthersInReserve() {
        let ranks = [
            ServerRank(priority: 20, weight: 100, target: "later"), ServerRank(priority: 10, weight: 30, target: "a"),
            // The same host by another address.
            ServerRank(priority: 10, weight: 30, target: "a"), ServerRank(priority: 10, weight: 10, target: "b"),
        ]
        let choice = PoolChoice(.failOver, servers: Self.servers, ranks: ranks)
        func counts(_ candidates: [PoolCandidate]) -> [Int] {
            var random = SystemRandomNumberGenerator()
            var counts = [0, 0, 0, 0]
            for _ in 0..<4000 { if let index = choice.choose(candidates, key: 0, using: &random) { counts[index] += 1 } }
            return counts
        }
        let all = counts(candidates(.alive, .alive, .alive, .alive))
        #expect(all[0] == 0 && all[2] == 0)
        #expect((2800...3200).contains(all[1]), "three of four: \(all)")
        #expect(counts(candidates(.alive, .dead, .alive, .dead)) == [0, 0, 4000, 0], "the host's other address")
        #expect(counts(candidates(.alive, .dead, .dead, .zombie)) == [4000, 0, 0, 0], "whoever lives goes before a zombie")
        var random = SystemRandomNumberGenerator()
        let weightless = [ServerRank(priority: 1, weight: 0, target: "a"), ServerRank(priority: 1, weight: 0, target: "b")]
        let chosen = Set((0..<100).compactMap { _ in ServerRank.choose([0, 1], weightless, using: &random) })
        #expect(chosen == [0, 1])
    }

    @Test(arguments: [PoolMethod.clientBalance, .keyedBalance, .consistentKeyedBalance])
    func keysStayAtTheirServerAndSpreadEvenly(method: PoolMethod) {
        let all = candidates(.alive, .alive, .alive, .alive)
        var counts = [0, 0, 0, 0]
        for number in 0..<4000 {
            let key = KeyHash.of("user\(number)".utf8)
            let chosen = choose(method, all, key: key) ?? -1
            counts[chosen] += 1
            if number < 50 { #expect((0..<20).allSatisfy { _ in choose(method, all, key: key) == chosen }) }
        }
        #expect(counts.allSatisfy { (700...1300).contains($0) }, "\(counts)")
    }

    @Test(arguments: [PoolMethod.clientBalance, .keyedBalance, .consistentKeyedBalance])
    func theDeathOfAServerMovesOnlyItsOwnKeys(method: PoolMethod) {
        let before = candidates(.alive, .alive, .alive, .alive)
        let after = candidates(.alive, .dead, .alive, .alive)
        var inherited: Set<Int> = []
        for number in 0..<2000 {
            let key = KeyHash.of("user\(number)".utf8)
            guard let home = choose(method, before, key: key), let now = choose(method, after, key: key) else {
                Issue.record("nobody chosen")
                return
            }
            if home == 1 { inherited.insert(now) } else { #expect(now == home) }
        }
        #expect(inherited == [0, 2, 3], "the others share what the dead one had")
    }

    @Test func aNewServerOnTheRingTakesItsShareAndNoMore() {
        let small = ConsistentRing(["one", "two", "three"])
        let large = ConsistentRing(["one", "two", "three", "four"])
        var moved = 0
        for number in 0..<4000 {
            let key = KeyHash.of("user\(number)".utf8)
            let (before, after) = (small.first(from: key) { _ in true }, large.first(from: key) { _ in true })
            if before != after {
                moved += 1
                #expect(after == 3)
            }
        }
        #expect((700...1300).contains(moved))
    }
}
