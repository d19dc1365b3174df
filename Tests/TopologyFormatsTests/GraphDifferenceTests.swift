import Testing
import TopologyFormats

@Suite struct GraphDifferenceTests {
    private func graph(_ nodes: [GraphNode] = [], _ links: [GraphLink] = [], version: String = "1") -> NetworkGraph {
        NetworkGraph(protocolName: "OLSR", version: version, metric: "ETX", nodes: nodes, links: links)
    }

    private func nodes(_ ids: String...) -> [GraphNode] { ids.map { GraphNode(id: $0) } }

    @Test func orientationIsNoDifference() {
        let old = graph(nodes("A", "B"), [GraphLink(source: "A", target: "B", cost: 1)])
        let new = graph(
            nodes("A", "B", "C"), [GraphLink(source: "B", target: "A", cost: 1), GraphLink(source: "B", target: "C", cost: 2)], version: "2"
        )
        let difference = GraphDifference(from: old, to: new)
        #expect(difference.added == graph(nodes("C"), [GraphLink(source: "B", target: "C", cost: 2)], version: "2"))
        #expect(difference.removed == nil && difference.changed == nil)
    }

    @Test func removedIsAsItWasUnderTheNewDescription() {
        let link = GraphLink(source: "A", target: "B", cost: 3, properties: ["x": 1])
        let difference = GraphDifference(from: graph(nodes("A", "B"), [link]), to: graph(nodes("A"), version: "2"))
        #expect(difference.removed == graph(nodes("B"), [link], version: "2"))
        #expect(difference.added == nil && difference.changed == nil)
    }

    static let nodeChanges = [
        GraphNode(id: "A", label: "a"), GraphNode(id: "A", localAddresses: ["1", "2"]), GraphNode(id: "A", properties: ["x": 1]),
        GraphNode(id: "A", properties: ["x": [["y": .null]]]),
    ]

    @Test(arguments: nodeChanges) func nodesDifferInEachAttribute(node: GraphNode) {
        let difference = GraphDifference(from: graph(nodes("A")), to: graph([node]))
        #expect(difference.changed == graph([node]))
        #expect(difference.added == nil && difference.removed == nil)
        #expect(GraphDifference(from: graph([node]), to: graph([node])).isEmpty)
    }

    @Test func orderOfAddressesIsADifferenceAndThatOfPropertiesNone() {
        let one = GraphNode(id: "A", localAddresses: ["1", "2"], properties: Properties([.init("x", 1), .init("y", [["a": 1, "b": 2]])]))
        var other = GraphNode(
            id: "A", localAddresses: ["1", "2"], properties: Properties([.init("y", [["b": 2.0, "a": 1.0]]), .init("x", 1.0)]))
        #expect(GraphDifference(from: graph([one]), to: graph([other])).isEmpty)
        other.localAddresses = ["2", "1"]
        #expect(GraphDifference(from: graph([one]), to: graph([other])).changed?.nodes == [other])
    }

    static let linkChanges = [
        GraphLink(source: "B", target: "A", cost: 2), GraphLink(source: "A", target: "B", cost: 1, costText: "1"),
        GraphLink(source: "B", target: "A", cost: 1, properties: ["list": [1, ["x": [:]]]]),
    ]

    @Test(arguments: linkChanges) func linksDifferInEachAttribute(link: GraphLink) {
        let old = graph(nodes("A", "B"), [GraphLink(source: "A", target: "B", cost: 1)])
        let difference = GraphDifference(from: old, to: graph(nodes("A", "B"), [link]))
        #expect(difference.changed == graph([], [link]))
        #expect(difference.added == nil && difference.removed == nil)
    }

    /// The same graphs give the same text, whatever order their parts had.
    @Test func sectionsAreInTheOrderOfIDs() {
        let links = [GraphLink(source: "b", target: "c", cost: 1), GraphLink(source: "a", target: "c", cost: 1)]
        let difference = GraphDifference(from: graph(), to: graph(nodes("c", "a", "b"), links))
        #expect(difference.added?.nodes.map(\.id) == ["a", "b", "c"])
        #expect(difference.added?.pairs == ["a-c", "b-c"])
        let backwards = GraphDifference(from: graph(), to: graph(nodes("b", "c", "a"), links.reversed()))
        #expect(difference.netJSON() == backwards.netJSON())
    }

    @Test func isWrittenWithNullForWhatIsEmpty() {
        let text = String(decoding: GraphDifference(from: graph(), to: graph()).netJSON(), as: UTF8.self)
        #expect(text == #"{"added":null,"removed":null,"changed":null}"#)
    }

    /// old + difference = new.
    @Test(arguments: 1...100) func sectionsAreExactlyTheDifference(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        func random() -> NetworkGraph {
            let ids = ["a", "b", "c", "d", "e", "f"].filter { _ in Bool.random(using: &generator) }
            let graphNodes = ids.map { GraphNode(id: $0, label: Bool.random(using: &generator) ? "x" : "") }
            var graphLinks: [GraphLink] = []
            for (index, one) in ids.enumerated() {
                for other in ids[(index + 1)...] where Bool.random(using: &generator) {
                    let isForward = Bool.random(using: &generator)
                    let cost = Double(Int.random(in: 1...2, using: &generator))
                    graphLinks.append(GraphLink(source: isForward ? one : other, target: isForward ? other : one, cost: cost))
                }
            }
            return graph(graphNodes, graphLinks)
        }
        func pair(_ link: GraphLink) -> Set<String> { [link.source, link.target] }
        let old = random()
        let new = random()
        let difference = GraphDifference(from: old, to: new)
        var patchedNodes = Dictionary(uniqueKeysWithValues: old.nodes.map { ($0.id, $0) })
        var patchedLinks = Dictionary(uniqueKeysWithValues: old.links.map { (pair($0), $0.cost) })
        for node in difference.removed?.nodes ?? [] { patchedNodes[node.id] = nil }
        for link in difference.removed?.links ?? [] { patchedLinks[pair(link)] = nil }
        for section in [difference.added, difference.changed] {
            for node in section?.nodes ?? [] { patchedNodes[node.id] = node }
            for link in section?.links ?? [] { patchedLinks[pair(link)] = link.cost }
        }
        #expect(patchedNodes == Dictionary(uniqueKeysWithValues: new.nodes.map { ($0.id, $0) }))
        #expect(patchedLinks == Dictionary(uniqueKeysWithValues: new.links.map { (pair($0), $0.cost) }))
        #expect(difference.isEmpty == (GraphDifference(from: new, to: old).isEmpty))
    }
}
