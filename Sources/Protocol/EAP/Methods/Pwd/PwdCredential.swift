internal import Digests

/// What of a stored password enters the exchange.
struct PwdCredential {
    var preparation: PwdPreparation
    /// Prepared: what both sides hash.
    var password: [UInt8]
    /// For salted ones, what the Commit request tells the peer.
    var salt: [UInt8] = []

    /// Takes the most general form of what policy knows: any peer can do without preparation, fewer know salts.
    /// - Returns: nil when nothing fits.
    init?(_ verdict: EAPVerdict) {
        if let clear = verdict.clearPasswords.first {
            self.init(preparation: .none, password: clear)
        } else if let hash = verdict.ntHashes.first(where: { $0.count == NTHash.length }) {
            self.init(preparation: .ms, password: NTHash.hashOfHash(hash))
        } else if let salted = verdict.saltedHashes.first(where: { (1...255).contains($0.salt.count) && $0.preparation.isSalted }) {
            self.init(preparation: salted.preparation, password: salted.hash, salt: salted.salt)
        } else {
            return nil
        }
    }

    /// A password that nobody has, for a user who does not exist.
    init(of unknownUser: [UInt8], preparation: PwdPreparation, key: EAPServerKey) {
        // The same name must meet the same salt again, as a real user's would.
        let salt = KeyedHash.sha256.authenticate(unknownUser, key: key.derived(for: .salt)).prefix(8)
        self.init(preparation: preparation, password: randomOctets(32), salt: preparation.isSalted ? Array(salt) : [])
    }

    private init(preparation: PwdPreparation, password: [UInt8], salt: [UInt8] = []) {
        self.preparation = preparation
        self.password = password
        self.salt = salt
    }
}

extension PwdPreparation {
    /// Whether the Commit request carries a salt (RFC 8146 §2).
    var isSalted: Bool {
        switch self {
        case .none, .ms: false
        case .saltedSHA1, .saltedSHA256, .saltedSHA512: true
        }
    }
}
