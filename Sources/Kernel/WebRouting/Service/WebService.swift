import Foundation
import HTTPTypes
import Localization
public import Logging

/// Answers requests from routes: everything between the engine that reads HTTP and a route's handler, in the order that ``Route`` tells.
public struct WebService: Sendable {
    let table: RouteTable
    let authenticator: any Authenticator
    let settings: WebSettings
    let throttles: Throttles
    let logger: Logger
    let clock: MonotonicClock
    let explanation: @Sendable (any Error) -> Problem?

    /// - Parameters:
    ///   - routes: unique by method and path.
    ///   - explanation: the answer to an error that is no ``Problem``, such as a database that is away; nil answers 500.
    public init(
        routes: [Route], sockets: [WebSocketRoute] = [], authenticator: any Authenticator, settings: WebSettings = WebSettings(),
        logger: Logger, clock: @escaping MonotonicClock = MonotonicTime.microseconds,
        explanation: @escaping @Sendable (any Error) -> Problem? = { _ in nil }
    ) {
        table = RouteTable(routes, sockets: sockets)
        self.authenticator = authenticator
        self.settings = settings
        throttles = Throttles(overrides: settings.throttles, clock: clock)
        self.logger = logger
        self.clock = clock
        self.explanation = explanation
    }

    /// Answers one request; whatever goes wrong is an answer, too.
    /// - Parameter body: read only as far as the route wants it.
    public func answer<Body: AsyncSequence & Sendable>(_ incoming: IncomingRequest, body: Body) async -> WebResponse
    where Body.Element == [UInt8] {
        let start = clock()
        var request = self.request(incoming)
        var response: WebResponse
        // Held until the answer is made: files of the body are gone with it.
        var uploads: Uploads?
        do {
            response = try await take(&request, body, &uploads)
        } catch {
            response = self.response(to: error, request)
        }
        finish(&response, request)
        logger.debug(
            "\(request.head.method) \(request.path)",
            metadata: [
                "status": "\(response.status.code)", "ms": "\((clock() - start) / 1000)", "client": "\(request.clientAddress)",
                "user": "\(request.principal?.id ?? "-")", "request": "\(request.requestID)",
            ])
        return response
    }

    /// What the head alone tells.
    func request(_ incoming: IncomingRequest) -> WebRequest {
        let head = incoming.head
        let peer = AddressBlock.normalized(incoming.peerAddress) ?? incoming.peerAddress
        let origin = settings.publicOrigin ?? settings.proxies.origin(peer: peer, isSecure: incoming.isSecure, head)
        let query = (head.path ?? "/").drop { $0 != "?" }.dropFirst().prefix { $0 != "#" }
        return WebRequest(
            head: head, query: (PercentCoding.pairs(query.utf8) ?? []).map { WebRequest.QueryItem($0.name, $0.value) },
            clientAddress: settings.proxies.clientAddress(peer: peer, head.headerFields),
            origin: origin, letterOrigin: settings.letterOrigin(origin),
            language: head.headerFields[.acceptLanguage].flatMap { Language(acceptLanguage: $0) } ?? .english,
            requestID: Self.requestID(head.headerFields[.xRequestID]))
    }

    /// The client's own id where it is one that may stand in a log; else a new one.
    private static func requestID(_ asked: String?) -> String {
        if let asked, (8...64).contains(asked.utf8.count),
            asked.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (Character(UnicodeScalar($0)).isASCIIAlphanumeric) })
        {
            return asked
        }
        return UUID().uuidString.lowercased()
    }

    /// The answer to an error of any kind; what is not for the client goes to the log.
    func response(to error: any Error, _ request: WebRequest) -> WebResponse {
        let problem = error as? Problem ?? explanation(error) ?? .failure(error, requestID: request.requestID)
        if let cause = problem.cause {
            let level: Logger.Level = error is CancellationError ? .debug : .error
            logger.log(level: level, "\(request.head.method) \(request.path): \(cause)", metadata: ["request": "\(request.requestID)"])
        }
        return .json(problem.body(in: request.language), problem.status, headers: problem.headers)
    }
}

extension Character {
    fileprivate var isASCIIAlphanumeric: Bool { isASCII && (isLetter || isNumber) }
}
