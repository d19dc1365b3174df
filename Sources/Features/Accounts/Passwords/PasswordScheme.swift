import Digests

/// How new passwords are kept.
public enum PasswordScheme: String, Sendable, CaseIterable, Codable {
    /// Argon2id (RFC 9106).
    case argon2
    /// RFC 7914.
    case scrypt
    /// As they are: for sites whose NAS devices need CHAP, MS-CHAP or EAP methods that rest on them.
    case cleartext

    /// Makes the credential of a password; takes from 25 to 200 ms of a core for the hashed schemes, so that servers do it by
    /// ``AccountPasswords/hash(_:)``.
    /// - Returns: nil where the memory for it cannot be had.
    public func credential(_ password: String) -> PolicyCredential? {
        switch self {
        case .argon2:
            let salt = randomOctets(16)
            return Argon2Hash.text(of: Array(password.utf8), salt: salt).map { PolicyCredential(attribute: "Argon2-Password", value: $0) }
        case .scrypt:
            var generator = SystemRandomNumberGenerator()
            let salt = String((0..<22).map { _ in Self.letters[Int.random(in: Self.letters.indices, using: &generator)] })
            return ScryptHash.text(of: Array(password.utf8), salt: salt).map { PolicyCredential(attribute: "Scrypt-Password", value: $0) }
        case .cleartext: return PolicyCredential(attribute: "Cleartext-Password", value: password)
        }
    }

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

    /// Whether a verified password is to be kept in this scheme instead of the form that it has.
    ///
    /// Only hashes that serve nothing but the comparison of a clear-text password are replaced: clear text, NT and LM hashes and salted
    /// digests serve challenge-response methods, too.
    func replaces(_ stored: StoredPassword) -> Bool {
        guard self != .cleartext else { return false }
        return switch stored {
        case .crypt, .bcrypt, .pbkdf2, .phpass, .nsMTAMD5: true
        case .digest: stored.saltedDigest == nil
        case .cleartext, .nt, .lm, .scrypt, .argon2: false
        }
    }
}
