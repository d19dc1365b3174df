public import ServerKernel
public import Sessions

/// The section `called_station_ids`, and the key of `sessions` that goes with it.
public struct CalledStationsConfiguration: Sendable {
    /// VPN concentrators in whose sessions the access point's Called-Station-Id is written.
    public var concentrators: [CalledStationConcentrator] = []
    /// Writes it as soon as a session begins, too.
    public var convertsAtStart: Bool

    private static let section = "called_station_ids"

    /// Reads both; problems stay with the reader.
    public init(_ reader: inout ConfigurationReader) {
        convertsAtStart = reader.flag("sessions", "convert_called_station_on_create", default: false)
        guard let node = reader.node(Self.section, recordKeys: ["organization", "unconverted_ids", "openvpn", "password"]) else { return }
        guard case .list(let nodes) = node.content else {
            reader.report(node.location, "'\(Self.section)' must be a list of concentrators with 'organization' and 'openvpn'")
            return
        }
        for node in nodes {
            if let concentrator = Self.concentrator(node, &reader) { concentrators.append(concentrator) }
        }
    }

    private static func concentrator(_ node: ConfigurationNode, _ reader: inout ConfigurationReader) -> CalledStationConcentrator? {
        var record = ConfigurationRecord(node, section: section, what: "a concentrator", &reader)
        guard !record.isBroken else { return nil }
        let organization = record.required("organization", "a slug", &reader)
        let ids = record.list("unconverted_ids", default: [], &reader)
        if ids.isEmpty { reader.report(record.location(of: "unconverted_ids"), "'\(section)' needs 'unconverted_ids' here") }
        var endpoints: [CalledStationConcentrator.Endpoint] = []
        for text in record.list("openvpn", default: [], &reader) {
            if let endpoint = CalledStationConcentrator.Endpoint(text) {
                endpoints.append(endpoint)
            } else {
                reader.report(record.location(of: "openvpn"), "'\(text)' is not an address such as vpn.example.org:7505")
            }
        }
        if endpoints.isEmpty { reader.report(record.location(of: "openvpn"), "'\(section)' needs 'openvpn' here: HOST or HOST:PORT") }
        let password = record.secret("password", &reader)
        record.finish(&reader)
        return CalledStationConcentrator(organization: organization, unconvertedIDs: ids, endpoints: endpoints, password: password)
    }
}

extension CalledStationConcentrator.Endpoint {
    /// `vpn.example.org`, `192.0.2.1:7505` or `[2001:db8::1]:7505`.
    init?(_ text: String) {
        var host = text[...]
        var port: Int? = 7505
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            let rest = host[host.index(after: end)...]
            host = host[host.index(after: host.startIndex)..<end]
            if !rest.isEmpty { port = rest.hasPrefix(":") ? Int(rest.dropFirst()) : nil }
        } else if let colon = host.firstIndex(of: ":"), host.lastIndex(of: ":") == colon {
            port = Int(host[host.index(after: colon)...])
            host = host[..<colon]
        }
        guard let port, (1...65535).contains(port), !host.isEmpty, !host.contains(where: \.isWhitespace) else { return nil }
        self.init(host: String(host), port: port)
    }
}
