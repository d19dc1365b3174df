internal import COpenSSL

/// A hash function that stored passwords use (RFC 1321, RFC 3174, FIPS 180-4).
public enum DigestAlgorithm: Sendable, Hashable, CaseIterable {
    case md5, sha1, sha224, sha256, sha384, sha512

    /// Octets of the result: 16…64.
    public var length: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha224: 28
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// The member of the SHA-2 family whose result has `length` octets: 28, 32, 48 or 64.
    public init?(sha2Length length: Int) {
        switch length {
        case 28: self = .sha224
        case 32: self = .sha256
        case 48: self = .sha384
        case 64: self = .sha512
        default: return nil
        }
    }

    /// Hashes `message`; the result has ``length`` octets.
    public func hash(_ message: [UInt8]) -> [UInt8] {
        // Functions such as SHA256() look for a provider each time, which costs many times as much as the digest of a short message.
        switch self {
        case .md5: MD5.hash(message).bytes
        case .sha1: SHA1.hash(message, [], [])
        case .sha224: result(SHA256_CTX(), SHA224_Init, SHA224_Update, SHA224_Final, message)
        case .sha256: result(SHA256_CTX(), SHA256_Init, SHA256_Update, SHA256_Final, message)
        case .sha384: result(SHA512_CTX(), SHA384_Init, SHA384_Update, SHA384_Final, message)
        case .sha512: result(SHA512_CTX(), SHA512_Init, SHA512_Update, SHA512_Final, message)
        }
    }

    @inline(__always)
    private func result<Context>(
        _ context: Context, _ begin: (UnsafeMutablePointer<Context>?) -> Int32,
        _ update: (UnsafeMutablePointer<Context>?, UnsafeRawPointer?, Int) -> Int32,
        _ finish: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Context>?) -> Int32, _ message: [UInt8]
    ) -> [UInt8] {
        var context = context
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            _ = begin(&context)
            _ = update(&context, message, message.count)
            _ = finish(buffer.baseAddress, &context)
            count = length
        }
    }

    /// OpenSSL's description of the function, valid for the life of the process.
    var evp: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha224: EVP_sha224()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }
}
