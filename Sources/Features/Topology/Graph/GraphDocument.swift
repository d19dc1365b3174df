import TopologyFormats

/// A topology with its graph, written as the API sends it.
struct GraphDocument: Sendable {
    let topology: NetworkTopology
    let graph: StoredGraph

    /// The graph of collections, history and WebSockets.
    var short: [UInt8] { octets(head: Self.shortHead(topology)) }

    /// The graph with all that the topology has.
    /// - Parameter origin: `https://radius.example.org`, for the address of inputs.
    func long(origin: String) -> [UInt8] { octets(head: Self.longHead(topology, origin: origin)) }

    /// The message of WebSockets.
    var message: [UInt8] {
        var out = Array(#"{"type":"broadcast_topology","topology":"#.utf8)
        out += short
        out.append(UInt8(ascii: "}"))
        return out
    }

    private func octets(head: [UInt8]) -> [UInt8] {
        var size = head.count + 64
        for node in graph.nodes { size += node.octets.count + 1 }
        for link in graph.links { size += link.octets.count + 1 }
        var out: [UInt8] = []
        out.reserveCapacity(size)
        // The head is an object: the lists come before its end.
        out += head.dropLast()
        out += #","nodes":["#.utf8
        for (index, node) in graph.nodes.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out += node.octets
        }
        out += #"],"links":["#.utf8
        for (index, link) in graph.links.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out += link.octets
        }
        out += "]}".utf8
        return out
    }

    private static func shortHead(_ topology: NetworkTopology) -> [UInt8] {
        var writer = NetJSONWriter()
        writer.beginObject()
        writeDescription(of: topology, to: &writer)
        writeTimes(of: topology, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    private static func longHead(_ topology: NetworkTopology, origin: String) -> [UInt8] {
        var writer = NetJSONWriter()
        writer.beginObject()
        writeDescription(of: topology, to: &writer)
        writer.name("organization")
        writer.text(topology.organizationID)
        writer.name("strategy")
        writer.text(topology.strategy.rawValue)
        writer.name("url")
        writer.text(topology.url)
        writer.name("key")
        writer.text(topology.key)
        writer.name("expiration_time")
        writer.value(.integer(topology.expirationTime))
        writer.name("receive_url")
        writer.text(topology.receiveURL(origin: origin))
        writer.name("published")
        writer.value(.bool(topology.isPublished))
        writeTimes(of: topology, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    private static func writeDescription(of topology: NetworkTopology, to writer: inout NetJSONWriter) {
        writer.name("type")
        writer.text("NetworkGraph")
        writer.name("protocol")
        writer.text(topology.description.protocolName)
        writer.name("version")
        writer.text(topology.description.version)
        writer.name("metric")
        writer.text(topology.description.metric)
        writer.name("label")
        writer.text(topology.label)
        writer.name("id")
        writer.text(topology.id)
        writer.name("parser")
        writer.text(topology.format.identifier)
    }

    private static func writeTimes(of topology: NetworkTopology, to writer: inout NetJSONWriter) {
        writer.name("created")
        writer.text(TopologyTime.text(topology.created))
        writer.name("modified")
        writer.text(TopologyTime.text(topology.modified))
    }
}
