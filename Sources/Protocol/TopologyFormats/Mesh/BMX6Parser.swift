/// BMX6 as the mapper of qMp prints it (`b6m`, `q6m`).
enum BMX6Parser {
    static func parse(_ input: TopologyInput) throws(TopologyFormatError) -> NetworkGraph {
        var builder = GraphBuilder()
        for element in try input.json().array() {
            let entry = try element.object()
            let links = try entry.array("links")
            let name = try entry.identifier("name")
            for element in links {
                let link = try element.object()
                builder.link(
                    name, try link.identifier("name"), cost: (try link.number("txRate") + link.number("rxRate")) / 2,
                    properties: ["tx_rate": try link.numberValue("txRate"), "rx_rate": try link.numberValue("rxRate")])
            }
        }
        return builder.graph(protocolName: "BMX6_b6m", version: "0", metric: "none")
    }
}
