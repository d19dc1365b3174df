import Foundation
import FoundationNetworking

/// HTTP requests of gateways and scripts, answered before the call returns.
enum WebCall {
    private final class Answer: @unchecked Sendable {
        /// Written before the semaphore is signalled, read after.
        var text = ""
    }

    static func send(_ method: String, _ address: String, _ body: String, type: String, headers: [String: String] = [:]) throws -> String {
        guard let url = URL(string: address) else { throw Browser.Failed(description: "\(address) is no address") }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = Data(body.utf8)
        request.setValue(type, forHTTPHeaderField: "Content-Type")
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (answer, done) = (Answer(), DispatchSemaphore(value: 0))
        URLSession.shared.dataTask(with: request) { data, _, _ in
            answer.text = String(decoding: data ?? Data(), as: UTF8.self)
            done.signal()
        }.resume()
        done.wait()
        return answer.text
    }
}
