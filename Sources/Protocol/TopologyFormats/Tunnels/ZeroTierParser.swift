/// The peers of a ZeroTier network controller, as `zerotier-cli peers -j` prints them.
enum ZeroTierParser {
    private static let controller = "controller"

    static func parse(_ input: TopologyInput) throws(TopologyFormatError) -> NetworkGraph {
        var builder = GraphBuilder()
        for element in try input.json().array() {
            let peer = try element.object()
            // Planets and moons are ZeroTier's own; without a latency there is no way to the peer.
            guard try peer.text("role") == "LEAF", try peer.number("latency") != -1, let paths = peer.optional("paths") else { continue }
            for element in try paths.array() {
                let path = try element.object()
                guard path.members["expired"] == false, path.members["active"] == true, path.members["preferred"] == true else { continue }
                try add(peer, path, to: &builder)
            }
        }
        return builder.graph(protocolName: "ZeroTier Controller Peers", version: "1", metric: "static")
    }

    private static func add(_ peer: JSONObject, _ path: JSONObject, to builder: inout GraphBuilder) throws(TopologyFormatError) {
        let address = try peer.identifier("address")
        var properties: Properties = ["address": .text(address), "ip_address": .text(try path.identifier("address"))]
        for name in ["role", "version", "tunneled", "isBonded"] { properties[name] = peer.members[name] }
        var pathProperties = path.members
        pathProperties["address"] = nil
        builder.node(controller, label: controller)
        builder.node(address, label: address, properties: properties)
        builder.link(controller, address, cost: try peer.number("latency"), properties: pathProperties)
    }
}
