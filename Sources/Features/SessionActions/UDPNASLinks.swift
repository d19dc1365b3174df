import NIOConcurrencyHelpers
public import RADIUSTransport
public import RADIUSWire

/// UDP ways to NAS devices, kept for as long as they are used again and again.
public final class UDPNASLinks: DynamicAuthorizationLinks {
    private struct Key: Hashable {
        var endpoint: SocketEndpoint
        var secret: [UInt8]
    }

    /// Beyond it all are let go; those with requests under way live on until they are answered.
    private static let capacity = 1024

    private let receiver: OutgoingReceiver?
    private let links = NIOLockedValueBox<[Key: UDPLink]>([:])
    private let source: IPAddress?

    /// - Parameters:
    ///   - receiver: reads the replies, not stopped here; nil where nothing is to be sent.
    ///   - source: address to send from; nil leaves it to the system.
    public init(receiver: OutgoingReceiver?, source: IPAddress? = nil) {
        self.receiver = receiver
        self.source = source
    }

    public func link(to endpoint: SocketEndpoint, secret: SharedSecret, nas: NASClient) -> (any OutgoingLink)? {
        guard let receiver else { return nil }
        let key = Key(endpoint: endpoint, secret: secret.bytes)
        return links.withLockedValue { links in
            if let link = links[key] { return link }
            if links.count >= Self.capacity { links.removeAll() }
            let link = UDPLink(
                UDPLink.Configuration(
                    peer: endpoint, secret: secret, source: source?.version == endpoint.address.version ? source : nil, maximumSockets: 4),
                receiver: receiver)
            links[key] = link
            return link
        }
    }
}
