public import HTTPTypes

/// A request as the server's engine hands it over.
public struct IncomingRequest: Sendable {
    public var head: HTTPRequest
    /// The socket's other end; a proxy's where there is one.
    public var peerAddress: String
    /// Whether it came by TLS.
    public var isSecure: Bool

    public init(head: HTTPRequest, peerAddress: String, isSecure: Bool) {
        self.head = head
        self.peerAddress = peerAddress
        self.isSecure = isSecure
    }
}
