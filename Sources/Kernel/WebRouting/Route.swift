public import HTTPTypes

/// One HTTP route as data: the server, and later the API's description, derive from it.
public struct Route: Sendable {
    /// The request's method.
    public let method: HTTPRequest.Method
    /// Absolute path, `/health`.
    public let path: String
    /// One line for people.
    public let summary: String
    /// Answers one request; runs on the server's executor and must not block.
    public let handler: @Sendable (WebRequest) async throws -> WebResponse

    /// Method and path, unique in the program: `GET /health`.
    public var signature: String { "\(method.rawValue) \(path)" }

    /// Declares a route.
    public init(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String,
        handler: @escaping @Sendable (WebRequest) async throws -> WebResponse
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.handler = handler
    }
}

/// What a handler needs of an HTTP request.
public struct WebRequest: Sendable {
    /// Method, path and header fields.
    public let head: HTTPRequest

    public init(head: HTTPRequest) {
        self.head = head
    }
}

/// A whole answer.
public struct WebResponse: Sendable {
    /// Status code.
    public var status: HTTPResponse.Status
    /// `text/plain; charset=utf-8`, `application/json`.
    public var contentType: String
    /// The body's text, sent as UTF-8.
    public var body: String

    public init(_ status: HTTPResponse.Status = .ok, contentType: String, body: String) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}
