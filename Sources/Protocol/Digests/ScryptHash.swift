internal import COpenSSL

/// A password hashed with scrypt (RFC 7914) in Django's layout, `scrypt$<N>$<salt>$<r>$<p>$<base64 hash>`.
public struct ScryptHash: Sendable, Equatable {
    private let n: Int
    private let r: Int
    private let p: Int
    private let salt: [UInt8]
    private let hash: [UInt8]

    private static let maximumMemory = 1 << 30

    /// `nil` when malformed, and for parameters that need more than 1 GiB or about ten seconds.
    init?(_ text: String) {
        let fields = HashText.fields(text)
        guard fields.count == 6, fields[0] == Array("scrypt".utf8), !fields[2].isEmpty else { return nil }
        guard let n = HashText.decimal(fields[1]), let r = HashText.decimal(fields[3]), let p = HashText.decimal(fields[4]) else {
            return nil
        }
        guard let hash = Base64.decode(fields[5]), hash.count == 64 else { return nil }
        guard n > 1, n & (n - 1) == 0, 128 * n * r <= Self.maximumMemory, n * r * p <= 1 << 25 else { return nil }
        self.n = n
        self.r = r
        self.p = p
        self.salt = fields[2]
        self.hash = hash
    }

    func verify(_ password: [UInt8]) -> Bool {
        var derived = [UInt8](repeating: 0, count: hash.count)
        let result = password.withUnsafeBytes { buffer in
            // OpenSSL counts its working blocks too, hence twice the bound.
            EVP_PBE_scrypt(
                buffer.assumingMemoryBound(to: CChar.self).baseAddress, password.count, salt, salt.count,
                UInt64(n), UInt64(r), UInt64(p), UInt64(2 * Self.maximumMemory), &derived, derived.count)
        }
        return result == 1 && constantTimeEqual(derived, hash)
    }

    /// Hashes a password, written in Django's layout.
    ///
    /// The parameters are those that OWASP recommends for 16 MiB: N 2^14, r 8, p 5; about 200 ms of a core.
    /// - Parameter salt: random letters and digits without `$`, 1 or more; 22 have 128 bits.
    /// - Returns: nil where the memory cannot be had.
    public static func text(of password: [UInt8], salt: String, n: Int = 1 << 14, r: Int = 8, p: Int = 5) -> String? {
        var derived = [UInt8](repeating: 0, count: 64)
        let result = password.withUnsafeBytes { buffer in
            EVP_PBE_scrypt(
                buffer.assumingMemoryBound(to: CChar.self).baseAddress, password.count, Array(salt.utf8), salt.utf8.count,
                UInt64(n), UInt64(r), UInt64(p), UInt64(2 * maximumMemory), &derived, derived.count)
        }
        guard result == 1 else { return nil }
        return "scrypt$\(n)$\(salt)$\(r)$\(p)$" + String(decoding: Base64.encode(derived), as: UTF8.self) + "=="
    }
}
