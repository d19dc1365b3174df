/// OLSR version 1 (RFC 3626) as olsrd's plug-ins jsoninfo and txtinfo print it.
enum OLSRParser {
    /// What olsrd calls a broken link, in 1/1024 ETX; txtinfo prints INFINITE from here on.
    private static let brokenCost = 4_194_304.0

    static func parse(_ input: TopologyInput) throws(TopologyFormatError) -> NetworkGraph {
        try input.looksLikeJSON ? parse(json: input) : OLSRText.parse(input.lines)
    }

    static func graph(_ builder: GraphBuilder, version: String? = nil, revision: String? = nil) -> NetworkGraph {
        builder.graph(protocolName: "OLSR", version: version ?? "0.8", revision: revision, metric: "ETX")
    }

    /// Adds a line of the topology, with the other addresses of its ends.
    /// - Parameter cost: in ETX; a link of infinite cost is left out, its nodes' addresses are not.
    static func add(
        to builder: inout GraphBuilder, lastHop: String, destination: String, cost: Double, quality: Properties, aliases: [String: [String]]
    ) {
        for id in [lastHop, destination] {
            if let addresses = aliases[id] { builder.node(id, localAddresses: addresses) }
        }
        builder.link(lastHop, destination, cost: cost, properties: quality)
    }

    private static func parse(json input: TopologyInput) throws(TopologyFormatError) -> NetworkGraph {
        let document = try input.json().object()
        let topology = try document.array("topology")
        let mid = try document.array("mid")
        var aliases: [String: [String]] = [:]
        for element in mid {
            let entry = try element.object()
            let main = try entry.optional("main")?.object() ?? entry
            let address = try main.identifier("ipAddress")
            for alias in try entry.array("aliases") { aliases[address, default: []].append(try alias.object().identifier("ipAddress")) }
        }
        var builder = GraphBuilder()
        for element in topology {
            let entry = try element.object()
            let cost = try entry.number("tcEdgeCost")
            add(
                to: &builder, lastHop: try entry.identifier("lastHopIP"), destination: try entry.identifier("destinationIP"),
                cost: cost >= brokenCost ? .infinity : cost / 1024,
                quality: Properties([
                    ("link_quality", try entry.numberValue("linkQuality")),
                    ("neighbor_link_quality", try entry.numberValue("neighborLinkQuality")),
                ]), aliases: aliases)
        }
        let (version, revision) = try release(of: document)
        return graph(builder, version: version, revision: revision)
    }

    private static func release(of document: JSONObject) throws(TopologyFormatError) -> (version: String?, revision: String?) {
        if let block = document.optional("version") {
            let version = try block.object()
            return (try version.optionalText("releaseVersion"), try version.optionalText("sourceHash"))
        }
        guard let configuration = document.optional("config"), let text = try configuration.object().optionalText("olsrdVersion") else {
            return (nil, nil)
        }
        // Like "olsr.org - 0.6.6-git_-hash_5031a799".
        let pieces = text.filter { !$0.isWhitespace }.split(separator: "-", omittingEmptySubsequences: false)
        let hash = pieces.last.flatMap { $0.contains("hash_") ? $0.split(separator: "hash_").last : nil }
        return (pieces.count > 1 ? String(pieces[1]) : nil, hash.map(String.init))
    }
}
