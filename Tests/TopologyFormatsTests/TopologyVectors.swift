import Foundation
import TopologyFormats

/// `Tests/Vectors/topology`.
enum TopologyVectors {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Vectors/topology")

    /// File names without `.input`.
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".input") }
        .map { String($0.dropLast(".input".count)) }.sorted()

    static func input(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: "\(name).input")))
    }

    static func expected(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: "\(name).expected.json"), encoding: .utf8)
    }

    /// The beginning of a file's name is its format.
    static func format(of name: String) -> TopologyFormat? {
        name.split(separator: "-").first.flatMap { TopologyFormat(name: String($0)) }
    }
}

/// The moment of the fixtures, 2026-01-31 12:00:00 UTC.
let fixtureTime: Int64 = 1_769_860_800

extension TopologyFormat {
    /// Reads a text at the moment of the fixtures.
    func parse(_ text: String, separatesCommonNames: Bool = false) throws(TopologyFormatError) -> NetworkGraph {
        try parse(Array(text.utf8), options: TopologyParseOptions(time: fixtureTime, separatesCommonNames: separatesCommonNames))
    }

    /// The error of a text; nil where it is a graph.
    func failure(_ text: String) -> TopologyFormatError? {
        do throws(TopologyFormatError) {
            _ = try parse(text)
            return nil
        } catch {
            return error
        }
    }
}

extension NetworkGraph {
    func node(_ id: String) -> GraphNode? { nodes.first { $0.id == id } }

    /// "a-b" for each link, in the graph's order.
    var pairs: [String] { links.map { "\($0.source)-\($0.target)" } }
}
