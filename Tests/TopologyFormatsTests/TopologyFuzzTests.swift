import Foundation
import Testing
import TopologyFormats

/// xorshift64*, so that a failing seed can be run again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) {
        state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
    }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}

/// Whatever the octets: a graph that keeps its rules, or an error; no trap, and no time out of proportion.
@Suite(.timeLimit(.minutes(5))) struct TopologyFuzzTests {
    /// What parsers are sensitive to.
    private static let pieces =
        [
            "{", "}", "[", "]", "\"", "\\", "\\u", "\\ud83e", ",", ":", "\t", "\n", "\r\n", "\n\n", "-", "0", "1e999",
            "9223372036854775808", "null", "true",
            "Infinity", "NaN", "<", ">", "</", "<!--", "<![CDATA[", "&", "&#0;", "&amp;", "Table: Topology", "Table: MID", "END", "UNDEF",
            "ROUTING TABLE",
            "GLOBAL STATS", "HEADER", "BABEL 1.0", "ok", "%", "@", "::", "C", "(none)", "é", "🦊", "\u{FEFF}", "",
        ].map { Array($0.utf8) } + [[0xFF], [0x00], [0xC3], [0x80]]

    private static func mutated(_ input: [UInt8], with generator: inout SeededGenerator) -> [UInt8] {
        var octets = input
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let start = Int.random(in: 0...octets.count, using: &generator)
            let length = min(Int.random(in: 0...40, using: &generator), octets.count - start)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: octets.removeSubrange(start..<start + length)
            case 1: octets.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: start)
            case 2: octets.replaceSubrange(start..<start + length, with: pieces.randomElement(using: &generator) ?? [])
            case 3: if start < octets.count { octets[start] = UInt8.random(in: 0...255, using: &generator) }
            case 4: octets.removeSubrange(start...)
            default:
                octets.insert(contentsOf: Array(octets[start..<start + length]), at: Int.random(in: 0...octets.count, using: &generator))
            }
        }
        return octets
    }

    private func check(_ format: TopologyFormat, _ octets: [UInt8], _ comment: Comment) {
        do throws(TopologyFormatError) {
            let graph = try format.parse(octets, options: TopologyParseOptions(time: fixtureTime))
            let ids = graph.nodes.map(\.id)
            #expect(ids == ids.sorted() && Set(ids).count == ids.count, comment)
            #expect(!ids.contains(""), comment)
            let known = Set(ids)
            #expect(graph.links.allSatisfy { known.contains($0.source) && known.contains($0.target) && $0.source != $0.target }, comment)
            #expect(graph.links.allSatisfy { $0.cost.isFinite }, comment)
            #expect(Set(graph.links.map { Set([$0.source, $0.target]) }).count == graph.links.count, comment)
            let again = try TopologyFormat.netjson.parse(graph.netJSON(), options: TopologyParseOptions(time: fixtureTime, sizeLimit: .max))
            #expect(GraphDifference(from: graph, to: again).isEmpty, comment)
        } catch {
            #expect(!error.message.isEmpty, comment)
            #expect(error.message.utf8.count < 200, comment)
        }
        _ = TopologyFormat.recognized(in: octets, options: TopologyParseOptions(time: fixtureTime))
    }

    @Test(arguments: TopologyVectors.names) func mutatedFixtures(name: String) throws {
        let input = try TopologyVectors.input(name)
        let format = try #require(TopologyVectors.format(of: name))
        for seed in 1...150 {
            var generator = SeededGenerator(seed: seed)
            check(format, Self.mutated(input, with: &generator), "\(name), seed \(seed)")
        }
    }

    @Test(arguments: TopologyFormat.allCases) func anyOctets(format: TopologyFormat) {
        for seed in 1...150 {
            var generator = SeededGenerator(seed: seed &+ 1_000)
            let octets = (0..<Int.random(in: 0...30, using: &generator)).flatMap { _ in Self.pieces.randomElement(using: &generator) ?? [] }
            check(format, octets, "seed \(seed)")
        }
    }

    /// Each format gets what the others are.
    @Test(arguments: TopologyFormat.allCases) func otherFormats(format: TopologyFormat) throws {
        for name in TopologyVectors.names { check(format, try TopologyVectors.input(name), "\(name)") }
    }

    /// A file that is cut off anywhere is an error or a graph, never a trap.
    @Test(arguments: TopologyVectors.names) func cutFixtures(name: String) throws {
        let input = try TopologyVectors.input(name)
        let format = try #require(TopologyVectors.format(of: name))
        for length in stride(from: 0, to: input.count, by: max(1, input.count / 100)) {
            check(format, Array(input.prefix(length)), "\(name), \(length) octets")
        }
    }
}
