import Testing
import TopologyFormats

@Suite struct TopologyUpdateTests {
    /// What a database would hold; ids are numbers, in the order of storing.
    private struct Store {
        var nodes: [NodeAttributes] = []
        var links: [StoredTopology.Link] = []

        var topology: StoredTopology { StoredTopology(nodes: nodes, links: links) }

        /// Does what an update says.
        /// - Returns: the update.
        @discardableResult
        mutating func apply(_ graph: NetworkGraph, expiry: LinkExpiry = .immediate, at now: Int64 = 0) -> TopologyUpdate {
            let update = TopologyUpdate(of: topology, with: graph, expiry: expiry, now: now)
            nodes += update.newNodes
            for (place, attributes) in update.changedNodes { nodes[place] = attributes }
            for link in update.newLinks {
                links.append(.init(source: link.source, target: link.target, attributes: link.attributes, isUp: true, modified: now))
            }
            func write(_ place: Int, _ attributes: LinkAttributes, isUp: Bool) {
                links[place] = .init(
                    source: links[place].source, target: links[place].target, attributes: attributes, isUp: isUp, modified: now)
            }
            for link in update.changedLinks { write(link.place, link.attributes, isUp: true) }
            for place in update.downLinks { write(place, links[place].attributes, isUp: false) }
            for place in update.touchedLinks { write(place, links[place].attributes, isUp: true) }
            return update
        }
    }

    private func graph(_ nodes: [GraphNode] = [], _ links: [GraphLink] = []) -> NetworkGraph {
        NetworkGraph(protocolName: "OLSR", version: "1", metric: "ETX", nodes: nodes, links: links)
    }

    private let nodes = ["a", "b", "c"].map { GraphNode(id: $0) }
    private let link = GraphLink(source: "a", target: "b", cost: 1, properties: ["x": 1])

    @Test func theSameInputChangesNothing() {
        var store = Store()
        let first = store.apply(graph(nodes, [link]))
        #expect(first.newNodes.map(\.addresses) == [["a"], ["b"], ["c"]])
        #expect(first.newLinks.map(\.source) == [0] && first.newLinks.map(\.target) == [1])
        #expect(first.newLinks.map(\.attributes) == [LinkAttributes(cost: 1, costText: "", properties: ["x": 1])])
        for _ in 0..<3 {
            let again = store.apply(graph(nodes.reversed(), [GraphLink(source: "b", target: "a", cost: 1, properties: ["x": 1])]))
            #expect(again.isEmpty && again.touchedLinks.isEmpty && again.refusals.isEmpty)
        }
    }

    @Test func onlyWhatDiffersIsWritten() {
        var store = Store()
        store.apply(graph(nodes, [link, GraphLink(source: "b", target: "c", cost: 1)]))
        var changed = nodes
        changed[1].label = "B"
        let update = store.apply(graph(changed, [link, GraphLink(source: "c", target: "b", cost: 2)]))
        #expect(update.changedNodes.map(\.place) == [1])
        #expect(update.changedLinks.map(\.place) == [1] && update.changedLinks.map(\.comesUp) == [false])
        #expect(update.changedLinks.map(\.attributes) == [LinkAttributes(cost: 2, costText: "", properties: [:])])
        #expect(update.newNodes.isEmpty && update.newLinks.isEmpty && update.downLinks.isEmpty)
    }

    @Test func nodesThatAreGoneStayAndTheirLinksGoDown() {
        var store = Store()
        store.apply(graph(nodes, [link]))
        let gone = store.apply(graph())
        #expect(gone.downLinks == [0])
        #expect(gone.changedNodes.isEmpty)
        #expect(store.links[0].attributes.properties == ["x": 1])
        #expect(store.apply(graph()).isEmpty)
        let back = store.apply(graph(nodes, [link]))
        #expect(back.changedLinks.map(\.comesUp) == [true])
        #expect(back.newLinks.isEmpty && back.newNodes.isEmpty)
    }

    /// With an expiry of 50 s an absent link stays up at 10 s, and goes down with the input at 60 s.
    @Test func linksExpire() {
        let second: Int64 = 1_000_000
        let expiry = LinkExpiry.after(microseconds: 50 * second)
        var store = Store()
        store.apply(graph(nodes, [link]), expiry: expiry, at: 0)
        #expect(store.apply(graph(nodes), expiry: expiry, at: 10 * second).isEmpty)
        #expect(store.apply(graph(nodes), expiry: expiry, at: 60 * second).downLinks == [0])
        #expect(store.apply(graph(nodes, [link]), expiry: expiry, at: 61 * second).changedLinks.map(\.comesUp) == [true])
    }

    @Test func eachInputThatNamesALinkProlongsIt() {
        let second: Int64 = 1_000_000
        let expiry = LinkExpiry.after(microseconds: 50 * second)
        var store = Store()
        store.apply(graph(nodes, [link]), expiry: expiry, at: 0)
        let touch = store.apply(graph(nodes, [link]), expiry: expiry, at: 40 * second)
        #expect(touch.isEmpty && touch.touchedLinks == [0])
        #expect(store.apply(graph(nodes), expiry: expiry, at: 80 * second).isEmpty)
        #expect(store.apply(graph(nodes), expiry: expiry, at: 91 * second).downLinks == [0])
    }

    @Test func aClockThatWasSetBackTakesNoLinkDown() {
        var store = Store()
        store.apply(graph(nodes, [link]), expiry: .after(microseconds: 10), at: 1_000)
        #expect(store.apply(graph(nodes), expiry: .after(microseconds: 10), at: 0).isEmpty)
    }

    /// 10.0.0.1 is not 10.0.0.11.
    @Test func addressesAreComparedWhole() {
        var store = Store()
        store.apply(graph([GraphNode(id: "10.0.0.11")]))
        let update = store.apply(graph([GraphNode(id: "10.0.0.1")]))
        #expect(update.newNodes.map(\.addresses) == [["10.0.0.1"]])
    }

    @Test func aNodeIsFoundByAnyOfItsAddresses() {
        var store = Store()
        store.apply(graph([GraphNode(id: "a", localAddresses: ["a2", "a"])]))
        #expect(store.nodes[0].addresses == ["a", "a2"])
        let update = store.apply(graph([GraphNode(id: "a2", localAddresses: ["a"])]))
        #expect(update.newNodes.isEmpty && update.changedNodes.map(\.attributes.addresses) == [["a2", "a"]])
    }

    /// An address that went to another node does not join the two.
    @Test func aNodeIsOneNodeOnly() {
        var store = Store()
        store.apply(graph([GraphNode(id: "a", localAddresses: ["b"])]))
        let update = store.apply(graph([GraphNode(id: "a"), GraphNode(id: "b")], [GraphLink(source: "a", target: "b", cost: 1)]))
        #expect(update.changedNodes.map(\.place) == [0])
        #expect(update.newNodes.map(\.addresses) == [["b"]])
        #expect(update.newLinks.map(\.source) == [0] && update.newLinks.map(\.target) == [1])
    }

    @Test func tooLongTextsAreRefusedAlone() {
        var store = Store()
        let long = GraphNode(id: "a", label: String(repeating: "ß", count: 65))
        let fits = GraphNode(id: "b", label: String(repeating: "ß", count: 64))
        let links = [
            GraphLink(source: "a", target: "b", cost: 1), GraphLink(source: "b", target: "c", cost: 1),
            GraphLink(source: "c", target: "d", cost: 1, costText: String(repeating: "1", count: 25)),
        ]
        let update = store.apply(graph([long, fits, GraphNode(id: "c"), GraphNode(id: "d")], links))
        #expect(update.refusals == [.label(node: "a"), .costText(source: "c", target: "d")])
        #expect(update.newNodes.map(\.addresses) == [["b"], ["c"], ["d"]])
        #expect(update.newLinks.map(\.source) == [0])
        // A stored node whose new label does not fit keeps its links.
        store.apply(graph([GraphNode(id: "a")], [GraphLink(source: "a", target: "b", cost: 1)]))
        let later = store.apply(graph([long, fits, GraphNode(id: "c"), GraphNode(id: "d")], links))
        #expect(later.downLinks.isEmpty && later.refusals.contains(.label(node: "a")))
    }

    /// What the API adds to a link's properties is never stored among them.
    @Test func statusIsNoProperty() {
        var store = Store()
        let link = GraphLink(
            source: "a", target: "b", cost: 1, properties: ["status": "down", "status_changed": 1, "created": 1, "modified": 1, "x": 1])
        store.apply(graph(nodes, [link]))
        #expect(store.links[0].attributes.properties == ["x": 1])
        #expect(store.apply(graph(nodes, [link])).isEmpty)
    }

    /// Each graph, whatever was there before, ends up stored as it is.
    @Test(arguments: 1...60) func storedIsWhatTheLastGraphSays(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        var store = Store()
        for step in 0..<6 {
            let ids = ["a", "b", "c", "d", "e"].filter { _ in Bool.random(using: &generator) }
            let nodes = ids.map { GraphNode(id: $0, label: Bool.random(using: &generator) ? "x" : "") }
            var links: [GraphLink] = []
            for (index, one) in ids.enumerated() {
                for other in ids[(index + 1)...] where Bool.random(using: &generator) {
                    links.append(GraphLink(source: one, target: other, cost: Double(Int.random(in: 1...2, using: &generator))))
                }
            }
            store.apply(graph(nodes, links), at: Int64(step))
            for node in nodes {
                #expect(store.nodes.contains { $0.addresses == [node.id] && $0.label == node.label })
            }
            let up = store.links.filter(\.isUp).map { link in
                let ends = [link.source, link.target].map { store.nodes[$0].addresses[0] }.sorted()
                return "\(ends) \(link.attributes.cost)"
            }
            #expect(up.sorted() == links.map { "\([$0.source, $0.target].sorted()) \($0.cost)" }.sorted())
            #expect(Set(store.nodes.map(\.addresses)).count == store.nodes.count)
            #expect(TopologyUpdate(of: store.topology, with: graph(nodes, links), expiry: .immediate, now: 0).isEmpty)
        }
    }
}
