extension StoredPassword {
    /// Whether a check item of this name holds a stored password; letter case does not matter.
    public static func isPasswordAttribute(_ name: String) -> Bool {
        PasswordAttribute(rawValue: name.lowercased()) != nil
    }

    /// Reads the value of a password attribute as it stands in `radcheck` or `radgroupcheck`.
    ///
    /// Hashes may be written as hexadecimal digits, in base64 or as they are, octet for octet; attributes of type
    /// octets also as `0x` and digits.
    /// - Parameters:
    ///   - attribute: such as `Cleartext-Password` or `SSHA2-256-Password`, in any letter case.
    ///   - value: the stored text.
    /// - Returns: `nil` for another attribute, for a value malformed for its form and for an empty clear text.
    public init?(attribute: String, value: String) {
        guard let attribute = PasswordAttribute(rawValue: attribute.lowercased()) else { return nil }
        self.init(attribute, value)
    }

    init?(_ attribute: PasswordAttribute, _ value: String) {
        let password: StoredPassword? =
            switch attribute {
            case .cleartext: value.isEmpty ? nil : .cleartext(Array(value.utf8))
            case .nt: Self.hash(value, length: NTHash.length).map { .nt($0) }
            case .lm: Self.hash(value, length: LMHash.length).map { .lm($0) }
            case .md5: Self.unsalted(.md5, value)
            case .smd5: Self.salted(.md5, value)
            case .sha, .sha1: Self.unsalted(.sha1, value)
            case .ssha, .ssha1: Self.salted(.sha1, value)
            case .sha2: Self.sha2(value)
            case .sha224: Self.unsalted(.sha224, value)
            case .sha256: Self.unsalted(.sha256, value)
            case .sha384: Self.unsalted(.sha384, value)
            case .sha512: Self.unsalted(.sha512, value)
            case .ssha224: Self.salted(.sha224, value)
            case .ssha256: Self.salted(.sha256, value)
            case .ssha384: Self.salted(.sha384, value)
            case .ssha512: Self.salted(.sha512, value)
            case .nsMTAMD5: NSMTAMD5Hash(value).map { .nsMTAMD5($0) }
            case .crypt: CryptHash(value).map { .crypt($0) }
            case .pbkdf2: PBKDF2Hash(String(decoding: Self.octets(value), as: UTF8.self)).map { .pbkdf2($0) }
            case .withHeader: Self(passwordWithHeader: value)
            case .bcrypt: BcryptHash(value).map { .bcrypt($0) }
            case .scrypt: ScryptHash(value).map { .scrypt($0) }
            case .argon2: Argon2Hash(value).map { .argon2($0) }
            case .phpass: PHPassHash(value).map { .phpass($0) }
            }
        guard let password else { return nil }
        self = password
    }

    private static func unsalted(_ algorithm: DigestAlgorithm, _ value: String) -> StoredPassword? {
        PasswordDigest(algorithm, unsalted: normalise(value, minimum: algorithm.length)).map { .digest($0) }
    }

    private static func salted(_ algorithm: DigestAlgorithm, _ value: String) -> StoredPassword? {
        PasswordDigest(algorithm, salted: normalise(value, minimum: algorithm.length)).map { .digest($0) }
    }

    /// SHA2-Password names no function: the length of the digest tells it.
    private static func sha2(_ value: String) -> StoredPassword? {
        let octets = normalise(value, minimum: DigestAlgorithm.sha224.length)
        return DigestAlgorithm(sha2Length: octets.count).flatMap { PasswordDigest($0, unsalted: octets) }.map { .digest($0) }
    }

    private static func hash(_ value: String, length: Int) -> [UInt8]? {
        let octets = normalise(value, minimum: length)
        return octets.count == length ? octets : nil
    }

    /// Undoes hexadecimal or base64 where the result has at least `minimum` octets; otherwise the value is raw.
    private static func normalise(_ value: String, minimum: Int) -> [UInt8] {
        let octets = octets(value)
        if octets.count >= 2 * minimum, let decoded = Hexadecimal.decode(octets) { return decoded }
        if let decoded = Base64.decode(octets), decoded.count >= minimum { return decoded }
        return octets
    }

    /// The value of an attribute of type octets, where `0x` begins hexadecimal digits.
    private static func octets(_ value: String) -> [UInt8] {
        guard value.hasPrefix("0x") else { return Array(value.utf8) }
        return Hexadecimal.decode(value.utf8.dropFirst(2)) ?? Array(value.utf8)
    }
}
