import NIOConcurrencyHelpers

/// The open links of NAS that take requests of ours in the reverse direction: CoA and Disconnect over the connection that the NAS opened,
/// which also reaches a NAS behind address translation.
public final class LinkRegistry: Sendable {
    private let links = NIOLockedValueBox<[NASClient.Key: [InboundLink]]>([:])

    public init() {}

    /// The link that a NAS opened last; nil while it has none. Over it `OutgoingError.linkDown` comes as soon as it ends.
    public func link(to client: NASClient.Key) -> (any OutgoingLink)? {
        links.withLockedValue { $0[client]?.last }.map { ReverseLink($0) }
    }

    /// The clients that have a link now.
    public var clients: [NASClient.Key] { links.withLockedValue { Array($0.keys) } }

    func insert(_ link: InboundLink, for client: NASClient.Key) {
        links.withLockedValue { $0[client, default: []].append(link) }
    }

    func remove(_ link: InboundLink, for client: NASClient.Key) {
        links.withLockedValue { links in
            links[client]?.removeAll { $0 === link }
            if links[client]?.isEmpty == true { links[client] = nil }
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
