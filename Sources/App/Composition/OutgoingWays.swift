import RADIUSProxy
import RADIUSTransport

/// How the server reaches others: home servers, and NAS devices by the connections that they opened.
struct OutgoingWays: Sendable {
    /// Reads the replies of all UDP links.
    let receiver: OutgoingReceiver
    let registry: LinkRegistry
    let connections: ConnectionEnvironment
    let homeServers: HomeServerContexts

    func link(to server: HomeServer, _ role: ProxyRole) throws -> any OutgoingLink {
        let link = try server.makeLink(
            role, receiver: receiver, environment: connections, maximumLength: homeServers.maximumLength
        ) { try homeServers.context(for: $0) }
        if let link = link as? ConnectedLink { homeServers.keep(link, of: server) }
        return link
    }
}
