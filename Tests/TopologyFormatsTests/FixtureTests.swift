import Foundation
import Testing
import TopologyFormats

/// Every file of `Tests/Vectors/topology`.
@Suite struct FixtureTests {
    @Test func eachFormatHasAFixture() {
        let formats = Set(TopologyVectors.names.compactMap(TopologyVectors.format))
        #expect(formats == Set(TopologyFormat.allCases))
    }

    @Test(arguments: TopologyVectors.names) func becomesTheGraph(name: String) throws {
        let format = try #require(TopologyVectors.format(of: name))
        let options = TopologyParseOptions(time: fixtureTime)
        let graph = try format.parse(try TopologyVectors.input(name), options: options)
        let document = String(decoding: graph.netJSON(isIndented: true), as: UTF8.self) + "\n"
        let expected = try TopologyVectors.expected(name)
        #expect(document == expected)
    }

    /// What is printed is NetJSON, so that a graph can be stored and read again.
    @Test(arguments: TopologyVectors.names) func comesBackFromItsNetJSON(name: String) throws {
        let format = try #require(TopologyVectors.format(of: name))
        let options = TopologyParseOptions(time: fixtureTime)
        let graph = try format.parse(try TopologyVectors.input(name), options: options)
        for isIndented in [false, true] {
            let again = try TopologyFormat.netjson.parse(graph.netJSON(isIndented: isIndented), options: options)
            #expect(GraphDifference(from: graph, to: again).isEmpty)
            #expect(again.protocolName == graph.protocolName && again.version == graph.version && again.revision == graph.revision)
            #expect(again.nodes.map(\.id) == graph.nodes.map(\.id))
        }
    }

    @Test(arguments: TopologyVectors.names) func isRecognized(name: String) throws {
        let input = try TopologyVectors.input(name)
        let format = TopologyFormat.recognized(in: input, options: TopologyParseOptions(time: fixtureTime))
        #expect(format == TopologyVectors.format(of: name))
    }

    @Test(arguments: TopologyVectors.names) func keepsNoKeys(name: String) throws {
        let expected = try TopologyVectors.expected(name)
        #expect(!expected.contains("PRIVATE") && !expected.contains("PRESHARED"))
    }

    /// A byte order mark and lines of other systems change nothing.
    @Test(arguments: TopologyVectors.names) func windowsTextIsTheSame(name: String) throws {
        let format = try #require(TopologyVectors.format(of: name))
        let options = TopologyParseOptions(time: fixtureTime)
        let input = try TopologyVectors.input(name)
        let lines = input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let other = [0xEF, 0xBB, 0xBF] + Array(lines.joined(separator: Array("\r\n".utf8)))
        let graph = try format.parse(input, options: options)
        let again = try format.parse(other, options: options)
        #expect(again == graph)
    }
}
