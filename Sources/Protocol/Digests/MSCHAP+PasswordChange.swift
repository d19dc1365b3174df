internal import COpenSSL

extension MSCHAP {
    /// Octets of an NT-Encrypted-New-Password put together from its MS-CHAP-NT-Enc-PW fragments.
    public static let encryptedPasswordLength = 516

    /// Decrypts the new password of a change request (RFC 2759 §8.9, §8.10).
    ///
    /// The clear block is 512 octets, the password in little-endian UTF-16 at their end, then its length in octets.
    /// - Parameters:
    ///   - encrypted: ``encryptedPasswordLength`` octets.
    ///   - oldNTHash: 16 octets, the key.
    /// - Returns: the new password, perhaps empty; `nil` when the length or the UTF-16 is not sane, as after a wrong key.
    public static func newPassword(encrypted: [UInt8], oldNTHash: [UInt8]) -> String? {
        guard encrypted.count == encryptedPasswordLength, oldNTHash.count == NTHash.length else { return nil }
        let clear = rc4(encrypted, key: oldNTHash)
        let length = clear[512...].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard (0...512).contains(length), length.isMultiple(of: 2) else { return nil }
        let units = stride(from: 512 - length, to: 512, by: 2).map { UInt16(clear[$0]) | UInt16(clear[$0 + 1]) << 8 }
        return String(validating: units, as: UTF16.self)
    }

    /// Whether the sender of a change request knew the old password as well as the new one (RFC 2759 §8.12, §8.13).
    ///
    /// - Parameters:
    ///   - encryptedHash: 16 octets, the old NT hash encrypted under the new one.
    ///   - newNTHash: 16 octets, of the password that ``newPassword(encrypted:oldNTHash:)`` returned.
    ///   - oldNTHash: 16 octets, as stored.
    public static func verifyOldHash(encryptedHash: [UInt8], newNTHash: [UInt8], oldNTHash: [UInt8]) -> Bool {
        var expected: [UInt8] = []
        DES.encrypt(DES.number(oldNTHash, from: 0, count: 8), key: DES.number(newNTHash, from: 0, count: 7), onto: &expected)
        DES.encrypt(DES.number(oldNTHash, from: 8, count: 8), key: DES.number(newNTHash, from: 7, count: 7), onto: &expected)
        return constantTimeEqual(expected, encryptedHash)
    }

    private static func rc4(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var schedule = RC4_KEY()
        RC4_set_key(&schedule, Int32(key.count), key)
        return [UInt8](unsafeUninitializedCapacity: message.count) { buffer, count in
            RC4(&schedule, message.count, message, buffer.baseAddress)
            count = message.count
        }
    }
}
