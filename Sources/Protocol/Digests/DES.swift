internal import COpenSSL

/// Single DES as MS-CHAP uses it: a one-way function of a seven-octet key.
enum DES {
    /// Encrypts one block under each key (RFC 2433 §A.8 DesEncrypt).
    ///
    /// - Parameters:
    ///   - block: 8 octets.
    ///   - keys: 7 octets each, without parity.
    /// - Returns: 8 octets for each key. Arguments of other lengths are cut or filled with zeros, so that no input can trap.
    static func encrypt(_ block: ArraySlice<UInt8>, keys: ArraySlice<UInt8>...) -> [UInt8] {
        let clear = number(block, count: 8)
        return [UInt8](unsafeUninitializedCapacity: 8 * keys.count) { buffer, count in
            for key in keys {
                let cipher = encrypt(clear, key: number(key, count: 7))
                for shift in stride(from: 56, through: 0, by: -8) {
                    buffer.initializeElement(at: count, to: UInt8(truncatingIfNeeded: cipher >> UInt64(shift)))
                    count += 1
                }
            }
        }
    }

    /// - Parameter key: 56 bits.
    private static func encrypt(_ block: UInt64, key: UInt64) -> UInt64 {
        var schedule = DES_key_schedule()
        // Seven bits an octet; the lowest is the parity bit, which DES_set_key_unchecked ignores.
        var spread: UInt64 = 0
        for index in 0..<8 { spread = spread << 8 | (key >> UInt64(49 - 7 * index) & 0x7f) << 1 }
        var desKey = unsafeBitCast(spread.bigEndian, to: DES_cblock.self)
        var input = unsafeBitCast(block.bigEndian, to: DES_cblock.self)
        var output: DES_cblock = (0, 0, 0, 0, 0, 0, 0, 0)
        DES_set_key_unchecked(&desKey, &schedule)
        DES_ecb_encrypt(&input, &output, &schedule, DES_ENCRYPT)
        return UInt64(bigEndian: unsafeBitCast(output, to: UInt64.self))
    }

    /// The first `count` octets in network order, missing ones as zeros.
    private static func number(_ octets: ArraySlice<UInt8>, count: Int) -> UInt64 {
        var number: UInt64 = 0
        for octet in octets.prefix(count) { number = number << 8 | UInt64(octet) }
        return number << UInt64(8 * max(0, count - octets.count))
    }
}
