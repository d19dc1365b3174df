internal import COpenSSL

/// Single DES as MS-CHAP uses it: a one-way function of a seven-octet key.
enum DES {
    /// Encrypts one block (RFC 2433 §A.8 DesEncrypt).
    ///
    /// - Parameters:
    ///   - block: 8 octets.
    ///   - key: 7 octets without parity.
    /// - Returns: 8 octets. Arguments of other lengths are cut or filled with zeros, so that no input can trap.
    static func encrypt(_ block: some Collection<UInt8>, key: some Collection<UInt8>) -> [UInt8] {
        var schedule = DES_key_schedule()
        var desKey: DES_cblock = (0, 0, 0, 0, 0, 0, 0, 0)
        var input = desKey
        var output = desKey
        var bits: UInt64 = 0
        for (index, octet) in key.prefix(7).enumerated() { bits |= UInt64(octet) << UInt64(48 - 8 * index) }
        withUnsafeMutableBytes(of: &desKey) { octets in
            // Seven bits an octet; the lowest is the parity bit, which DES_set_key_unchecked ignores.
            for index in 0..<8 { octets[index] = UInt8(truncatingIfNeeded: bits >> UInt64(49 - 7 * index)) << 1 }
        }
        withUnsafeMutableBytes(of: &input) { $0.copyBytes(from: block.prefix(8)) }
        DES_set_key_unchecked(&desKey, &schedule)
        DES_ecb_encrypt(&input, &output, &schedule, DES_ENCRYPT)
        return withUnsafeBytes(of: output) { Array($0) }
    }
}
