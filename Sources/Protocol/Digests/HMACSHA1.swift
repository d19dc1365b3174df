/// HMAC with SHA-1 (RFC 2104), where a protocol prescribes it.
public enum HMACSHA1 {
    /// - Parameter key: any length; hashed first when longer than SHA-1's block of 64 octets.
    /// - Returns: 20 octets.
    public static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        let short = key.count > 64 ? DigestAlgorithm.sha1.hash(key) : key
        let padded = short + [UInt8](repeating: 0, count: 64 - short.count)
        let inner = DigestAlgorithm.sha1.hash(padded.map { $0 ^ 0x36 } + message)
        return DigestAlgorithm.sha1.hash(padded.map { $0 ^ 0x5c } + inner)
    }
}
