import FreeRADIUSFiles
import NASClients
import RADIUSTransport

/// Makes a row of `nas` out of a `client`.
enum ClientImport {
    /// - Throws: ``NASClients/NASError`` or the database's error.
    static func add(_ client: ClientDefinition, to store: NASStore) throws {
        var links = NASLinkSettings()
        switch client.transport {
        case "tls": links.transports = [.tls]
        case "tcp": links.transports = [.tcp]
        case "udp": links.transports = [.udp]
        default: links.transports = [.udp, .tcp]
        }
        let address = IPPrefix(client.address) == nil ? IPAddress(resolving: client.address)?.description : nil
        try store.add(
            name: client.name, address: address ?? client.address, secret: client.secret, type: client.type, links: links,
            requireMessageAuthenticator: requirement(client.requireMessageAuthenticator),
            limitProxyState: requirement(client.limitProxyState))
    }

    private static func requirement(_ text: String?) -> Requirement {
        switch text {
        case "yes", "true", "on": .yes
        case "no", "false", "off": .no
        default: .auto
        }
    }
}
