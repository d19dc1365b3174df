import Foundation
import FoundationNetworking
import NIOConcurrencyHelpers

/// An HTTP request of a gateway and its answer, over a session without cookies, cache and redirects.
final class HTTPExchange: Sendable {
    /// An answer, or why there is none.
    enum Outcome: Sendable {
        case answer(status: Int, body: [UInt8], retryAfterSeconds: Int?)
        case failed(code: String)
    }

    private let timeoutSeconds: Double
    /// Made for the first request: a session has a thread, and each reading of the configuration makes gateways.
    private let made = NIOLockedValueBox<URLSession?>(nil)
    /// Octets of an answer that are read.
    private static let limit = 64 * 1024

    init(timeoutSeconds: Double) {
        self.timeoutSeconds = timeoutSeconds
    }

    deinit { made.withLockedValue { $0?.invalidateAndCancel() } }

    private var session: URLSession {
        made.withLockedValue { made in
            if let made { return made }
            let session = makeSession()
            made = session
            return session
        }
    }

    private func makeSession() -> URLSession {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = timeoutSeconds
        configuration.timeoutIntervalForResource = timeoutSeconds
        configuration.httpShouldSetCookies = false
        configuration.urlCache = nil
        return URLSession(configuration: configuration, delegate: RedirectRefusal(), delegateQueue: nil)
    }

    /// Not cut short when the task is cancelled: what was sent must be recorded.
    func perform(_ request: URLRequest) async -> Outcome {
        await withCheckedContinuation { continuation in
            session.dataTask(with: request) { data, response, error in
                guard let response = response as? HTTPURLResponse else {
                    let isLate = (error as? URLError)?.code == .timedOut
                    return continuation.resume(returning: .failed(code: isLate ? "timeout" : "no answer"))
                }
                continuation.resume(
                    returning: .answer(
                        status: response.statusCode, body: Array((data ?? Data()).prefix(Self.limit)),
                        retryAfterSeconds: response.value(forHTTPHeaderField: "Retry-After").flatMap { Int($0) }))
            }.resume()
        }
    }
}

/// A redirect would carry the credentials to whichever server it names; its status counts as a failure.
private final class RedirectRefusal: NSObject, URLSessionTaskDelegate {
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
        completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
