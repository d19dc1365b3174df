public import Digests

/// What the operator chooses for EAP-pwd (RFC 5931).
public struct PwdSettings: Sendable {
    /// The curve of the exchange; every peer knows P-256.
    public var group: PwdGroup
    /// The server's name in the ID exchange; both sides mix it into the password element.
    public var serverIdentity: [UInt8]
    /// How an unknown user's password would be stored, so that the answer to a guessed name looks like any other.
    public var unknownUserPreparation: PwdPreparation
    /// Makes the salts that unknown users seem to have; servers with the same key give the same.
    public var key: EAPServerKey

    public init(
        group: PwdGroup = .p256, serverIdentity: String = "radian", unknownUserPreparation: PwdPreparation = .none,
        key: EAPServerKey = .random()
    ) {
        self.group = group
        self.serverIdentity = Array(serverIdentity.utf8)
        self.unknownUserPreparation = unknownUserPreparation
        self.key = key
    }
}

/// The elliptic curves of IANA's IKE group registry that EAP-pwd uses here.
public enum PwdGroup: UInt16, Sendable, CaseIterable {
    case p256 = 19
    case p384 = 20
    case p521 = 21
}

/// What happens to a password before it enters the exchange (RFC 5931 §2.8.1.1, RFC 8146 §2).
public enum PwdPreparation: UInt8, Sendable, CaseIterable {
    /// The password as it is.
    case none = 0
    /// The hash of its NT hash.
    case ms = 1
    /// Hash of password and salt; the Commit request carries the salt.
    case saltedSHA1 = 3
    case saltedSHA256 = 4
    case saltedSHA512 = 5
}

/// A stored hash of password and salt that EAP-pwd can use without the password (RFC 8146).
public struct SaltedPasswordHash: Sendable {
    /// One of the salted ones.
    public var preparation: PwdPreparation
    /// Hash of password ‖ salt: 20, 32 or 64 octets.
    public var hash: [UInt8]
    /// 1…255 octets.
    public var salt: [UInt8]

    public init(preparation: PwdPreparation, hash: [UInt8], salt: [UInt8]) {
        self.preparation = preparation
        self.hash = hash
        self.salt = salt
    }

    /// A digest of a database.
    /// - Returns: nil for a function that EAP-pwd has no number for: MD5, SHA-224 and SHA-384.
    public init?(algorithm: DigestAlgorithm, hash: [UInt8], salt: [UInt8]) {
        switch algorithm {
        case .sha1: preparation = .saltedSHA1
        case .sha256: preparation = .saltedSHA256
        case .sha512: preparation = .saltedSHA512
        case .md5, .sha224, .sha384: return nil
        }
        self.hash = hash
        self.salt = salt
    }
}
