/// Babel (RFC 8966) as babeld's local socket answers `dump`; the answers of several routers may stand one behind the other.
///
/// Babel is a distance-vector protocol: a router knows its neighbours' links to itself, and of routers further away only the way to them.
/// Such a way becomes a link with the property `path`, from the neighbour that it leads over, unless the far router's own dump is there.
enum BabelParser {
    /// What Babel calls unreachable.
    private static let infinity = 65_535.0

    static func parse(_ input: TopologyInput) throws(TopologyFormatError) -> NetworkGraph {
        let dumps = try BabelDump.read(input.lines)
        let names = dumps.map(\.neighborNames)
        let witnesses = Set(dumps.map(\.id))
        var prefixes: [String: [String]] = [:]
        var builder = GraphBuilder()
        for dump in dumps {
            builder.node(dump.id, label: dump.host, localAddresses: dump.addresses)
            for route in dump.routes { prefixes[route.routerID, default: []].append(route.prefix) }
        }
        for (dump, names) in zip(dumps, names) {
            for neighbor in dump.neighbors {
                let id = names[neighbor.key] ?? neighbor.key.address
                builder.link(dump.id, id, cost: cost(neighbor.cost), properties: neighbor.properties)
            }
        }
        for (dump, names) in zip(dumps, names) {
            let neighbors = Set(names.values)
            for route in dump.nearestRoutes where !witnesses.contains(route.routerID) && !neighbors.contains(route.routerID) {
                let via = names[route.via] ?? route.via.address
                builder.link(via, route.routerID, cost: cost(route.remainingMetric), properties: ["path": true])
            }
        }
        for (id, prefixes) in prefixes where builder.hasNode(id) {
            builder.node(id, properties: ["prefixes": .array(Set(prefixes).sorted().map { .text($0) })])
        }
        return builder.graph(
            protocolName: "Babel", version: dumps.first?.version ?? "1.0", metric: "cost")
    }

    private static func cost(_ cost: Double) -> Double { cost < infinity ? cost : .infinity }
}
