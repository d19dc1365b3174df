import Foundation
public import HTTPTypes
public import Logging
public import WebRouting

/// Asks routes as a client would, in process: all steps of ``WebRouting/WebService``, no socket.
public struct TestClient: Sendable {
    public let service: WebService
    /// The peer of the requests.
    public var address = "192.0.2.10"
    /// The host that requests name.
    public var authority = "radian.test"
    /// Sent with every request.
    public var headers: HTTPFields = [:]

    /// - Parameter authenticator: without one nobody is known.
    public init(
        _ routes: [Route], sockets: [WebSocketRoute] = [], authenticator: any Authenticator = FixedAuthenticator(),
        settings: WebSettings = WebSettings(), logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        clock: @escaping MonotonicClock = MonotonicTime.microseconds,
        explanation: @escaping @Sendable (any Error) -> Problem? = { _ in nil }
    ) {
        var settings = settings
        settings.ownHosts.insert("radian.test")
        service = WebService(
            routes: routes, sockets: sockets, authenticator: authenticator, settings: settings, logger: logger, clock: clock,
            explanation: explanation)
    }

    public init(_ service: WebService) { self.service = service }

    /// The same client with a bearer token.
    public func bearing(_ token: String) -> TestClient {
        var copy = self
        copy.headers[.authorization] = "Bearer \(token)"
        return copy
    }

    public func get(_ path: String) async -> TestAnswer { await send(.get, path) }
    public func delete(_ path: String) async -> TestAnswer { await send(.delete, path) }
    public func post(_ path: String, _ json: JSONValue = .object([])) async -> TestAnswer { await send(.post, path, json: json) }
    public func put(_ path: String, _ json: JSONValue) async -> TestAnswer { await send(.put, path, json: json) }
    public func patch(_ path: String, _ json: JSONValue) async -> TestAnswer { await send(.patch, path, json: json) }

    public func send(_ method: HTTPRequest.Method, _ path: String, json: JSONValue, headers: HTTPFields = [:]) async -> TestAnswer {
        await send(method, path, type: "application/json", body: json.bytes, headers: headers)
    }

    /// As `application/x-www-form-urlencoded`.
    public func post(_ path: String, form: [(String, String)]) async -> TestAnswer {
        let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        let encode = { (text: String) in text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "" }
        let body = form.map { encode($0.0) + "=" + encode($0.1) }.joined(separator: "&")
        return await send(.post, path, type: "application/x-www-form-urlencoded", body: Array(body.utf8))
    }

    /// As `multipart/form-data`.
    public func post(_ path: String, fields: [(String, String)], files: [(field: String, name: String, content: [UInt8])]) async
        -> TestAnswer
    {
        let boundary = "test-boundary"
        var body: [UInt8] = []
        for (name, value) in fields {
            body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8
        }
        for file in files {
            body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(file.field)\"; filename=\"\(file.name)\"\r\n".utf8
            body += "Content-Type: application/octet-stream\r\n\r\n".utf8
            body += file.content + Array("\r\n".utf8)
        }
        body += "--\(boundary)--\r\n".utf8
        return await send(.post, path, type: "multipart/form-data; boundary=\(boundary)", body: body)
    }

    /// Any request.
    /// - Parameter chunk: octets of the body that arrive at a time.
    public func send(
        _ method: HTTPRequest.Method, _ path: String, type: String? = nil, body: [UInt8] = [], headers: HTTPFields = [:], chunk: Int = 4096
    ) async -> TestAnswer {
        var head = HTTPRequest(method: method, scheme: "http", authority: authority, path: path, headerFields: self.headers)
        for field in headers { head.headerFields[field.name] = field.value }
        if let type { head.headerFields[.contentType] = type }
        if !body.isEmpty { head.headerFields[.contentLength] = String(body.count) }
        let chunks = stride(from: 0, to: body.count, by: chunk).map { Array(body[$0..<min($0 + chunk, body.count)]) }
        let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
        for chunk in chunks { continuation.yield(chunk) }
        continuation.finish()
        let response = await service.answer(IncomingRequest(head: head, peerAddress: address, isSecure: false), body: stream)
        return await TestAnswer(response)
    }
}

/// What came back.
public struct TestAnswer: Sendable {
    public let status: Int
    public let headers: HTTPFields
    public let body: [UInt8]

    init(_ response: WebResponse) async {
        status = response.status.code
        headers = response.headers
        switch response.body {
        case .empty: body = []
        case .bytes(let bytes): body = bytes
        case .file(let url): body = (try? Data(contentsOf: url)).map(Array.init) ?? []
        case .stream(let produce):
            let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
            try? await produce { continuation.yield($0) }
            continuation.finish()
            var all: [UInt8] = []
            for await part in stream { all += part }
            body = all
        }
    }

    public var text: String { String(decoding: body, as: UTF8.self) }
    /// Nil for what is no JSON.
    public var json: JSONValue? { try? JSONValue(parsing: body) }
    /// Names of the members of a JSON object, sorted; nil for anything else.
    public var keys: [String]? {
        guard case .object(let members)? = json else { return nil }
        return members.map(\.name).sorted()
    }
}

/// Knows callers by their bearer tokens.
public struct FixedAuthenticator: Authenticator {
    private let principals: [String: Principal]

    public init(_ principals: [String: Principal] = [:]) { self.principals = principals }

    public func principal(for request: WebRequest, accepting kinds: [CredentialKind]) async throws -> Principal? {
        guard kinds.contains(.bearer), let field = request.head.headerFields[.authorization], field.hasPrefix("Bearer ") else { return nil }
        guard let principal = principals[String(field.dropFirst(7))] else { throw Problem.unauthorized() }
        return principal
    }
}
