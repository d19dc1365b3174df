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

    /// - Parameter length: how many of the 20 octets are wanted.
    mutating func finish(_ length: Int = Int(SHA_DIGEST_LENGTH)) -> [UInt8] {
        var digest = InlineArray<20, UInt8>(repeating: 0)
        return withUnsafeMutableBytes(of: &digest) { digest in
            SHA1_Final(digest.baseAddress?.assumingMemoryBound(to: UInt8.self), &context)
            return Array(digest.prefix(length))
        }
    }

    /// Digests pieces as one message. Not variadic, which would cost an array of them each time.
    static func hash(_ first: [UInt8], _ second: [UInt8], _ third: [UInt8], length: Int = Int(SHA_DIGEST_LENGTH)) -> [UInt8] {
        var digest = SHA1()
        digest.update(first)
        digest.update(second)
        digest.update(third)
        return digest.finish(length)
    }
}
