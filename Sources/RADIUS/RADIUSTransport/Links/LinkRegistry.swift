import NIOConcurrencyHelpers

/// The open links of NAS that take requests of ours in the reverse direction: CoA and Disconnect over the connection that the NAS opened,
/// which also reaches a NAS behind address translation.
public final class LinkRegistry: Sendable {
    private struct State {
        var links: [NASClient.Key: [InboundLink]] = [:]
        /// Whose requests name an address as the NAS's.
        var addresses: [IPAddress: (link: ObjectIdentifier, client: NASClient)] = [:]
    }

    private let state = NIOLockedValueBox(State())

    public init() {}

    /// The link that a NAS opened last; nil while it has none. Over it `OutgoingError.linkDown` comes as soon as it ends.
    public func link(to client: NASClient.Key) -> (any OutgoingLink)? {
        state.withLockedValue { $0.links[client]?.last }.map { ReverseLink($0) }
    }

    /// The client with an open link whose accounting names an address as the NAS's, or which connects from there: where a session of it is.
    public func client(at address: IPAddress) -> NASClient? {
        state.withLockedValue { $0.addresses[address]?.client }
    }

    /// The clients that have a link now.
    public var clients: [NASClient.Key] { state.withLockedValue { Array($0.links.keys) } }

    func insert(_ link: InboundLink, for client: NASClient.Key) {
        state.withLockedValue { $0.links[client, default: []].append(link) }
    }

    /// The first link that names an address keeps it while it is open.
    func announce(_ address: IPAddress, of link: InboundLink, client: NASClient) {
        state.withLockedValue { state in
            if state.addresses[address] == nil { state.addresses[address] = (ObjectIdentifier(link), client) }
        }
    }

    /// - Parameter addresses: that the link has announced.
    func remove(_ link: InboundLink, for client: NASClient.Key, addresses: Set<IPAddress>) {
        state.withLockedValue { state in
            for address in addresses where state.addresses[address]?.link == ObjectIdentifier(link) { state.addresses[address] = nil }
            state.links[client]?.removeAll { $0 === link }
            if state.links[client]?.isEmpty == true { state.links[client] = nil }
        }
    }
}

/// An inbound link as a way to its NAS.
private struct ReverseLink: OutgoingLink {
    let link: InboundLink

    init(_ link: InboundLink) {
        self.link = link
    }

    var name: String { link.name }
    var isDatagram: Bool { false }

    func send(
        _ request: OutgoingRequest, completion: @escaping @Sendable (Result<OutgoingReply, OutgoingError>) -> Void
    ) -> any OutgoingExchange {
        let pending = PendingRequest(request, completion: completion) { [link] in link.cancelled($0) }
        link.start(pending)
        return LinkExchange(pending)
    }
}
