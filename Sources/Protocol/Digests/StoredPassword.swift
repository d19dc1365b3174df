/// One stored "known good" password, in any of the forms that FreeRADIUS, directories and web applications keep.
///
/// Printing or dumping a value shows its ``kind`` and nothing of the secret.
public enum StoredPassword: Sendable, Equatable {
    /// Clear text; 1 octet or more.
    case cleartext([UInt8])
    /// ``NTHash``, 16 octets.
    case nt([UInt8])
    /// ``LMHash``, 16 octets.
    case lm([UInt8])
    /// MD5, SHA-1 or SHA-2, salted or not.
    case digest(PasswordDigest)
    /// Netscape's mail server.
    case nsMTAMD5(NSMTAMD5Hash)
    /// crypt(3).
    case crypt(CryptHash)
    /// bcrypt in its own form or Django's.
    case bcrypt(BcryptHash)
    /// PBKDF2 in any layout.
    case pbkdf2(PBKDF2Hash)
    /// scrypt in Django's layout.
    case scrypt(ScryptHash)
    /// Argon2 in PHC's layout or Django's.
    case argon2(Argon2Hash)
    /// PHPass as WordPress and phpBB use it.
    case phpass(PHPassHash)

    /// Whether `password` is the stored one.
    ///
    /// The comparison takes the same time wherever the values differ. Where ``isSlow`` is true the call takes from
    /// 0.1 ms to some seconds of a core and belongs off the packet thread.
    /// - Parameter password: as the peer sent it; the NT form needs valid UTF-8, and no hashed form takes a NUL.
    public func verify(_ password: [UInt8]) -> Bool {
        if case .cleartext(let expected) = self { return constantTimeEqual(password, expected) }
        // crypt(3) stops at a NUL, and the zero padding of HMAC's and DES's keys would make a trailing one vanish.
        return !password.contains(0) && verifyHash(password)
    }

    private func verifyHash(_ password: [UInt8]) -> Bool {
        switch self {
        case .cleartext: false
        case .nt(let hash): NTHash.hash(utf8: password).map { constantTimeEqual($0, hash) } ?? false
        case .lm(let hash): constantTimeEqual(LMHash.hash(utf8: password), hash)
        case .digest(let digest): digest.verify(password)
        case .nsMTAMD5(let hash): hash.verify(password)
        case .crypt(let hash): hash.verify(password)
        case .bcrypt(let hash): hash.verify(password)
        case .pbkdf2(let hash): hash.verify(password)
        case .scrypt(let hash): hash.verify(password)
        case .argon2(let hash): hash.verify(password)
        case .phpass(let hash): hash.verify(password)
        }
    }

    /// Whether ``verify(_:)`` is costly by design, more than about 50 µs.
    public var isSlow: Bool {
        switch self {
        case .cleartext, .nt, .lm, .digest, .nsMTAMD5: false
        case .crypt, .bcrypt, .pbkdf2, .scrypt, .argon2, .phpass: true
        }
    }

    /// The password itself, which CHAP and EAP-MD5 need; `nil` for every hashed form.
    public var cleartext: [UInt8]? {
        guard case .cleartext(let password) = self else { return nil }
        return password
    }

    /// The NT hash, which MS-CHAP needs: stored, or computed from clear text that is valid UTF-8; otherwise `nil`.
    public var ntHash: [UInt8]? {
        switch self {
        case .cleartext(let password): NTHash.hash(utf8: password)
        case .nt(let hash): hash
        default: nil
        }
    }

    /// The LAN Manager hash, for MS-CHAPv1's keys: stored, or computed from clear text; otherwise `nil`.
    public var lmHash: [UInt8]? {
        switch self {
        case .cleartext(let password): LMHash.hash(utf8: password)
        case .lm(let hash): hash
        default: nil
        }
    }

    /// Function, hash and salt of H(password ‖ salt), which EAP-pwd can use (RFC 8146); `nil` for every other form.
    public var saltedDigest: (algorithm: DigestAlgorithm, hash: [UInt8], salt: [UInt8])? {
        guard case .digest(let digest) = self, let salt = digest.salt else { return nil }
        return (digest.algorithm, digest.hash, salt)
    }

    /// The check attribute that stands for this form, for traces and logs: never the value.
    public var kind: String {
        switch self {
        case .cleartext: "Cleartext-Password"
        case .nt: "NT-Password"
        case .lm: "LM-Password"
        case .digest(let digest): digest.attributeName
        case .nsMTAMD5: "NS-MTA-MD5-Password"
        case .crypt: "Crypt-Password"
        case .bcrypt: "Bcrypt-Password"
        case .pbkdf2: "PBKDF2-Password"
        case .scrypt: "Scrypt-Password"
        case .argon2: "Argon2-Password"
        case .phpass: "PHPass-Password"
        }
    }
}

extension StoredPassword: CustomStringConvertible, CustomReflectable {
    /// The ``kind`` in angle brackets.
    public var description: String { "<\(kind)>" }

    /// No children: a dump must not reach the secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
