internal import COpenSSL

/// The SHA-1 message digest (RFC 3174) of a message that comes in pieces, which need not be joined.
///
/// It protects nothing by itself; MS-CHAP prescribes it.
struct SHA1 {
    // SHA1() itself looks for a provider each time, which costs more than the digest of a short message.
    private var context = SHA_CTX()

    init() {
        SHA1_Init(&context)
    }

    mutating func update(_ octets: [UInt8]) {
        SHA1_Update(&context, octets, octets.count)
    }

    /// - Returns: 20 octets.
    mutating func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(SHA_DIGEST_LENGTH)) { buffer, count in
            _ = SHA1_Final(buffer.baseAddress, &context)
            count = Int(SHA_DIGEST_LENGTH)
        }
    }

    /// Digests pieces as one message.
    static func hash(_ pieces: [UInt8]...) -> [UInt8] {
        var digest = SHA1()
        for piece in pieces { digest.update(piece) }
        return digest.finish()
    }
}
