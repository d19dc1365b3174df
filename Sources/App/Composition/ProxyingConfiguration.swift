public import Proxying
public import RADIUSProxy
import RADIUSTransport
public import ServerKernel

/// The sections `proxy`, `realms`, `home_servers` and `pools`.
public struct ProxyingConfiguration: Sendable {
    public var settings = ProxySettings()
    /// Realms, home servers and pools of the file.
    public var configured = ConfiguredProxies()
    /// For realms whose home servers DNS names (RFC 7585).
    public var discovery = DNSPeerDiscovery()

    /// Reads the sections; problems stay with the reader.
    public init(_ reader: inout ConfigurationReader) {
        settings.formats = reader.list("proxy", "formats", default: settings.formats.map(\.description)).compactMap { text in
            let format = RealmFormat(text)
            if format == nil {
                reader.report(
                    reader.location("proxy", "formats"),
                    "'\(text)' is no format of names; use such as user@realm, realm\\user or realm/user")
            }
            return format
        }
        settings.maximumTime = reader.seconds("proxy", "maximum_time", default: 25, in: 0.1...120)
        settings.retransmissionInterval = reader.seconds("proxy", "retransmission_interval", default: 3, in: 0.1...30)
        settings.maximumHops = reader.integer("proxy", "maximum_hops", default: 20, in: 1...100)
        settings.accountingCopies = reader.list("proxy", "accounting_copies", default: [])
        discovery.services = reader.list("proxy", "discovery_services", default: discovery.services).map { $0.lowercased() }
        discovery.ownHosts = Set(reader.list("proxy", "own_hosts", default: []).map { $0.lowercased() })

        configured.realms = Self.records(&reader, "realms", ProxyRecord.realmKeys) { record, problem in _ = record.realm(problem) }
        configured.homeServers = Self.records(&reader, "home_servers", ProxyRecord.homeServerKeys, secrets: ["secret", "check_password"]) {
            // Names are looked up when the server runs; here any address does.
            _ = $0.homeServer(resolve: { _ in IPAddress(ipv4: 0) }, $1)
        }
        configured.pools = Self.records(&reader, "pools", ProxyRecord.poolKeys) { record, problem in _ = record.pool(problem) }
    }

    private static func records(
        _ reader: inout ConfigurationReader, _ section: String, _ keys: [String], secrets: Set<String> = [],
        check: (ProxyRecord, (String) -> Void) -> Void
    ) -> [ProxyRecord] {
        reader.recordList(section, keys: keys, secretKeys: secrets).map { location, values in
            let record = ProxyRecord(values)
            var problems: [String] = []
            check(record) { problems.append($0) }
            for problem in problems { reader.report(location, problem) }
            return record
        }
    }
}
