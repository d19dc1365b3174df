internal import CCrypt
internal import COpenSSL

/// A password hashed by crypt(3): traditional and BSDi DES, `$1$`, `$2a$`…`$2y$`, `$5$`, `$6$`, `$y$`, `$gy$`.
///
/// Settings that would hold a thread for more than some seconds, or memory beyond a gibibyte, are refused:
/// a stored value must not be able to stop the server.
public struct CryptHash: Sendable, Equatable {
    /// The hash with its setting, as crypt(3) returned it; printable ASCII.
    let text: String

    /// Takes a complete hash; `nil` for another scheme, a wrong length or character, or a setting out of bounds.
    init?(_ text: String) {
        guard Self.isComplete(text) else { return nil }
        self.text = text
    }

    /// - Parameter password: without a NUL, where crypt(3) stops reading.
    func verify(_ password: [UInt8]) -> Bool {
        let size = MemoryLayout<crypt_data>.size
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: MemoryLayout<crypt_data>.alignment)
        scratch.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        defer {
            OPENSSL_cleanse(scratch, size)
            scratch.deallocate()
        }
        let phrase = password.map { CChar(bitPattern: $0) } + [0]
        guard let result = crypt_rn(phrase, text, scratch, Int32(size)) else { return false }
        return constantTimeEqual(Array(String(cString: result).utf8), Array(text.utf8))
    }
}

extension CryptHash {
    private static let maximumRounds = 10_000_000
    /// A step doubles the time; this one takes some four seconds.
    private static let maximumBcryptCost = 16

    private static func isComplete(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
        let fields = HashText.fields(text)
        guard fields.count > 1 else { return isDES(fields[0]) }
        guard fields[0].isEmpty else { return false }
        let rest = fields.dropFirst(2)
        switch String(decoding: fields[1], as: UTF8.self) {
        case "1": return isSalted(rest, maximumSalt: 8, hashLength: 22)
        case "2a", "2b", "2x", "2y": return isBcrypt(rest)
        case "5": return isSalted(afterRounds(rest), maximumSalt: 16, hashLength: 43)
        case "6": return isSalted(afterRounds(rest), maximumSalt: 16, hashLength: 86)
        case "y", "gy": return isYescrypt(rest)
        default: return false
        }
    }

    /// Two characters of salt and 11 of hash; BSDi's form has an underscore, four of rounds, four of salt and 11 of hash.
    private static func isDES(_ text: [UInt8]) -> Bool {
        switch text.count {
        case 13: CryptAlphabet.contains(text)
        case 20: text[0] == UInt8(ascii: "_") && CryptAlphabet.contains(text.dropFirst())
        default: false
        }
    }

    private static func isSalted(_ fields: ArraySlice<[UInt8]>, maximumSalt: Int, hashLength: Int) -> Bool {
        guard fields.count == 2, let salt = fields.first, let hash = fields.last else { return false }
        return salt.count <= maximumSalt && hash.count == hashLength && CryptAlphabet.contains(hash)
    }

    /// Drops a `rounds=` field; nothing remains when it is out of bounds.
    private static func afterRounds(_ fields: ArraySlice<[UInt8]>) -> ArraySlice<[UInt8]> {
        let key = Array("rounds=".utf8)
        guard let first = fields.first, first.starts(with: key) else { return fields }
        guard let rounds = HashText.decimal(first.dropFirst(key.count)), (1...maximumRounds).contains(rounds) else { return [] }
        return fields.dropFirst()
    }

    private static func isBcrypt(_ fields: ArraySlice<[UInt8]>) -> Bool {
        guard fields.count == 2, let cost = fields.first, let hash = fields.last else { return false }
        guard cost.count == 2, let logarithm = Int(String(decoding: cost, as: UTF8.self)) else { return false }
        return (4...maximumBcryptCost).contains(logarithm) && hash.count == 53 && CryptAlphabet.contains(hash)
    }

    /// Parameters as crypt_gensalt writes them: `j`, then log2(N) - 1 and r - 1 in one character each.
    private static func isYescrypt(_ fields: ArraySlice<[UInt8]>) -> Bool {
        guard fields.count == 3, let parameters = fields.first, let hash = fields.last else { return false }
        let values = parameters.compactMap { CryptAlphabet.value(of: $0) }
        guard parameters.count == 3, values.count == 3, parameters.first == UInt8(ascii: "j") else { return false }
        let isAffordable = values[1] <= 17 && values[2] <= 31
        return isAffordable && hash.count == 43 && fields.dropFirst().allSatisfy { CryptAlphabet.contains($0) }
    }
}
