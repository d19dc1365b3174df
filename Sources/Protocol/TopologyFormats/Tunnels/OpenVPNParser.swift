/// The clients of an OpenVPN server, from its status file.
enum OpenVPNParser {
    private static let server = "openvpn-server"

    static func parse(_ input: TopologyInput) throws(TopologyFormatError) -> NetworkGraph {
        let status = try OpenVPNStatusReader.read(input.lines)
        let names = ClientNames(status.clients, areSeparate: input.options.separatesCommonNames)
        var addresses: [String: [String]] = [:]
        for route in status.routes { addresses[route.realAddress.text, default: []].append(route.virtualAddress) }

        var builder = GraphBuilder()
        builder.node(server)
        for client in status.clients {
            var properties: Properties = [
                "common_name": .text(client.commonName), "real_address": .text(client.realAddress.host),
                "connected_since": .text(client.connectedSince), "bytes_received": .integer(client.bytesReceived),
                "bytes_sent": .integer(client.bytesSent),
            ]
            properties["port"] = client.realAddress.port.map { .integer(Int64($0)) }
            properties["username"] = client.username.map { .text($0) }
            builder.node(
                names.id(client.commonName, at: client.realAddress), label: client.commonName,
                localAddresses: addresses[client.realAddress.text] ?? [], properties: properties)
        }
        for route in status.routes { builder.link(server, names.id(route.commonName, at: route.realAddress), cost: 1) }
        return builder.graph(protocolName: "OpenVPN Status Log", version: status.version, metric: "static")
    }
}

/// What clients are called, where several may have one common name.
private struct ClientNames {
    private let areSeparate: Bool
    /// How many clients come with a name from a host.
    private var counts: [String: Int] = [:]

    init(_ clients: [OpenVPNStatus.Client], areSeparate: Bool) {
        self.areSeparate = areSeparate
        for client in clients where areSeparate { counts[Self.pair(client.commonName, client.realAddress), default: 0] += 1 }
    }

    func id(_ commonName: String, at address: RealAddress) -> String {
        guard areSeparate else { return commonName }
        let pair = Self.pair(commonName, address)
        guard let port = address.port, counts[pair, default: 0] > 1 else { return pair }
        return "\(pair):\(port)"
    }

    private static func pair(_ commonName: String, _ address: RealAddress) -> String { "\(commonName),\(address.host)" }
}
