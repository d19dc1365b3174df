import RADIUSTransport
import RADIUSWire
import SessionActions

/// Ways to NAS devices: over a connection that the NAS has opened itself, which passes address translation and needs no open port there,
/// else by UDP.
struct NASLinks: DynamicAuthorizationLinks {
    let registry: LinkRegistry
    let udp: UDPNASLinks

    func link(to endpoint: SocketEndpoint, secret: SharedSecret, nas: NASClient) -> (any OutgoingLink)? {
        registry.link(to: nas.key) ?? udp.link(to: endpoint, secret: secret, nas: nas)
    }

    func nas(at address: IPAddress) -> NASClient? { registry.client(at: address) }
}
