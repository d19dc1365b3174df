extension PBKDF2Hash {
    /// Reads any of the text layouts in use:
    ///
    /// - `HMACSHA2+256:<base64 of 4 octets, rounds>:<base64 salt>:<base64 hash>`, Perl's Crypt::PBKDF2 for LDAP;
    /// - `$PBKDF2$HMACSHA2+256:<rounds>:<base64 salt>$<base64 hash>`, Crypt::PBKDF2 by default;
    /// - `$pbkdf2-sha256$<rounds>$<base64 salt>$<base64 hash>`, passlib, `$pbkdf2$` being SHA-1;
    /// - `{PBKDF2-SHA256}<rounds>$<base64 salt>$<base64 hash>`, OpenLDAP and 389 Directory Server, `{PBKDF2}` being SHA-1;
    /// - `{PBKDF2_SHA256}<base64 of rounds (4), salt (64), hash (256)>`, old 389 Directory Server;
    /// - `pbkdf2_sha256$<rounds>$<salt>$<base64 hash>`, Django, whose salt is text.
    init?(_ text: String) {
        if text.hasPrefix("{") {
            self.init(header: text)
        } else if text.hasPrefix("$PBKDF2$") {
            self.init(cryptPBKDF2: text.dropFirst(8))
        } else if text.hasPrefix("$pbkdf2") {
            self.init(passlib: text)
        } else if text.hasPrefix("pbkdf2_") {
            self.init(django: text)
        } else {
            self.init(ldap: text)
        }
    }

    private init?(header text: String) {
        guard let end = text.firstIndex(of: "}") else { return nil }
        let rest = text[text.index(after: end)...]
        switch text[...end].lowercased() {
        case "{x-pbkdf2}": self.init(ldap: rest)
        case "{pbkdf2}", "{pbkdf2-sha1}": self.init(.sha1, fields: rest)
        case "{pbkdf2-sha256}": self.init(.sha256, fields: rest)
        case "{pbkdf2-sha512}": self.init(.sha512, fields: rest)
        case "{pbkdf2_sha256}": self.init(packed: rest)
        default: return nil
        }
    }

    private init?(ldap text: some StringProtocol) {
        let fields = HashText.fields(text, separators: ":")
        guard fields.count == 4, let algorithm = Self.hmac(fields[0]) else { return nil }
        guard let rounds = Base64.decode(fields[1]), rounds.count == 4 else { return nil }
        self.init(algorithm, Self.bigEndian(rounds), fields[2], fields[3])
    }

    private init?(cryptPBKDF2 text: some StringProtocol) {
        let fields = HashText.fields(text, separators: ":$")
        guard fields.count == 4, let algorithm = Self.hmac(fields[0]), let rounds = HashText.decimal(fields[1]) else { return nil }
        self.init(algorithm, rounds, fields[2], fields[3])
    }

    private init?(passlib text: String) {
        let prefixes: [(String, DigestAlgorithm)] = [
            ("$pbkdf2$", .sha1), ("$pbkdf2-sha256$", .sha256), ("$pbkdf2-sha512$", .sha512),
        ]
        guard let (prefix, algorithm) = prefixes.first(where: { text.hasPrefix($0.0) }) else { return nil }
        self.init(algorithm, fields: text.dropFirst(prefix.count))
    }

    private init?(django text: String) {
        let fields = HashText.fields(text)
        guard fields.count == 4, let rounds = HashText.decimal(fields[1]), let hash = Base64.decode(fields[3]) else { return nil }
        switch String(decoding: fields[0], as: UTF8.self) {
        case "pbkdf2_sha1": self.init(algorithm: .sha1, rounds: rounds, salt: fields[2], hash: hash)
        case "pbkdf2_sha256": self.init(algorithm: .sha256, rounds: rounds, salt: fields[2], hash: hash)
        default: return nil
        }
    }

    private init?(packed text: some StringProtocol) {
        guard let octets = Base64.decode(Array(text.utf8)), octets.count == 4 + 64 + 256 else { return nil }
        self.init(
            algorithm: .sha256, rounds: Self.bigEndian(octets[..<4]), salt: Array(octets[4..<68]), hash: Array(octets[68...]))
    }

    private init?(_ algorithm: DigestAlgorithm, fields text: some StringProtocol) {
        let fields = HashText.fields(text)
        guard fields.count == 3, let rounds = HashText.decimal(fields[0]) else { return nil }
        self.init(algorithm, rounds, fields[1], fields[2])
    }

    private init?(_ algorithm: DigestAlgorithm, _ rounds: Int, _ salt: [UInt8], _ hash: [UInt8]) {
        guard let salt = Base64.decode(salt), let hash = Base64.decode(hash) else { return nil }
        self.init(algorithm: algorithm, rounds: rounds, salt: salt, hash: hash)
    }

    private static func hmac(_ name: [UInt8]) -> DigestAlgorithm? {
        switch String(decoding: name, as: UTF8.self) {
        case "HMACSHA1": .sha1
        case "HMACSHA2+224": .sha224
        case "HMACSHA2", "HMACSHA2+256": .sha256
        case "HMACSHA2+384": .sha384
        case "HMACSHA2+512": .sha512
        default: nil
        }
    }

    private static func bigEndian(_ octets: some Collection<UInt8>) -> Int {
        octets.reduce(0) { $0 << 8 | Int($1) }
    }
}
