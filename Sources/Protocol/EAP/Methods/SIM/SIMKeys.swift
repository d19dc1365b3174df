internal import Digests

/// Keys of one full authentication (RFC 4186 §7, RFC 4187 §7, RFC 9048 §3.3).
struct SIMKeys: Equatable {
    /// K_encr, 16 octets.
    var encryption: [UInt8]
    /// K_aut, 16 octets; 32 of EAP-AKA'.
    var authentication: [UInt8]
    /// What later re-authentications derive from: the master key (20), of EAP-AKA' K_re (32).
    var reauthentication: [UInt8]
    /// 64 octets each; empty in keys that a fast re-authentication identity carried.
    var msk: [UInt8] = []
    var emsk: [UInt8] = []

    init(encryption: [UInt8], authentication: [UInt8], reauthentication: [UInt8]) {
        self.encryption = encryption
        self.authentication = authentication
        self.reauthentication = reauthentication
    }

    /// EAP-SIM's.
    /// - Parameters:
    ///   - identity: the last one the peer gave, with realm.
    ///   - kc: of the triplets in order.
    ///   - versionList: the octets offered, without padding.
    static func sim(identity: [UInt8], kc: [[UInt8]], nonceMT: [UInt8], versionList: [UInt8], selectedVersion: [UInt8]) -> SIMKeys {
        SIMKeys(masterKey: DigestAlgorithm.sha1.hash(identity + kc.flatMap { $0 } + nonceMT + versionList + selectedVersion))
    }

    /// EAP-AKA's.
    static func aka(identity: [UInt8], ik: [UInt8], ck: [UInt8]) -> SIMKeys {
        SIMKeys(masterKey: DigestAlgorithm.sha1.hash(identity + ik + ck))
    }

    /// EAP-AKA's successor's, from keys bound to the network's name.
    static func akaPrime(identity: [UInt8], ik: [UInt8], ck: [UInt8]) -> SIMKeys {
        var material = prf(key: ik + ck, Array("EAP-AKA'".utf8) + identity, count: 208)[...]
        func take(_ count: Int) -> [UInt8] {
            defer { material = material.dropFirst(count) }
            return Array(material.prefix(count))
        }
        var keys = SIMKeys(encryption: take(16), authentication: take(32), reauthentication: take(32))
        keys.msk = take(64)
        keys.emsk = take(64)
        return keys
    }

    private init(masterKey: [UInt8]) {
        let material = FIPS186.generate(seed: masterKey, count: 160)
        self.init(encryption: Array(material[0..<16]), authentication: Array(material[16..<32]), reauthentication: masterKey)
        msk = Array(material[32..<96])
        emsk = Array(material[96..<160])
    }

    /// MSK and EMSK of a fast re-authentication.
    /// - Parameters:
    ///   - identity: the fast re-authentication identity the peer used.
    ///   - nonceS: 16 octets.
    func exported(_ variant: SIMVariant, identity: [UInt8], counter: UInt16, nonceS: [UInt8]) -> (msk: [UInt8], emsk: [UInt8]) {
        let counter = [UInt8(counter >> 8), UInt8(truncatingIfNeeded: counter)]
        let material =
            switch variant {
            case .sim, .aka:
                FIPS186.generate(seed: DigestAlgorithm.sha1.hash(identity + counter + nonceS + reauthentication), count: 128)
            case .akaPrime:
                Self.prf(key: reauthentication, Array("EAP-AKA' re-auth".utf8) + identity + counter + nonceS, count: 128)
            }
        return (Array(material.prefix(64)), Array(material.suffix(64)))
    }

    /// PRF' with HMAC-SHA-256 (RFC 9048 §3.4.1).
    private static func prf(key: [UInt8], _ seed: [UInt8], count: Int) -> [UInt8] {
        var result: [UInt8] = []
        var block: [UInt8] = []
        var index: UInt8 = 1
        while result.count < count {
            block = KeyedHash.sha256.authenticate(block + seed + [index], key: key)
            result += block
            index &+= 1
        }
        return Array(result.prefix(count))
    }
}
