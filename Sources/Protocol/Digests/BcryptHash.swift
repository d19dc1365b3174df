/// A bcrypt password as web applications store it.
///
/// - `$2a$`, `$2b$`, `$2y$`, 60 characters;
/// - Django's `bcrypt$$2b$…`, and `bcrypt_sha256$$2b$…`, which hashes the password with SHA-256 first because
///   bcrypt itself reads 72 octets only.
public struct BcryptHash: Sendable, Equatable {
    private let hash: CryptHash
    private let isPrehashed: Bool

    init?(_ text: String) {
        let prefixes = [("bcrypt_sha256$", true), ("bcrypt$", false), ("", false)]
        guard let (prefix, isPrehashed) = prefixes.first(where: { text.hasPrefix($0.0) }) else { return nil }
        let modular = String(text.dropFirst(prefix.count))
        guard modular.hasPrefix("$2"), let hash = CryptHash(modular) else { return nil }
        self.hash = hash
        self.isPrehashed = isPrehashed
    }

    func verify(_ password: [UInt8]) -> Bool {
        guard isPrehashed else { return hash.verify(password) }
        return hash.verify(Array(Hexadecimal.encode(DigestAlgorithm.sha256.hash(password)).utf8))
    }
}
