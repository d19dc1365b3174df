/// The random function and the key derivation function of EAP-pwd (RFC 5931 §2.4, §2.5), with HMAC-SHA-256.
enum PwdKeys {
    /// H: HMAC-SHA-256 under 32 zero octets.
    static func hash(_ message: [UInt8]) -> [UInt8] {
        KeyedHash.sha256.authenticate(message, key: [UInt8](repeating: 0, count: 32))
    }

    /// Stretches `key` to `bits` bits.
    /// - Returns: ⌈bits / 8⌉ octets; the surplus low bits of the last one are zero.
    static func derive(_ key: [UInt8], label: [UInt8], bits: Int) -> [UInt8] {
        let length = (bits + 7) / 8
        var result: [UInt8] = []
        var block: [UInt8] = []
        var index = 1
        while result.count < length {
            block = KeyedHash.sha256.authenticate(block + sixteenBits(index) + label + sixteenBits(bits), key: key)
            result += block
            index += 1
        }
        result.removeLast(result.count - length)
        if bits % 8 != 0, let last = result.indices.last { result[last] &= 0xff << UInt8(8 - bits % 8) }
        return result
    }

    /// MSK, EMSK and Session-Id of a finished exchange (RFC 5931 §2.9).
    /// - Parameter suite: the four octets Group, Random Function and PRF of the ID exchange.
    static func keys(
        sharedSecret: [UInt8], suite: [UInt8], peerScalar: [UInt8], serverScalar: [UInt8], peerConfirm: [UInt8], serverConfirm: [UInt8]
    ) -> EAPKeys {
        let sessionID = [EAPType.pwd.rawValue] + hash(suite + peerScalar + serverScalar)
        let master = hash(sharedSecret + peerConfirm + serverConfirm)
        let exported = derive(master, label: sessionID, bits: 1024)
        return EAPKeys(msk: Array(exported.prefix(64)), emsk: Array(exported.suffix(64)), sessionID: sessionID)
    }

    private static func sixteenBits(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }
}
