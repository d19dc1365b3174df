internal import COpenSSL

/// The NT password hash: MD4 of the password in little-endian UTF-16 (RFC 2433 §A.3, RFC 2759 §8.3).
public enum NTHash {
    /// Octets of the hash.
    public static let length = 16

    /// Hashes a password; the result has 16 octets.
    public static func hash(password: String) -> [UInt8] {
        var unicode: [UInt8] = []
        unicode.reserveCapacity(2 * password.utf8.count)
        for unit in password.utf16 {
            unicode.append(UInt8(truncatingIfNeeded: unit))
            unicode.append(UInt8(truncatingIfNeeded: unit >> 8))
        }
        return hash(unicode: unicode)
    }

    /// Hashes a password received as octets.
    ///
    /// - Returns: 16 octets, or `nil` when `password` is not valid UTF-8 and so has no UTF-16 form.
    public static func hash(utf8 password: [UInt8]) -> [UInt8]? {
        String(validating: password, as: UTF8.self).map { hash(password: $0) }
    }

    /// Hashes a password that already is little-endian UTF-16; the result has 16 octets.
    public static func hash(unicode: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            _ = MD4(unicode, unicode.count, buffer.baseAddress)
            count = length
        }
    }

    /// MD4 of an NT hash, from which keys and authenticator responses are derived (RFC 2759 §8.4 HashNtPasswordHash).
    public static func hashOfHash(_ ntHash: [UInt8]) -> [UInt8] {
        hash(unicode: ntHash)
    }
}
