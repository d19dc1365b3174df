public import CaptiveDialects
import Foundation
import FoundationNetworking

/// Carries out conversations with controllers over HTTP.
public enum ControllerCaller {
    /// Requests of one conversation.
    private static let mostCalls = 20
    /// Octets of an answer that are looked at.
    private static let longestReply = 256 << 10

    /// Talks until the controller has done what is wanted, or will not.
    /// - Returns: what went wrong; nil for success.
    @Sendable public static func call(_ conversation: CaptiveCalls) async throws -> CaptiveProblem? {
        let configuration = URLSessionConfiguration.ephemeral
        // The conversation keeps its own cookies.
        configuration.httpCookieStorage = nil
        configuration.timeoutIntervalForRequest = 8
        configuration.timeoutIntervalForResource = 15
        let session = URLSession(configuration: configuration, delegate: NoRedirects(), delegateQueue: nil)
        defer { session.invalidateAndCancel() }
        var conversation = conversation
        var call = conversation.start()
        for _ in 0..<mostCalls {
            if call.delayMilliseconds > 0 { try await Task.sleep(for: .milliseconds(call.delayMilliseconds)) }
            switch conversation.receive(await exchange(call, session)) {
            case .call(let next): call = next
            case .done: return nil
            case .failed(let problem): return problem
            }
        }
        return .controllerFault
    }

    private static func exchange(_ call: HTTPCall, _ session: URLSession) async -> HTTPReply {
        guard let url = URL(string: call.url.description) else { return HTTPReply(status: 0) }
        var request = URLRequest(url: url)
        request.httpMethod = call.method
        for field in call.headers { request.addValue(field.value, forHTTPHeaderField: field.name) }
        if !call.body.isEmpty { request.httpBody = Data(call.body.utf8) }
        return await withCheckedContinuation { continuation in
            session.dataTask(with: request) { data, response, _ in
                guard let response = response as? HTTPURLResponse else { return continuation.resume(returning: HTTPReply(status: 0)) }
                let headers = response.allHeaderFields.compactMap { name, value in
                    (name as? String).map { CaptiveField($0, String(describing: value)) }
                }
                continuation.resume(
                    returning: HTTPReply(status: response.statusCode, headers: headers, body: Array((data ?? Data()).prefix(longestReply))))
            }.resume()
        }
    }

    /// A controller has no business to send credentials elsewhere.
    private final class NoRedirects: NSObject, URLSessionTaskDelegate {
        func urlSession(
            _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse, newRequest: URLRequest,
            completionHandler: @escaping @Sendable (URLRequest?) -> Void
        ) {
            completionHandler(nil)
        }
    }
}
