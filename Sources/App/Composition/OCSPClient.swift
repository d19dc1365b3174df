import Foundation
import NIOConcurrencyHelpers
import RADIUSPipeline
import RADIUSTransport
import TLSEngine

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Asks OCSP responders over HTTP (RFC 6960 §A.1) and keeps their answers as long as they are good.
final class OCSPClient: RevocationCheck {
    private struct Answer {
        var status: RevocationStatus
        var expiresAt: Double
    }

    private static let capacity = 10_000
    /// How long an answer without nextUpdate counts, and how long any does; seconds.
    private static let usualLife = 3600.0
    private static let longestLife = 86_400.0
    /// How long a responder that failed is left alone; seconds.
    private static let pauseAfterFailure = 30.0

    /// CA certificates, to find the issuer that the device did not send.
    private let authorities: @Sendable () -> [Certificate]
    private let pool: WorkPool
    private let session: URLSession
    private let answers = NIOLockedValueBox<[[UInt8]: Answer]>([:])

    /// - Parameter pool: runs completions.
    init(pool: WorkPool, authorities: @escaping @Sendable () -> [Certificate]) {
        self.pool = pool
        self.authorities = authorities
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 3
        configuration.timeoutIntervalForResource = 5
        session = URLSession(configuration: configuration)
    }

    func status(of chain: [Certificate], completion: @escaping @Sendable (RevocationStatus) -> Void) {
        let complete: @Sendable (RevocationStatus) -> Void = { [pool] status in
            pool.submit {
                completion(status)
            } onShed: {
                completion(.unknown("too much work"))
            }
        }
        guard let leaf = chain.first else { return complete(.unknown("no certificate")) }
        let now = Date().timeIntervalSince1970
        if let known = answers.withLockedValue({ $0[leaf.der] }), known.expiresAt > now { return complete(known.status) }
        guard let address = leaf.ocspResponders.first, let url = URL(string: address), ["http", "https"].contains(url.scheme?.lowercased())
        else { return complete(.unknown("the certificate names no responder")) }
        guard let issuer = (chain.dropFirst() + authorities()).first(where: { $0.subject == leaf.issuer }),
            let question = try? OCSPRequest(certificate: leaf, issuer: issuer)
        else { return complete(.unknown("the issuer is not known")) }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.setValue("application/ocsp-request", forHTTPHeaderField: "Content-Type")
        request.httpBody = Data(question.der)
        session.dataTask(with: request) { [self] data, response, error in
            let answer = Self.answer(question, data, response, error)
            keep(answer, of: leaf.der)
            complete(answer.status)
        }.resume()
    }

    private static func answer(_ question: OCSPRequest, _ data: Data?, _ response: URLResponse?, _ error: (any Error)?) -> Answer {
        let now = Date().timeIntervalSince1970
        func failure(_ cause: String) -> Answer { Answer(status: .unknown(cause), expiresAt: now + pauseAfterFailure) }
        if error != nil { return failure("the responder does not answer") }
        guard let data, (response as? HTTPURLResponse)?.statusCode == 200 else { return failure("the responder refuses") }
        do {
            let verified = try question.verify(Array(data))
            let end = verified.nextUpdate.map { Double($0) } ?? now + usualLife
            guard end > now else { return failure("the responder's answer is old") }
            let status: RevocationStatus =
                switch verified.status {
                case .good: .good
                case .revoked: .revoked
                default: .unknown("the responder does not know the certificate")
                }
            return Answer(status: status, expiresAt: min(end, now + longestLife))
        } catch {
            return failure("\(error)")
        }
    }

    private func keep(_ answer: Answer, of certificate: [UInt8]) {
        answers.withLockedValue { answers in
            if answers.count >= Self.capacity {
                let now = Date().timeIntervalSince1970
                answers = answers.filter { $0.value.expiresAt > now }
                if answers.count >= Self.capacity { answers.removeAll() }
            }
            answers[certificate] = answer
        }
    }
}
