extension NetworkGraph {
    /// The graph as a NetJSON document in UTF-8. Equal graphs give equal documents.
    /// - Parameter isIndented: for people to read.
    public func netJSON(isIndented: Bool = false) -> [UInt8] {
        var writer = NetJSONWriter(isIndented: isIndented)
        write(to: &writer)
        return writer.bytes
    }

    /// Writes the graph as one value.
    public func write(to writer: inout NetJSONWriter) {
        writer.beginObject()
        writer.name("type")
        writer.text("NetworkGraph")
        writer.name("protocol")
        writer.text(protocolName)
        writer.name("version")
        writer.text(version)
        writer.name("revision")
        writer.text(revision)
        writer.name("metric")
        writer.text(metric)
        writer.name("nodes")
        writer.beginArray()
        for node in nodes { node.write(to: &writer) }
        writer.endArray()
        writer.name("links")
        writer.beginArray()
        for link in links { link.write(to: &writer) }
        writer.endArray()
        writer.endObject()
    }
}

extension GraphNode {
    /// Writes the node as one value.
    public func write(to writer: inout NetJSONWriter) {
        writer.beginObject()
        writer.name("id")
        writer.text(id)
        writer.name("label")
        writer.text(label)
        writer.name("local_addresses")
        writer.beginArray()
        for address in localAddresses { writer.text(address) }
        writer.endArray()
        writer.name("properties")
        writer.properties(properties)
        writer.endObject()
    }
}

extension GraphLink {
    /// Writes the link as one value.
    public func write(to writer: inout NetJSONWriter) {
        writer.beginObject()
        writer.name("source")
        writer.text(source)
        writer.name("target")
        writer.text(target)
        writer.name("cost")
        writer.number(cost)
        writer.name("cost_text")
        writer.text(costText)
        writer.name("properties")
        writer.properties(properties)
        writer.endObject()
    }
}
