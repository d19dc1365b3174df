internal import COpenSSL

/// A password hashed with PBKDF2 (RFC 8018 §5.2) over HMAC with SHA-1 or a member of SHA-2.
public struct PBKDF2Hash: Sendable, Equatable {
    /// The hash function under HMAC.
    let algorithm: DigestAlgorithm
    /// Iterations: 1…10 000 000; beyond, one login would hold a thread for longer than any peer waits.
    let rounds: Int
    /// 1 octet or more.
    let salt: [UInt8]
    /// The derived key: as long as the function's result, or 256 octets. A key cut short would verify as well, hence no other.
    let hash: [UInt8]

    init?(algorithm: DigestAlgorithm, rounds: Int, salt: [UInt8], hash: [UInt8]) {
        guard (1...10_000_000).contains(rounds), !salt.isEmpty, [algorithm.length, 256].contains(hash.count) else { return nil }
        self.algorithm = algorithm
        self.rounds = rounds
        self.salt = salt
        self.hash = hash
    }

    func verify(_ password: [UInt8]) -> Bool {
        var derived = [UInt8](repeating: 0, count: hash.count)
        let result = password.withUnsafeBytes { buffer in
            PKCS5_PBKDF2_HMAC(
                buffer.assumingMemoryBound(to: CChar.self).baseAddress, Int32(clamping: password.count), salt,
                Int32(clamping: salt.count), Int32(clamping: rounds), algorithm.evp, Int32(clamping: derived.count), &derived)
        }
        return result == 1 && constantTimeEqual(derived, hash)
    }
}
