public import RADIUSTransport
public import TLSEngine

extension HomeServer {
    /// The link for requests of a kind, over the transport that the home server takes.
    /// - Parameters:
    ///   - receiver: shared by all UDP links of the process.
    ///   - environment: shared by all connections of the process.
    ///   - maximumLength: octets of a packet on streams, see ``RADIUSTransport/ConnectedLink/Configuration/maximumLength``.
    ///   - context: makes the TLS context, for `tls` on streams and for `dtls` on datagrams; sees to it that the certificate names
    ///     ``certificateRealm`` where there is one.
    /// - Throws: what `context` throws.
    public func makeLink(
        _ role: ProxyRole, receiver: OutgoingReceiver, environment: ConnectionEnvironment, maximumLength: Int = 4096,
        context: (HomeServer) throws -> TLSContext
    ) throws -> any OutgoingLink {
        let transport: NASTransport
        switch self.transport {
        case .udp: return makeUDPLink(role, receiver: receiver)
        case .tcp: transport = .tcp
        case .tls: transport = .tls
        case .dtls: transport = .dtls
        }
        var configuration = ConnectedLink.Configuration(peer: endpoint(role), transport: transport, secret: secret)
        configuration.requireMessageAuthenticator = requireMessageAuthenticator
        configuration.maximumLength = maximumLength
        configuration.maximumConnections = (maximumOutstanding + 255) / 256
        guard transport != .tcp else { return ConnectedLink(configuration, context: nil, environment: environment) }
        configuration.serverName = host
        // A server that DNS named is one of many, and may never be asked again.
        configuration.keepsConnection = certificateRealm == nil
        return ConnectedLink(configuration, context: try context(self), environment: environment)
    }
}
