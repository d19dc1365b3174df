import NIOCore

/// A WebSocket that the server offers (RFC 6455).
public struct WebSocketRoute: Sendable {
    /// As ``Route/path``.
    public let path: String
    public let summary: String
    /// Who may open it; as for a GET of a ``Route``.
    public let access: Access
    /// As ``Route/credentials``; browsers can only send their session.
    public let credentials: [CredentialKind]
    /// Decides before the upgrade, after ``access``; what it throws is answered as an HTTP error. With ``Access/own`` it may say who asks.
    public let accept: @Sendable (inout WebRequest) async throws -> Void
    /// Serves one socket; it is closed on return. Cancelled when the client leaves and when the server stops.
    public let serve: @Sendable (any WebSocketConnection, WebRequest) async throws -> Void

    public init(
        _ path: String, _ summary: String, access: Access = .user, credentials: [CredentialKind] = [.session, .bearer],
        accept: @escaping @Sendable (inout WebRequest) async throws -> Void = { _ in },
        serve: @escaping @Sendable (any WebSocketConnection, WebRequest) async throws -> Void
    ) {
        self.path = path
        self.summary = summary
        self.access = access
        self.credentials = credentials
        self.accept = accept
        self.serve = serve
    }
}

/// An open WebSocket. Pings and closing frames are answered by the server.
public protocol WebSocketConnection: Sendable {
    /// Sends a text; waits while the client does not take it.
    func send(_ text: String) async throws
    /// Sends a text that many get; waits as the other does, and holds no copy of it meanwhile.
    func send(_ message: SharedMessage) async throws
    /// What the client sends, text and binary alike as text; ends when it leaves.
    var messages: AsyncStream<String> { get }
    /// Closes with a code (RFC 6455 §7.4).
    func close(_ code: UInt16) async
}

extension WebSocketConnection {
    /// As a text of its own.
    public func send(_ message: SharedMessage) async throws {
        try await send(String(buffer: message.text))
    }
}
