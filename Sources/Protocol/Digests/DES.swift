internal import COpenSSL

/// Single DES as MS-CHAP uses it: a one-way function of a seven-octet key.
enum DES {
    /// Encrypts one block (RFC 2433 §A.8 DesEncrypt).
    ///
    /// - Parameters:
    ///   - block: ``number(_:from:count:)`` of 8 octets.
    ///   - key: that of 7 octets, without parity.
    ///   - cipher: gets 8 octets more.
    static func encrypt(_ block: UInt64, key: UInt64, onto cipher: inout [UInt8]) {
        var schedule = DES_key_schedule()
        // Seven bits an octet; the lowest is the parity bit, which DES_set_key_unchecked ignores.
        var spread: UInt64 = 0
        for index in 0..<8 { spread = spread << 8 | (key >> UInt64(49 - 7 * index) & 0x7f) << 1 }
        var desKey = unsafeBitCast(spread.bigEndian, to: DES_cblock.self)
        var input = unsafeBitCast(block.bigEndian, to: DES_cblock.self)
        var output: DES_cblock = (0, 0, 0, 0, 0, 0, 0, 0)
        DES_set_key_unchecked(&desKey, &schedule)
        DES_ecb_encrypt(&input, &output, &schedule, DES_ENCRYPT)
        withUnsafeBytes(of: output) { cipher.append(contentsOf: $0) }
    }

    /// Some octets in network order; those behind the end are zeros, so that no input can trap.
    static func number(_ octets: [UInt8], from start: Int, count: Int) -> UInt64 {
        var number: UInt64 = 0
        for index in start..<(start + count) { number = number << 8 | UInt64(index < octets.count ? octets[index] : 0) }
        return number
    }
}
