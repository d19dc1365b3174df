public import RADIUSTransport

extension HomeServer {
    /// The link for requests of a kind over UDP.
    /// - Parameter receiver: shared by all links of the process.
    public func makeUDPLink(_ role: ProxyRole, receiver: OutgoingReceiver) -> UDPLink {
        UDPLink(
            UDPLink.Configuration(
                peer: endpoint(role), secret: secret, source: source, requireMessageAuthenticator: requireMessageAuthenticator,
                maximumSockets: (maximumOutstanding + 255) / 256), receiver: receiver)
    }
}
