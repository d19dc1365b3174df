/// HMAC with SHA-256 (RFC 2104), the padded keys kept.
public struct HMACSHA256: Sendable {
    private let innerKey: [UInt8]
    private let outerKey: [UInt8]

    /// - Parameter key: any length; hashed first when longer than SHA-256's block of 64 octets.
    public init(key: [UInt8]) {
        let short = key.count > 64 ? DigestAlgorithm.sha256.hash(key) : key
        let padded = short + [UInt8](repeating: 0, count: 64 - short.count)
        innerKey = padded.map { $0 ^ 0x36 }
        outerKey = padded.map { $0 ^ 0x5c }
    }

    /// - Returns: 32 octets.
    public func authenticate(_ message: [UInt8]) -> [UInt8] {
        DigestAlgorithm.sha256.hash(outerKey + DigestAlgorithm.sha256.hash(innerKey + message))
    }
}
