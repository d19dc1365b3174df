public import HTTPTypes
public import Localization

/// Why a request is not answered with what it asked for.
///
/// Three bodies, as the contract of the RADIUS and users API has them: `{"detail": text}`, an object of field names with their errors, or a
/// document of its own. Texts are written in the language of the request.
public struct Problem: Error, Sendable {
    /// What the answer's body says.
    public enum Content: Sendable, Equatable {
        /// `{"detail": …}`, and `"code"` where there is one.
        case detail(Message, code: String?)
        /// `{"username": ["…"], …}`.
        case fields([FieldProblem])
        /// As it is.
        case document(JSONValue)
    }

    public var status: HTTPResponse.Status
    public var content: Content
    /// `WWW-Authenticate`, `Retry-After`, `Allow`.
    public var headers: HTTPFields
    /// For the log only: never sent, and never with a secret in it.
    public var cause: (any Error)?

    public init(_ status: HTTPResponse.Status, _ content: Content, headers: HTTPFields = [:], cause: (any Error)? = nil) {
        self.status = status
        self.content = content
        self.headers = headers
        self.cause = cause
    }

    /// A problem with one sentence.
    public init(
        _ status: HTTPResponse.Status, _ detail: Message, code: String? = nil, headers: HTTPFields = [:], cause: (any Error)? = nil
    ) {
        self.init(status, .detail(detail, code: code), headers: headers, cause: cause)
    }
}

/// What is wrong with one field of a form.
public struct FieldProblem: Sendable, Equatable {
    /// The field's name, or `non_field_errors` for what concerns several.
    public var field: String
    public var messages: [Message]
    /// Sent as one text instead of an array: a habit of some routes that clients rely on.
    public var isBare: Bool

    public init(_ field: String, _ messages: Message..., isBare: Bool = false) {
        self.field = field
        self.messages = messages
        self.isBare = isBare
    }

    /// The name under which errors about several fields stand.
    public static let nonField = "non_field_errors"
}

extension Problem {
    /// 400 for one field.
    public static func field(_ name: String, _ message: Message, isBare: Bool = false) -> Problem {
        Problem(.badRequest, .fields([FieldProblem(name, message, isBare: isBare)]))
    }

    /// 400 for several fields.
    public static func fields(_ problems: [FieldProblem]) -> Problem { Problem(.badRequest, .fields(problems)) }

    /// 400 that concerns no single field.
    public static func nonField(_ message: Message) -> Problem { field(FieldProblem.nonField, message) }

    /// 404, also for what the caller must not know to exist.
    public static let notFound = Problem(.notFound, "Not found.")

    /// 403 for a known caller.
    public static let forbidden = Problem(.forbidden, "You do not have permission to perform this action.")

    /// 401 that asks for a bearer token.
    public static func unauthorized(_ detail: Message = "Authentication credentials were not provided.") -> Problem {
        Problem(.unauthorized, detail, headers: [.wwwAuthenticate: "Bearer"])
    }

    /// 429 with the seconds until it may work again.
    public static func throttled(retryAfter seconds: Int) -> Problem {
        Problem(
            .tooManyRequests,
            Message("Request was throttled. Expected available in {seconds} seconds.", ["seconds": String(seconds)]),
            headers: [.retryAfter: String(max(1, seconds))])
    }

    /// 403 of everything but what changes the password.
    /// - Parameter ways: addresses where it can be changed, by name.
    static func passwordExpired(_ ways: [JSONValue.Member], in language: Language) -> Problem {
        let detail: Message = "Your password has expired. Update it to continue."
        return Problem(
            .forbidden,
            .document(.object([.init("detail", .string(detail.text(in: language))), .init("code", "password_expired")] + ways)))
    }

    /// 413.
    public static let tooLarge = Problem(.contentTooLarge, "The request is too large.")

    /// 400 for a body that is not what its type says.
    public static let unreadable = Problem(.badRequest, "The body cannot be read.")

    /// 415.
    static func unsupportedType(_ type: String) -> Problem {
        Problem(.unsupportedMediaType, Message("Unsupported media type \"{type}\" in request.", ["type": type]))
    }

    /// 405.
    static func methodNotAllowed(_ method: HTTPRequest.Method, allowed: String) -> Problem {
        Problem(
            .methodNotAllowed, Message("Method \"{method}\" not allowed.", ["method": method.rawValue]), headers: [.allow: allowed])
    }

    /// 503 when there is no room for one more.
    public static let busy = Problem(.serviceUnavailable, "The server is busy. Try again later.", headers: [.retryAfter: "60"])

    /// 503 where a letter's link would lead wherever the request says.
    static let unknownAddress = Problem(
        .serviceUnavailable,
        "Letters with links cannot be sent: the server does not know its own address. Its administrator sets 'http.public_url'.")

    /// 500: what went wrong is in the log under the request's id.
    static func failure(_ error: any Error, requestID: String) -> Problem {
        Problem(
            .internalServerError, Message("Something went wrong. Its number in the log is {id}.", ["id": requestID]), cause: error)
    }

    /// The body in a language.
    public func body(in language: Language) -> JSONValue {
        switch content {
        case .detail(let message, let code):
            .object([.init("detail", .string(message.text(in: language)))] + (code.map { [.init("code", .string($0))] } ?? []))
        case .fields(let problems):
            .object(
                problems.map { problem in
                    let texts = problem.messages.map { JSONValue.string($0.text(in: language)) }
                    return .init(problem.field, problem.isBare ? texts.first ?? .null : .array(texts))
                })
        case .document(let document): document
        }
    }
}
