public import HTTPTypes

/// One HTTP route as data: the server, the API's description, the throttles and the table of permissions derive from it.
///
/// In order: path (404), ``precondition``, method (405; HEAD is answered as GET without body, OPTIONS with the methods), credential and
/// ``access`` (401, 403), ``throttle`` (429), body (413, 415, 400) and ``form`` (400), ``handler``. ``WebService`` takes these steps.
public struct Route: Sendable {
    /// The request's method.
    public let method: HTTPRequest.Method
    /// Absolute path; `:name` is one segment, a last segment `*` the rest. `/api/v1/radius/organization/:slug/account/`.
    public let path: String
    /// One line for people.
    public let summary: String
    /// Section of the description, `Account`; empty leaves the route out of it.
    public let section: String
    public let access: Access
    /// Credentials that the route takes, the preferred first: with bearer first nobody is answered 401, with the session first 403.
    public let credentials: [CredentialKind]
    /// Lets callers in whose password is too old, as the routes that change it must; all others answer them 403.
    public let allowsExpiredPassword: Bool
    public let throttle: Throttle?
    /// What the body may hold; with nil its fields are read and not checked. With ``Access/own`` the handler checks it, after its credential.
    public let form: Form?
    /// Largest body in octets.
    public let bodyLimit: Int
    /// What the query may hold, for the description.
    public let query: [Field]
    /// Answers, for the description.
    public let replies: [Reply]
    /// Runs before credentials are looked at, as where an unknown organization answers 404 to everybody.
    public let precondition: (@Sendable (WebRequest) async throws -> Void)?
    /// Answers one request; runs on the server's executor and must not block.
    public let handler: @Sendable (WebRequest) async throws -> WebResponse

    /// Method and path, unique in the program: `GET /health`.
    public var signature: String { "\(method.rawValue) \(path)" }

    /// Declares a route.
    public init(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, section: String = "", access: Access = .anonymous,
        credentials: [CredentialKind] = [.bearer, .session], throttle: Throttle? = nil, form: Form? = nil, bodyLimit: Int = 1 << 20,
        query: [Field] = [], replies: [Reply] = [], allowsExpiredPassword: Bool = false,
        precondition: (@Sendable (WebRequest) async throws -> Void)? = nil,
        handler: @escaping @Sendable (WebRequest) async throws -> WebResponse
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.section = section
        self.access = access
        self.credentials = credentials
        self.throttle = throttle
        self.form = form
        self.bodyLimit = bodyLimit
        self.query = query
        self.replies = replies
        self.allowsExpiredPassword = allowsExpiredPassword
        self.precondition = precondition
        self.handler = handler
    }
}

/// One possible answer of a route, for the description.
public struct Reply: Sendable {
    public var status: HTTPResponse.Status
    public var description: String
    /// JSON body; nil for none or another type.
    public var schema: JSONSchema?
    /// Of a body with a schema.
    public var mediaType: String

    public init(_ status: HTTPResponse.Status, _ description: String, _ schema: JSONSchema? = nil, mediaType: String = "application/json") {
        self.status = status
        self.description = description
        self.schema = schema
        self.mediaType = mediaType
    }
}

extension Reply {
    /// 429 of routes that take a secret.
    public static let tooManyGuesses = Reply(.tooManyRequests, "Too many wrong guesses; see Retry-After.", .detail)
}

/// The shape of a JSON document (JSON Schema 2020-12, as far as the API needs it).
public indirect enum JSONSchema: Sendable {
    /// `type` and optional `format`: `("string", "uuid")`.
    case value(String, format: String? = nil)
    case nullable(JSONSchema)
    case array(JSONSchema)
    /// Members in their order; all are always there unless named in `optional`.
    case object([(name: String, schema: JSONSchema)], optional: Set<String> = [])
    /// Any members of this shape.
    case map(JSONSchema)
    /// One of these shapes.
    case either([JSONSchema])
    /// One of the component schemas by name, declared once in the description.
    case named(String, JSONSchema)

    public static let string = JSONSchema.value("string")
    public static let integer = JSONSchema.value("integer")
    public static let boolean = JSONSchema.value("boolean")
    public static let uuid = JSONSchema.value("string", format: "uuid")
    public static let date = JSONSchema.value("string", format: "date")
    public static let dateTime = JSONSchema.value("string", format: "date-time")
    /// `{"detail": …}`.
    public static let detail = JSONSchema.named("Detail", .object([("detail", .string)]))
    /// `{"field": ["…"]}`; some fields have a bare text, and a body that cannot be read has `{"detail": "…"}`.
    public static let fieldErrors = JSONSchema.named("FieldErrors", .map(.either([.array(.string), .string])))
    /// The envelope of lists.
    public static func page(of element: JSONSchema) -> JSONSchema {
        .object([("count", .integer), ("next", .nullable(.string)), ("previous", .nullable(.string)), ("results", .array(element))])
    }
}
