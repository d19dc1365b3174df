extension StoredPassword {
    /// Reads a Password-With-Header: `{scheme}` and a value, or the base64 of both together.
    ///
    /// A value without a known header is clear text, except for complete hashes whose own prefix names their scheme
    /// (`$2b$`, `$argon2id$`, Django's `pbkdf2_sha256$` …): as clear text, the hash itself would be the password.
    init?(passwordWithHeader value: String) {
        if let (attribute, rest) = Self.header(of: value) {
            self.init(attribute, rest)
        } else if let decoded = Base64.decode(value.utf8), let text = String(validating: decoded, as: UTF8.self),
            let (attribute, rest) = Self.header(of: text)
        {
            self.init(attribute, rest)
        } else if let hash = Self(selfDescribing: value) {
            self = hash
        } else {
            self.init(.cleartext, value)
        }
    }

    private init?(selfDescribing value: String) {
        // Ordered so that bcrypt is known by its own name; crypt's DES form has no prefix and looks like a password.
        for attribute in [PasswordAttribute.bcrypt, .argon2, .scrypt, .pbkdf2, .phpass, .crypt] {
            guard attribute != .crypt || value.hasPrefix("$"), let hash = Self(attribute, value) else { continue }
            self = hash
            return
        }
        return nil
    }

    private static func header(of value: String) -> (PasswordAttribute, String)? {
        guard value.hasPrefix("{"), let end = value.firstIndex(of: "}") else { return nil }
        guard let attribute = headers[value[...end].lowercased()] else { return nil }
        // PBKDF2's headers name the hash function, which its own reader needs to see.
        return (attribute, attribute == .pbkdf2 ? value : String(value[value.index(after: end)...]))
    }

    private static let headers: [String: PasswordAttribute] = [
        "{clear}": .cleartext, "{cleartext}": .cleartext,
        "{md5}": .md5, "{base64_md5}": .md5, "{smd5}": .smd5,
        "{crypt}": .crypt,
        "{sha}": .sha, "{ssha}": .ssha,
        "{sha2}": .sha2, "{sha224}": .sha224, "{sha256}": .sha256, "{sha384}": .sha384, "{sha512}": .sha512,
        "{ssha224}": .ssha224, "{ssha256}": .ssha256, "{ssha384}": .ssha384, "{ssha512}": .ssha512,
        "{x-pbkdf2}": .pbkdf2, "{pbkdf2}": .pbkdf2, "{pbkdf2-sha1}": .pbkdf2, "{pbkdf2-sha256}": .pbkdf2,
        "{pbkdf2-sha512}": .pbkdf2, "{pbkdf2_sha256}": .pbkdf2,
        "{md4}": .nt, "{nt}": .nt, "{nthash}": .nt, "{x-nthash}": .nt,
        "{ns-mta-md5}": .nsMTAMD5,
        "{bcrypt}": .bcrypt, "{scrypt}": .scrypt, "{argon2}": .argon2, "{phpass}": .phpass,
    ]
}
