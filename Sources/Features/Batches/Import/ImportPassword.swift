import AccessPolicy
import Digests
import Localization

/// What an import file's password column means.
enum ImportPassword: Sendable, Equatable {
    /// The password itself, to be stored by the configured scheme.
    case plain(String)
    /// A hash that the server can verify, stored as it is.
    case hashed(PolicyItem)

    /// The longest User-Password (RFC 2865 §5.2): no client can send more.
    private static let longestPassword = 128
    /// Prefixes of Django's hashes and the attribute that holds each.
    private static let hashes = [
        "pbkdf2_sha256$": "PBKDF2-Password", "pbkdf2_sha1$": "PBKDF2-Password", "argon2$": "Argon2-Password",
        "bcrypt_sha256$": "Bcrypt-Password", "bcrypt$": "Bcrypt-Password", "scrypt$": "Scrypt-Password",
    ]
    /// Attributes of `radcheck` whose values are such hashes.
    static let hashAttributes = Set(hashes.values).sorted()
    private static let cleartextPrefix = "cleartext$"

    /// - Parameters:
    ///   - text: not empty.
    ///   - takesPlainText: whether a text that is no hash is the password itself; it needs `cleartext$` in front otherwise.
    init(_ text: String, line: Int, takesPlainText: Bool) throws(ImportProblem) {
        if text.hasPrefix(Self.cleartextPrefix) {
            self = .plain(try Self.checked(String(text.dropFirst(Self.cleartextPrefix.count)), line: line))
            return
        }
        guard let (prefix, attribute) = Self.hashes.first(where: { text.hasPrefix($0.key) }) else {
            guard takesPlainText else {
                throw ImportProblem(
                    line: line, column: .password, "is no hash that is known here; a plain password is written 'cleartext$PASSWORD'")
            }
            self = .plain(try Self.checked(text, line: line))
            return
        }
        guard StoredPassword(attribute: attribute, value: text) != nil else {
            throw ImportProblem(
                line: line, column: .password,
                Message(
                    "is not a complete {name} hash; a plain password that begins like one is written 'cleartext$PASSWORD'",
                    ["name": String(prefix.dropLast())]))
        }
        self = .hashed(PolicyItem(attribute: attribute, op: ":=", value: text))
    }

    private static func checked(_ password: String, line: Int) throws(ImportProblem) -> String {
        guard (1...longestPassword).contains(password.utf8.count) else {
            throw ImportProblem(line: line, column: .password, Message("a password has 1 to {max} bytes", ["max": String(longestPassword)]))
        }
        return password
    }
}
