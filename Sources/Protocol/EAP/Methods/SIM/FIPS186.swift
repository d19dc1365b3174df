internal import COpenSSL

/// The pseudo-random number generator of FIPS 186-2 with change notice 1, as EAP-SIM and EAP-AKA use it (RFC 4186 appendix B).
enum FIPS186 {
    /// - Parameters:
    ///   - seed: XKEY, 20 octets.
    ///   - count: octets wanted.
    static func generate(seed: [UInt8], count: Int) -> [UInt8] {
        var key = seed
        var result: [UInt8] = []
        while result.count < count {
            let block = g(key)
            // XKEY = (1 + XKEY + w) mod 2^160
            var carry = 1
            for index in key.indices.reversed() {
                carry += Int(key[index]) + Int(index < block.count ? block[index] : 0)
                key[index] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
            result += block
        }
        return Array(result.prefix(count))
    }

    /// G: SHA-1's compression of one block that is not padded as SHA-1 would.
    private static func g(_ value: [UInt8]) -> [UInt8] {
        var context = SHA_CTX()
        SHA1_Init(&context)
        SHA1_Transform(&context, value.prefix(64) + [UInt8](repeating: 0, count: 64 - min(64, value.count)))
        return [context.h0, context.h1, context.h2, context.h3, context.h4].flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) }
        }
    }
}
