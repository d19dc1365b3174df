/// OLSR version 2 (RFC 7181) as oonf's plug-in netjsoninfo prints it: a NetworkGraph, or a NetworkCollection with one for each domain and
/// address family, which become one graph.
enum OLSRv2Parser {
    static func parse(_ input: TopologyInput) throws(TopologyFormatError) -> NetworkGraph {
        let document = try input.json().object()
        var builder = GraphBuilder()
        guard document.members["type"] == "NetworkCollection" else {
            return try NetJSONParser.add(document, to: &builder).graph(builder)
        }
        var description: NetJSONParser.Description?
        for element in try document.array("collection") {
            let member = try element.object()
            // Routes and domains stand beside the graphs.
            guard member.members["type"] == "NetworkGraph" else { continue }
            let own = try NetJSONParser.add(member, to: &builder)
            description = description ?? own
        }
        guard let description else {
            throw TopologyFormatError(.structure, "Parse error, no NetworkGraph object in the collection")
        }
        return description.graph(builder)
    }
}
