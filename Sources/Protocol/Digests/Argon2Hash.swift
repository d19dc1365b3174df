internal import CArgon2

/// A password hashed with Argon2 (RFC 9106) in the PHC text form, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
///
/// Django writes the same with `argon2` before it. The older variants argon2i and argon2d verify as well.
public struct Argon2Hash: Sendable, Equatable {
    private let text: String
    private let variant: Variant

    private enum Variant: String {
        case argon2d, argon2i, argon2id

        var type: argon2_type {
            switch self {
            case .argon2d: Argon2_d
            case .argon2i: Argon2_i
            case .argon2id: Argon2_id
            }
        }
    }

    /// `nil` when malformed, and for parameters that need more than 1 GiB, 64 lanes or some ten seconds.
    init?(_ text: String) {
        let encoded = text.hasPrefix("argon2$") ? "$" + text.dropFirst(7) : text
        let fields = HashText.fields(encoded)
        // Version 0x10 wrote no v= field.
        guard [5, 6].contains(fields.count), fields[0].isEmpty else { return nil }
        guard let variant = Variant(rawValue: String(decoding: fields[1], as: UTF8.self)) else { return nil }
        guard Self.isAffordable(fields[fields.count - 3]) else { return nil }
        guard let salt = Base64.decode(fields[fields.count - 2]), salt.count >= 8 else { return nil }
        guard let hash = Base64.decode(fields[fields.count - 1]), (16...512).contains(hash.count) else { return nil }
        guard encoded.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        self.text = encoded
        self.variant = variant
    }

    private static func isAffordable(_ parameters: [UInt8]) -> Bool {
        let values = parameters.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard values.count == 3, zip(values, ["m=", "t=", "p="]).allSatisfy({ $0.starts(with: $1.utf8) }) else { return false }
        let numbers = values.compactMap { HashText.decimal($0.dropFirst(2)) }
        guard numbers.count == 3 else { return false }
        let (kibibytes, passes, lanes) = (numbers[0], numbers[1], numbers[2])
        return kibibytes <= 1 << 20 && kibibytes * passes <= 1 << 23 && passes <= 1000 && lanes <= 64
    }

    func verify(_ password: [UInt8]) -> Bool {
        argon2_verify(text, password, password.count, variant.type) == ARGON2_OK.rawValue
    }

    /// Hashes a password with argon2id, written in Django's layout.
    ///
    /// The parameters are those that OWASP recommends at least: 19 MiB, two passes, one lane; about 25 ms of a core.
    /// - Parameters:
    ///   - password: 1 octet or more without NUL.
    ///   - salt: 16 random octets, 8 at least.
    /// - Returns: nil where the memory cannot be had.
    public static func text(of password: [UInt8], salt: [UInt8], kibibytes: UInt32 = 19_456, passes: UInt32 = 2, lanes: UInt32 = 1)
        -> String?
    {
        var encoded = [CChar](repeating: 0, count: 256)
        let result = argon2id_hash_encoded(
            passes, kibibytes, lanes, password, password.count, salt, salt.count, 32, &encoded, encoded.count)
        guard result == ARGON2_OK.rawValue else { return nil }
        return "argon2" + String(decoding: encoded.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
