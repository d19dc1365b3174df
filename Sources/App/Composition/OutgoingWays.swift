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
        try server.makeLink(role, receiver: receiver, environment: connections) { try homeServers.context(for: $0) }
    }
}
