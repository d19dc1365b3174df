import Digests

/// Signs a request for Amazon Web Services (Signature Version 4).
struct AWSSignature {
    let accessKey: String
    let secretKey: String
    let region: String
    let service: String

    /// The headers `Authorization` and `X-Amz-Date` of a request, and the signature for those who check it.
    /// - Parameters:
    ///   - path: percent-encoded already, `/` at least.
    ///   - query: canonical already: sorted, percent-encoded.
    ///   - headers: signed too, besides `x-amz-date`; lower-case names, `host` among them.
    ///   - time: `20150830T123600Z`.
    func sign(
        method: String, path: String, query: String = "", headers: [String: String], body: [UInt8], time: String
    ) -> (authorization: String, date: String) {
        let day = String(time.prefix(8))
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let all = headers.merging(["x-amz-date": time]) { first, _ in first }.sorted { $0.key < $1.key }
        let names = all.map(\.key).joined(separator: ";")
        let canonical = [
            method, path, query, all.map { "\($0.key):\($0.value)\n" }.joined(), names, Self.digest(body),
        ].joined(separator: "\n")
        let toSign = ["AWS4-HMAC-SHA256", time, scope, Self.digest(Array(canonical.utf8))].joined(separator: "\n")
        var key = Array("AWS4\(secretKey)".utf8)
        for part in [day, region, service, "aws4_request"] { key = HMACSHA256(key: key).authenticate(Array(part.utf8)) }
        let signature = Hexadecimal.encode(HMACSHA256(key: key).authenticate(Array(toSign.utf8)))
        return ("AWS4-HMAC-SHA256 Credential=\(accessKey)/\(scope), SignedHeaders=\(names), Signature=\(signature)", time)
    }

    private static func digest(_ octets: [UInt8]) -> String { Hexadecimal.encode(DigestAlgorithm.sha256.hash(octets)) }
}
