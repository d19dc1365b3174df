public import RADIUSTransport

/// The NAS devices of this network for CoA- and Disconnect-Requests of other networks, which know them by Operator-NAS-Identifier only
/// (RFC 8559 §3.4).
public protocol NASReturns: Sendable {
    /// The Operator-NAS-Identifier of a NAS; 1...250 octets. Nil where there is none.
    /// - Parameter address: where its requests come from.
    func identifier(of client: NASClient, at address: IPAddress) -> [UInt8]?

    /// Whether an identifier is one of ours.
    func isOwn(_ identifier: [UInt8]) -> Bool

    /// The way to the NAS of an identifier; nil where it is gone. May block.
    func way(to identifier: [UInt8]) -> NASWay?
}

/// How a NAS is reached.
public struct NASWay: Sendable {
    public var nas: NASClient
    public var endpoint: SocketEndpoint
    public var link: any OutgoingLink

    public init(nas: NASClient, endpoint: SocketEndpoint, link: any OutgoingLink) {
        self.nas = nas
        self.endpoint = endpoint
        self.link = link
    }
}

extension ProxyRouter {
    /// The NAS of an Operator-NAS-Identifier, as a pool of one server; nil where it is gone. May block.
    func nas(_ identifier: [UInt8]) -> LivePool? {
        guard let way = returns?.way(to: identifier) else { return nil }
        var server = HomeServer(
            name: way.nas.name, host: way.endpoint.address.description, address: way.endpoint.address, port: way.endpoint.port,
            secret: way.nas.secret)
        server.type = .dynamicAuthorization
        // Nothing is believed of a NAS beyond this request.
        server.timers.responseTimeouts = .max
        let live = LiveHomeServer(
            server, role: .dynamicAuthorization, link: way.link, timer: timer, dictionary: dictionary, retired: retired, logger: logger)
        return LivePool(HomeServerPool(name: way.nas.name, servers: [way.nas.name]), [live])
    }
}
