/// CNML, the markup of community networks such as guifi.net: links between interfaces, known by their IPv4 addresses.
enum CNMLParser {
    static func parse(_ input: TopologyInput) throws(TopologyFormatError) -> NetworkGraph {
        let document = try CNMLDocument.read(input.bytes)
        var builder = GraphBuilder()
        for id in document.linkOrder {
            // A link that is in the document once leads out of it.
            guard let link = document.links[id], link.isWorking, link.ends.count >= 2 else { continue }
            let ends = link.ends.prefix(2).compactMap { document.interfaces[$0] }
            guard ends.count == 2, ends.allSatisfy({ !$0.address.isEmpty }) else { continue }
            for end in ends { builder.node(end.address, label: end.node?.title, properties: properties(of: end)) }
            builder.link(ends[0].address, ends[1].address, cost: 1)
        }
        return builder.graph(protocolName: "static", version: nil, metric: nil)
    }

    private static func properties(of interface: CNMLDocument.Interface) -> Properties {
        var properties = Properties()
        if !interface.deviceID.isEmpty { properties["device_id"] = .text(interface.deviceID) }
        guard let node = interface.node else { return properties }
        if !node.id.isEmpty { properties["node_id"] = .text(node.id) }
        if !node.status.isEmpty { properties["status"] = .text(node.status) }
        if let latitude = node.latitude, let longitude = node.longitude {
            properties["location"] = ["lat": .number(latitude), "lng": .number(longitude)]
        }
        return properties
    }
}
