import HTTPTypes

/// What becomes of a request to open a WebSocket.
public enum SocketDecision: Sendable {
    /// No WebSocket has this path: an ordinary request.
    case none
    case refused(WebResponse)
    case accepted(WebSocketRoute, WebRequest)
}

extension WebService {
    /// Decides about an upgrade before it is made.
    ///
    /// A browser sends its user's cookies with every upgrade, whichever page asks for it: pages of other sites are refused.
    public func openSocket(_ incoming: IncomingRequest) async -> SocketDecision {
        var request = self.request(incoming)
        guard let match = table.match(request.path[...]), let socket = match.socket else { return .none }
        request.parameters = match.parameters(of: socket.path)
        do {
            if let origin = incoming.head.headerFields[.origin], origin != request.origin, !settings.allowedOrigins.contains(origin) {
                throw Problem.forbidden
            }
            request.principal = try await principal(
                for: request, access: socket.access, credentials: socket.credentials, allowsExpiredPassword: false)
            try await socket.accept(&request)
            return .accepted(socket, request)
        } catch {
            var response = response(to: error, request)
            finish(&response, request)
            return .refused(response)
        }
    }
}
