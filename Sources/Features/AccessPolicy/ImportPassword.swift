import Digests

/// What an import file's password column means.
enum ImportPassword {
    /// The longest User-Password (RFC 2865 §5.2): no client can send more.
    private static let longestPassword = 128
    /// Prefixes of Django's hashes and the attribute that holds each.
    private static let hashes = [
        "pbkdf2_sha256$": "PBKDF2-Password", "pbkdf2_sha1$": "PBKDF2-Password", "argon2$": "Argon2-Password",
        "bcrypt_sha256$": "Bcrypt-Password", "bcrypt$": "Bcrypt-Password", "scrypt$": "Scrypt-Password",
    ]
    private static let cleartextPrefix = "cleartext$"

    /// The check item for a column that is not empty.
    static func checkItem(_ text: String, line: Int) throws(ImportProblem) -> PolicyItem {
        if text.hasPrefix(cleartextPrefix) { return try cleartext(String(text.dropFirst(cleartextPrefix.count)), line: line) }
        guard let (prefix, attribute) = hashes.first(where: { text.hasPrefix($0.key) }) else { return try cleartext(text, line: line) }
        guard StoredPassword(attribute: attribute, value: text) != nil else {
            throw ImportProblem(
                line: line, column: .password,
                "is not a complete \(prefix.dropLast()) hash; a plain password that begins like one is written '\(cleartextPrefix)PASSWORD'"
            )
        }
        return PolicyItem(attribute: attribute, op: ":=", value: text)
    }

    private static func cleartext(_ password: String, line: Int) throws(ImportProblem) -> PolicyItem {
        guard (1...longestPassword).contains(password.utf8.count) else {
            throw ImportProblem(line: line, column: .password, "a password has 1 to \(longestPassword) bytes")
        }
        return UserProvisioning.cleartext(password)
    }
}
