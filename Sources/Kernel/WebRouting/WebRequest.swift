public import HTTPTypes
public import Localization

/// One HTTP request as routes see it: found, measured, read and attributed to somebody before the handler runs.
public struct WebRequest: Sendable {
    /// Method, path with query, and header fields.
    public var head: HTTPRequest
    /// Values of the path's `:name` segments, percent-decoded.
    public var parameters: [String: String]
    /// The query's pairs in their order, decoded.
    public var query: [QueryItem]
    /// The body as it came; empty for multipart, whose parts are in ``values``.
    public var body: [UInt8]
    /// The body's fields; checked against the route's form where it has one.
    public var values: FormValues
    /// Who asks; nil for nobody known.
    public var principal: Principal?
    /// The client's IP address: the peer's, or the one that a trusted proxy forwards.
    public var clientAddress: String
    /// `https://portal.example.org`, for absolute links.
    public var origin: String
    /// Where links in letters begin; nil where nobody but the request says by which address people reach this server.
    public var letterOrigin: String?
    /// What `Accept-Language` asks for; English otherwise.
    public var language: Language
    /// `X-Request-Id` of the client or a new one; echoed and logged.
    public var requestID: String

    /// One pair of the query.
    public struct QueryItem: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        head: HTTPRequest, parameters: [String: String] = [:], query: [QueryItem] = [], body: [UInt8] = [],
        values: FormValues = FormValues(),
        principal: Principal? = nil, clientAddress: String = "127.0.0.1", origin: String = "http://localhost",
        letterOrigin: String? = "http://localhost",
        language: Language = .english,
        requestID: String = ""
    ) {
        self.head = head
        self.parameters = parameters
        self.query = query
        self.body = body
        self.values = values
        self.principal = principal
        self.clientAddress = clientAddress
        self.origin = origin
        self.letterOrigin = letterOrigin
        self.language = language
        self.requestID = requestID
    }

    /// A path parameter; empty when the route has none of this name.
    public func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// The first value of a query parameter.
    public func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// The caller of a route that wants one.
    /// - Throws: 401 when nobody is known.
    public func user() throws(Problem) -> Principal {
        guard let principal else { throw .unauthorized() }
        return principal
    }

    /// Where links in letters begin.
    /// - Throws: 503 where it is not known.
    public func linkOrigin() throws(Problem) -> String {
        if let letterOrigin { return letterOrigin }
        // Staff has the letter sent to lead where it is itself.
        if let principal, principal.isStaff || principal.isSuperuser { return origin }
        throw .unknownAddress
    }

    /// The path without its query.
    public var path: String { String((head.path ?? "/").prefix { $0 != "?" }) }
}
