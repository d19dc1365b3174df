internal import COpenSSL

/// HMAC (RFC 2104) with the hash functions that EAP methods derive keys with.
enum KeyedHash {
    case sha1, sha256, sha384

    /// Octets of the result.
    var length: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        }
    }

    /// Authenticates `message`; the result has ``length`` octets.
    func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        let function =
            switch self {
            case .sha1: EVP_sha1()
            case .sha256: EVP_sha256()
            case .sha384: EVP_sha384()
            }
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var written: UInt32 = 0
            _ = HMAC(function, key, Int32(key.count), message, message.count, buffer.baseAddress, &written)
            count = Int(written)
        }
    }
}
