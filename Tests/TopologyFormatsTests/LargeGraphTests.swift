import Testing
import TopologyFormats

/// 10,000 nodes with 30,000 links, in a time that only work in proportion to them allows.
@Suite(.timeLimit(.minutes(2))) struct LargeGraphTests {
    private static let count = 10_000

    private static func graph(cost: Double) -> NetworkGraph {
        func id(_ number: Int) -> String { "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)" }
        return NetworkGraph(
            protocolName: "OLSR", version: "0.9", metric: "ETX",
            nodes: (0..<count).map { number in
                GraphNode(
                    id: id(number), label: "node \(number)", localAddresses: ["172.16.\(number >> 8).\(number & 255)"],
                    properties: ["clients": .integer(Int64(number % 40)), "model": .text("AP \(number % 7)"), "online": true])
            },
            links: (0..<count).flatMap { number in
                [1, 17, 101].map { step in
                    GraphLink(
                        source: id(number), target: id((number + step) % count), cost: cost,
                        properties: ["link_quality": 0.9, "neighbor_link_quality": 0.8])
                }
            })
    }

    @Test func isReadComparedAndUpdated() throws {
        let options = TopologyParseOptions(time: fixtureTime, sizeLimit: .max)
        let old = try TopologyFormat.netjson.parse(Self.graph(cost: 1).netJSON(), options: options)
        let new = try TopologyFormat.netjson.parse(Self.graph(cost: 2).netJSON(), options: options)
        #expect(old.nodes.count == Self.count && old.links.count == 3 * Self.count)
        let difference = GraphDifference(from: old, to: new)
        #expect(difference.changed?.links.count == 3 * Self.count)
        #expect(difference.added == nil && difference.removed == nil)

        let first = TopologyUpdate(of: StoredTopology(), with: old, expiry: .immediate, now: 0)
        #expect(first.newNodes.count == Self.count && first.newLinks.count == 3 * Self.count)
    }

    @Test func statusOfTenThousandClientsIsRead() throws {
        let numbers = 0..<Self.count
        let text = """
            OpenVPN CLIENT LIST
            Updated,2026-01-31 12:00:00
            Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since
            \(numbers.map { "client-\($0),192.0.2.\($0 & 255):\($0),1,2,Sat Jan 31 11:00:00 2026" }.joined(separator: "\n"))
            ROUTING TABLE
            Virtual Address,Common Name,Real Address,Last Ref
            \(numbers.map { "10.8.\($0 >> 8).\($0 & 255),client-\($0),192.0.2.\($0 & 255):\($0),Sat Jan 31 11:59:00 2026" }.joined(separator: "\n"))
            GLOBAL STATS
            Max bcast/mcast queue length,0
            END
            """
        let graph = try TopologyFormat.openvpn.parse(text)
        #expect(graph.nodes.count == Self.count + 1 && graph.links.count == Self.count)
    }

    /// Names in the worst order for an object that keeps them sorted.
    @Test func anObjectOfManyMembersIsRead() throws {
        let members = (0..<100_000).reversed().map { "\"\($0)\": \($0)" }.joined(separator: ",")
        let graph = try TopologyFormat.netjson.parse(
            #"{"type": "NetworkGraph", "protocol": "x", "version": "1", "metric": null, "links": [], "nodes": [{"id": "a", "properties": {\#(members)}}]}"#
        )
        #expect(graph.nodes[0].properties.members.count == 100_000)
        #expect(graph.nodes[0].properties["77"] == 77)
    }
}
