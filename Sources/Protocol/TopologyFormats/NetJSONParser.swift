/// A NetworkGraph of NetJSON.
enum NetJSONParser {
    static func parse(_ input: TopologyInput) throws(TopologyFormatError) -> NetworkGraph {
        var builder = GraphBuilder()
        let description = try add(try input.json().object(), to: &builder)
        return description.graph(builder)
    }

    /// What a graph says of itself.
    struct Description {
        let protocolName: String
        let version, revision, metric: String?

        func graph(_ builder: GraphBuilder) -> NetworkGraph {
            builder.graph(protocolName: protocolName, version: version, revision: revision, metric: metric)
        }
    }

    /// Adds what a NetworkGraph holds.
    static func add(_ graph: JSONObject, to builder: inout GraphBuilder) throws(TopologyFormatError) -> Description {
        guard graph.members["type"] == "NetworkGraph" else {
            throw TopologyFormatError(.structure, "Parse error, not a NetworkGraph object", graph.path.place)
        }
        for name in ["protocol", "version", "metric", "nodes", "links"] where !graph.has(name) { throw graph.missing(name) }
        guard let protocolName = try graph.optionalText("protocol") else {
            throw TopologyFormatError(.netJSON, "protocol cannot be None", graph.path.place)
        }
        let version = try graph.optionalText("version")
        guard version != nil || protocolName == "static" else {
            throw TopologyFormatError(.netJSON, "version cannot be None except when protocol is \"static\"", graph.path.place)
        }
        let description = Description(
            protocolName: protocolName, version: version, revision: try graph.optionalText("revision"),
            metric: try graph.optionalText("metric"))
        for element in try graph.array("nodes") {
            let node = try element.object()
            builder.node(
                try node.identifier("id"), label: try node.optionalText("label"),
                localAddresses: try node.optional("local_addresses") == nil ? nil : node.texts("local_addresses"),
                properties: try node.optionalMembers("properties"))
        }
        for element in try graph.array("links") {
            let link = try element.object()
            builder.link(
                try link.identifier("source"), try link.identifier("target"), cost: try link.number("cost"),
                costText: try link.optionalText("cost_text"), properties: try link.optionalMembers("properties") ?? [:])
        }
        return description
    }
}
