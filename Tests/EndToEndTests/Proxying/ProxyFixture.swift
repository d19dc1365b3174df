import Foundation
import RADIUSClient
import RADIUSDictionary
import RADIUSWire

/// Parts of configurations for servers that pass requests on.
enum ProxyFixture {
    /// A record of a list in YAML.
    static func record(_ values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }.enumerated().map { index, pair in
            "\(index == 0 ? "  - " : "    ")\(pair.key): \(pair.value)"
        }.joined(separator: "\n")
    }

    /// A home server that is found dead and alive within seconds.
    static func home(_ name: String, _ transport: String, port: Int, _ more: [String: String] = [:]) -> String {
        var values = [
            "name": name, "host": "127.0.0.1", "transport": transport, "port": "\(port)", "status_check": "status-server",
            "response_window": "1", "zombie_period": "1", "check_interval": "1", "check_timeout": "0.5", "answers_to_alive": "1",
            "connect_fail_interval": "1",
        ]
        if transport == "udp" || transport == "tcp" { values["secret"] = Site.secretText }
        return record(values.merging(more) { $1 })
    }

    /// A configuration whose realm `home.org` goes to a pool of these home servers, accounting too.
    /// - Parameter realm: more of the realm.
    static func configuration(_ homes: [(name: String, record: String)], realm: [String: String] = [:], _ more: String = "") -> String {
        let values = ["name": "home.org", "auth_pool": "home", "acct_pool": "home", "accounting": "relay"].merging(realm) { $1 }
        return """
            proxy:
              retransmission_interval: 0.3
              maximum_time: 10
            home_servers:
            \(homes.map(\.record).joined(separator: "\n"))
            pools:
            \(record(["name": "home", "servers": homes.map(\.name).joined(separator: ", ")]))
            realms:
            \(record(values))
            \(more)
            """
    }

    /// The record of a NAS that shows the certificate `ap.hotel.example`.
    static let nas = "nas:\n" + record(["name": "hotel", "transports": "tls, dtls", "certificate": "dns:ap.hotel.example"])

    /// Attributes of an Accounting-Request.
    static func start(_ session: String, user: String = "bob@home.org") throws -> [Attribute] {
        try ["User-Name = \(user)", "Acct-Session-Id = \(session)", "NAS-IP-Address = 192.0.2.9"].map { try Attribute($0) }
    }
}

extension ClientReply {
    /// The first attribute of a name, as text.
    func text(_ name: String) -> String? { attributes.first { $0.definition.name == name }?.printedValue }
}
