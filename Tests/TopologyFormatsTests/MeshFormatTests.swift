import Testing
import TopologyFormats

@Suite struct MeshFormatTests {
    @Test func olsrHasAliasesAndETX() throws {
        let graph = try TopologyFormat.olsr.parse(
            """
            {"topology":[{"lastHopIP":"10.0.0.1","destinationIP":"10.0.0.2","linkQuality":0.9,"neighborLinkQuality":1.0,"tcEdgeCost":2048}],
            "mid":[{"main":{"ipAddress":"10.0.0.1"},"aliases":[{"ipAddress":"172.20.0.1"}]}]}
            """)
        #expect(graph.protocolName == "OLSR" && graph.version == "0.8" && graph.revision == nil && graph.metric == "ETX")
        #expect(graph.nodes == [GraphNode(id: "10.0.0.1", localAddresses: ["172.20.0.1"]), GraphNode(id: "10.0.0.2")])
        #expect(
            graph.links == [
                GraphLink(
                    source: "10.0.0.1", target: "10.0.0.2", cost: 2, properties: ["link_quality": 0.9, "neighbor_link_quality": 1.0])
            ])
    }

    @Test(arguments: ["Infinity", "4194304", "4294967295", "1e999"]) func olsrLinkOfInfiniteCostIsNone(cost: String) throws {
        let graph = try TopologyFormat.olsr.parse(
            """
            {"topology":[{"lastHopIP":"a","destinationIP":"b","linkQuality":0,"neighborLinkQuality":0,"tcEdgeCost":\(cost)}],
            "mid":[{"ipAddress":"b","aliases":[{"ipAddress":"c"}]}]}
            """)
        #expect(graph.nodes == [GraphNode(id: "b", localAddresses: ["c"])])
        #expect(graph.links.isEmpty)
    }

    @Test func olsrReleaseIsOfTheVersionBlockWhereThereIsOne() throws {
        let graph = try TopologyFormat.olsr.parse(
            #"{"version": {"releaseVersion": "0.9.8", "sourceHash": "ab12"}, "config": {"olsrdVersion": "x-1-hash_y"}, "topology": [], "mid": []}"#
        )
        #expect(graph.version == "0.9.8" && graph.revision == "ab12")
    }

    /// A neighbour's second address is the neighbour.
    @Test func batmanJoinsInterfacesOfANode() throws {
        let graph = try TopologyFormat.batman.parse(
            """
            {"vis": [{"primary": "a1", "secondary": ["a2"], "neighbors": [{"router": "a2", "neighbor": "b2", "metric": 1.5}]},
            {"primary": "b1", "secondary": ["b2"], "neighbors": [{"router": "b2", "neighbor": "a2", "metric": "2.25"}]}]}
            """)
        #expect(graph.pairs == ["a1-b1"])
        #expect(graph.links[0].cost == 2.25)
        #expect(graph.version == "2015.0")
    }

    @Test func bmx6CostIsTheMeanRate() throws {
        let graph = try TopologyFormat.bmx6.parse(#"[{"name": "b", "links": [{"name": "a", "rxRate": 60, "txRate": 41}]}]"#)
        #expect(graph.links == [GraphLink(source: "b", target: "a", cost: 50.5, properties: ["rx_rate": 60, "tx_rate": 41])])
        let empty = try TopologyFormat.bmx6.parse("[]")
        #expect(empty.nodes.isEmpty && empty.version == "0" && empty.metric == "none")
    }

    @Test func freifunkUnderstandsBothMeaningsOfQuality() throws {
        let graph = try TopologyFormat.freifunk.parse(
            #"{"batadv": {"nodes": [{"id": "a"}, {"id": "b"}, {"id": "c"}], "links": [{"source": 0, "target": 1, "tq": 0.5}, {"source": 1, "target": 2, "tq": 2.5}]}}"#
        )
        #expect(graph.links.map(\.cost) == [2, 2.5])
    }

    @Test func freifunkNodesMayBeAnObject() throws {
        let graph = try TopologyFormat.freifunk.parse(
            #"{"version": 1, "nodes": {"c46e": {"nodeinfo": {"node_id": "c46e", "hostname": "pier"}, "flags": {"online": false}}}}"#)
        #expect(graph.nodes == [GraphNode(id: "c46e", label: "pier", properties: ["online": false])])
        #expect(graph.version == "1")
    }

    @Test func babelKnowsFarRoutersByTheWayToThem() throws {
        let name = "babel-dump"
        let graph = try TopologyFormat.babel.parse(try TopologyVectors.input(name), options: TopologyParseOptions(time: fixtureTime))
        #expect(graph.pairs == ["02:00:5e:ff:fe:10:00:01-02:00:5e:ff:fe:10:00:02", "02:00:5e:ff:fe:10:00:02-02:00:5e:ff:fe:10:00:03"])
        #expect(graph.links[0].properties["path"] == nil && graph.links[1].properties == ["path": true])
    }

    /// Where the far router's own dump is there, its links are known.
    @Test func babelDumpsOfSeveralRoutersAreOneNetwork() throws {
        let name = "babel-two-routers"
        let graph = try TopologyFormat.babel.parse(try TopologyVectors.input(name), options: TopologyParseOptions(time: fixtureTime))
        #expect(graph.nodes.count == 3 && graph.links.count == 2)
        #expect(graph.links.allSatisfy { $0.properties["path"] == nil })
    }
}
