import Testing
import TopologyFormats

@Suite struct NetJSONFormatTests {
    private func graph(nodes: String = "[]", links: String = "[]", version: String = "\"1\"") throws -> NetworkGraph {
        try TopologyFormat.netjson.parse(
            #"{"type": "NetworkGraph", "protocol": "static", "version": \#(version), "metric": null, "nodes": \#(nodes), "links": \#(links)}"#
        )
    }

    @Test func linksMakeTheirNodes() throws {
        let graph = try graph(links: #"[{"source": "b", "target": "a", "cost": 1}]"#)
        #expect(graph.nodes.map(\.id) == ["a", "b"])
        #expect(graph.pairs == ["b-a"])
    }

    /// Last write wins attribute by attribute, in either direction.
    @Test func aPairHasOneLink() throws {
        let graph = try graph(
            links: """
                [{"source": "b", "target": "a", "cost": 1, "cost_text": "one", "properties": {"x": 1, "y": 1}},
                {"source": "a", "target": "b", "cost": 2, "properties": {"y": 2}}]
                """)
        #expect(graph.links == [GraphLink(source: "b", target: "a", cost: 2, costText: "one", properties: ["x": 1, "y": 2])])
    }

    @Test func aLinkToItselfIsNone() throws {
        let graph = try graph(links: #"[{"source": "a", "target": "a", "cost": 1}]"#)
        #expect(graph.nodes.count == 1 && graph.links.isEmpty)
    }

    @Test func namesOfAttributesMayBeProperties() throws {
        let graph = try graph(
            nodes: #"[{"id": "a", "label": "L", "properties": {"label": "P", "local_addresses": 1, "weight": 2, "id": 3}}]"#)
        #expect(graph.nodes[0].label == "L" && graph.nodes[0].localAddresses.isEmpty)
        #expect(graph.nodes[0].properties == ["id": 3, "label": "P", "local_addresses": 1, "weight": 2])
    }

    @Test func versionMayBeEmptyNullOrANumber() throws {
        #expect(try graph(version: "\"\"").version == "")
        #expect(try graph(version: "null").version == nil)
        #expect(try graph(version: "2").version == "2")
    }

    @Test func nodesComeInTheOrderOfTheirIDs() throws {
        let graph = try graph(nodes: #"[{"id": "b"}, {"id": "a"}, {"id": "10"}, {"id": "9"}]"#)
        #expect(graph.nodes.map(\.id) == ["10", "9", "a", "b"])
    }

    @Test(arguments: [
        ("\"\\u0041\\n\\\"\\/\"", "A\n\"/"), ("\"\\ud83e\\udd8a\"", "🦊"), ("\"\\ud83e\"", "\u{FFFD}"), ("\"\\udd8ax\"", "\u{FFFD}x"),
        ("\"\\ud83e\\u0041\"", "\u{FFFD}A"), ("\"a\\u0000b\"", "a\u{FFFD}b"), ("\"ß🦊\"", "ß🦊"),
    ]) func textsAreAsJSONHasThem(json: String, text: String) throws {
        let graph = try graph(nodes: #"[{"id": "a", "label": \#(json)}]"#)
        #expect(graph.nodes[0].label == text)
    }

    @Test func decimalsAreReadAsSwiftReadsThem() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            let digits = (0..<Int.random(in: 1...20, using: &generator)).map { _ in "\(Int.random(in: 0...9, using: &generator))" }.joined()
            let text = "\(Bool.random(using: &generator) ? "-" : "")\(Int.random(in: 0...99_999, using: &generator)).\(digits)"
            #expect(try PropertyValue(json: Array(text.utf8)) == .number(Double(text) ?? .nan), "\(text)")
        }
        #expect(try PropertyValue(json: Array("-0.0".utf8)) == .number(-0.0))
    }

    @Test(
        arguments: [
            ("0", .integer(0)), ("-0", .integer(0)), ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.5e3", .number(1_500)), ("1E-2", .number(0.01)),
            ("1e999", .number(.infinity)), ("-Infinity", .number(-.infinity)), ("NaN", .null), ("true", true),
            ("[1, [ ], {}]", [1, [], [:]]),
        ] as [(String, PropertyValue)]) func numbersKeepTheirValue(json: String, value: PropertyValue) throws
    {
        let nodes = #"[{"id": "a", "properties": {"x": \#(json)}}]"#
        let graph = try graph(nodes: nodes)
        #expect(graph.nodes[0].properties["x"] == value)
        let again = try TopologyFormat.netjson.parse(graph.netJSON(), options: TopologyParseOptions(time: 0))
        #expect(again == graph)
    }

    @Test(arguments: [
        "+1", ".5", "1.", "1e", "-", "tru", "nul", "\"\u{1}\"", "\"\\x\"", "\"\\u12g4\"", "{\"a\" 1}", "{a: 1}", "[1,]", "{\"a\": 1,}",
        "'a'", "\"",
    ]) func otherThanJSONIsRefused(json: String) {
        #expect(throws: TopologyFormatError.self) { try graph(nodes: #"[{"id": "a", "properties": {"x": \#(json)}}]"#) }
    }

    @Test func theLastOfEqualNamesCounts() throws {
        let graph = try graph(nodes: #"[{"id": "a", "properties": {"z": 0, "x": 1, "y": 2, "x": 3}}]"#)
        #expect(graph.nodes[0].properties.members.map(\.name) == ["x", "y", "z"])
        #expect(graph.nodes[0].properties["x"] == 3)
    }

    @Test func equalGraphsAreWrittenAlike() throws {
        let one = try graph(nodes: #"[{"id": "a", "properties": {"x": {"b": 1, "a": [2]}, "y": 1.0}}, {"id": "b"}]"#)
        let other = try graph(nodes: #"[{"id": "b"}, {"properties": {"y": 1.0, "x": {"a": [2], "b": 1}}, "id": "a"}]"#)
        #expect(one == other)
        #expect(one.netJSON() == other.netJSON())
        let text = String(decoding: one.netJSON(), as: UTF8.self)
        #expect(
            text
                == #"{"type":"NetworkGraph","protocol":"static","version":"1","revision":null,"metric":null,"nodes":[{"id":"a","label":"","local_addresses":[],"properties":{"x":{"a":[2],"b":1},"y":1.0}},{"id":"b","label":"","local_addresses":[],"properties":{}}],"links":[]}"#
        )
    }
}
