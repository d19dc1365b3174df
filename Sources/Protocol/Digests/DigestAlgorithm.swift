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
        // What needs no provider costs a fifth of EVP_Digest on short messages.
        switch self {
        case .md5: MD5.hash(message).bytes
        case .sha1: SHA1.hash(message)
        case .sha224: result { SHA224(message, message.count, $0) }
        case .sha256: result { SHA256(message, message.count, $0) }
        case .sha384: result { SHA384(message, message.count, $0) }
        case .sha512: result { SHA512(message, message.count, $0) }
        }
    }

    private func result(_ write: (UnsafeMutablePointer<UInt8>?) -> UnsafeMutablePointer<UInt8>?) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            _ = write(buffer.baseAddress)
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
