/// Freifunk's data for map servers: `meshviewer.json`, or `nodes.json` and `graph.json` one behind the other.
enum FreifunkParser {
    static func parse(_ input: TopologyInput) throws(TopologyFormatError) -> NetworkGraph {
        var builder = GraphBuilder()
        var version: String?
        for element in try input.jsonSequence() {
            let document = try element.object()
            if let mesh = document.optional("batadv") {
                try add(graph: try mesh.object(), to: &builder)
            } else if let nodes = document.optional("nodes") {
                try add(nodes: nodes, to: &builder)
                if let links = document.optional("links") { try add(links: links, to: &builder) }
                version = try document.optionalText("version") ?? version
            } else {
                throw document.missing("nodes")
            }
        }
        return builder.graph(protocolName: "Freifunk meshviewer", version: version ?? "2", metric: "TQ")
    }

    private static func add(nodes: JSONElement, to builder: inout GraphBuilder) throws(TopologyFormatError) {
        // Version 1 of nodes.json has an object by id instead of an array.
        if case .object(let members) = nodes.value {
            for member in members.members {
                try add(node: JSONElement(value: member.value, path: nodes.path.member(member.name)), to: &builder)
            }
        } else {
            for node in try nodes.array() { try add(node: node, to: &builder) }
        }
    }

    private static func add(node element: JSONElement, to builder: inout GraphBuilder) throws(TopologyFormatError) {
        let node = try element.object()
        guard let information = try node.optional("nodeinfo")?.object() else { return try add(flatNode: node, to: &builder) }
        var properties = Properties()
        for name in ["statistics", "flags"] {
            if let object = try node.optional(name)?.object() { properties.merge(object.members) }
        }
        properties["location"] = try location(of: information)
        builder.node(
            try information.identifier("node_id"), label: try information.optionalText("hostname"),
            localAddresses: try information.optional("network")?.object().texts("addresses"), properties: properties)
    }

    /// A node of meshviewer.json.
    private static func add(flatNode node: JSONObject, to builder: inout GraphBuilder) throws(TopologyFormatError) {
        var properties = node.members
        // The moment of the last sign of life differs each time, and would make every node a changed one.
        for name in ["node_id", "hostname", "addresses", "lastseen"] { properties[name] = nil }
        properties["location"] = try location(of: node)
        builder.node(
            try node.identifier("node_id"), label: try node.optionalText("hostname"), localAddresses: try node.texts("addresses"),
            properties: properties)
    }

    /// As maps want it; nil where it is unknown.
    private static func location(of node: JSONObject) throws(TopologyFormatError) -> PropertyValue? {
        guard let location = try node.optional("location")?.object(), location.optional("latitude") != nil,
            location.optional("longitude") != nil
        else { return nil }
        return ["lat": .number(try location.number("latitude")), "lng": .number(try location.number("longitude"))]
    }

    /// Links of meshviewer.json.
    private static func add(links: JSONElement, to builder: inout GraphBuilder) throws(TopologyFormatError) {
        for element in try links.array() {
            let link = try element.object()
            var properties = link.members
            properties["source"] = nil
            properties["target"] = nil
            builder.link(
                try link.identifier("source"), try link.identifier("target"), cost: cost(quality: try link.number("source_tq")),
                properties: properties)
        }
    }

    /// The object `batadv` of graph.json, whose links name nodes by their number there.
    private static func add(graph: JSONObject, to builder: inout GraphBuilder) throws(TopologyFormatError) {
        var ids: [String] = []
        for element in try graph.array("nodes") {
            let node = try element.object()
            ids.append(try node.optional("node_id") == nil ? node.identifier("id") : node.identifier("node_id"))
        }
        for element in try graph.array("links") {
            let link = try element.object()
            var properties = link.members
            properties["source"] = nil
            properties["target"] = nil
            builder.link(
                try id(link, "source", ids), try id(link, "target", ids), cost: cost(quality: try link.number("tq")),
                properties: properties)
        }
    }

    private static func id(_ link: JSONObject, _ end: String, _ ids: [String]) throws(TopologyFormatError) -> String {
        guard case .integer(let number) = try link.required(end).value, ids.indices.contains(Int(clamping: number)) else {
            throw link.wrong(end, "the number of a node")
        }
        return ids[Int(clamping: number)]
    }

    /// Some map servers write the share of packets that arrive, others already what it is 1 divided by.
    private static func cost(quality: Double) -> Double {
        quality > 1 ? quality : quality > 0 ? 1 / quality : .infinity
    }
}
