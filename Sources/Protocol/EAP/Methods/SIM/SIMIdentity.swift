import Digests

/// An identity that a SIM card's peer gave, and what it stands for.
///
/// Pseudonyms and fast re-authentication identities are sealed values: every server with the same key reads them.
struct SIMIdentity {
    enum Meaning {
        /// 6…15 digits, from a permanent identity or a pseudonym.
        case subscriber(imsi: String)
        case reauthentication(SIMReauthentication)
        /// Anonymous, of another method, sealed with another key, or nothing of ours.
        case unknown
    }

    /// As the peer sent it; keys are derived from these octets.
    let octets: [UInt8]
    private let userName: ArraySlice<UInt8>
    /// What follows the first `@`.
    let realm: String?

    init(_ octets: [UInt8]) {
        self.octets = octets
        let end = octets.firstIndex(of: UInt8(ascii: "@"))
        userName = octets[..<(end ?? octets.count)]
        realm = end.flatMap { String(validating: octets[($0 + 1)...], as: UTF8.self) }
    }

    func meaning(_ variant: SIMVariant, key: EAPServerKey) -> Meaning {
        let rest = userName.dropFirst()
        switch userName.first {
        case variant.prefixes.permanent:
            return SubscriberDigits.isIMSI(rest) ? .subscriber(imsi: String(decoding: rest, as: UTF8.self)) : .unknown
        case variant.prefixes.pseudonym:
            guard let plain = Base64URL.decode(rest).flatMap({ key.open($0, for: .pseudonym) }),
                let imsi = SubscriberDigits.unpack(plain)
            else { return .unknown }
            return .subscriber(imsi: imsi)
        case variant.prefixes.reauthentication:
            guard let plain = Base64URL.decode(rest).flatMap({ key.open($0, for: .reauthentication) }),
                let state = SIMReauthentication(plain, variant)
            else { return .unknown }
            return .reauthentication(state)
        default:
            return .unknown
        }
    }

    /// A new pseudonym's user name, about 50 characters.
    static func pseudonym(imsi: String, _ variant: SIMVariant, key: EAPServerKey) -> [UInt8]? {
        guard let packed = SubscriberDigits.pack(imsi), let sealed = key.seal(packed, for: .pseudonym) else { return nil }
        return [variant.prefixes.pseudonym] + Array(Base64URL.encode(sealed).utf8)
    }
}

/// What a fast re-authentication identity carries from one authentication to the next.
struct SIMReauthentication {
    var imsi: String
    /// Of the re-authentication that uses this identity: 1 for the first.
    var counter: UInt16
    var keys: SIMKeys

    init(imsi: String, counter: UInt16, keys: SIMKeys) {
        self.imsi = imsi
        self.counter = counter
        self.keys = keys
    }

    /// Type, counter (2), digits (8), K_encr, K_aut, and the rest for derivation.
    fileprivate init?(_ plain: [UInt8], _ variant: SIMVariant) {
        let authenticationLength = variant == .akaPrime ? 32 : 16
        guard plain.count == 11 + 16 + authenticationLength + (variant == .akaPrime ? 32 : 20), plain[0] == variant.type.rawValue,
            let imsi = SubscriberDigits.unpack(Array(plain[3..<11]))
        else { return nil }
        self.imsi = imsi
        counter = UInt16(plain[1]) << 8 | UInt16(plain[2])
        let end = 27 + authenticationLength
        keys = SIMKeys(
            encryption: Array(plain[11..<27]), authentication: Array(plain[27..<end]), reauthentication: Array(plain[end...]))
    }

    /// The identity's user name, 120 characters or 160 of EAP-AKA'.
    func userName(_ variant: SIMVariant, key: EAPServerKey) -> [UInt8]? {
        guard let digits = SubscriberDigits.pack(imsi) else { return nil }
        let plain =
            [variant.type.rawValue, UInt8(counter >> 8), UInt8(truncatingIfNeeded: counter)] + digits + keys.encryption
            + keys.authentication + keys.reauthentication
        return key.seal(plain, for: .reauthentication).map { [variant.prefixes.reauthentication] + Array(Base64URL.encode($0).utf8) }
    }
}

/// IMSIs as digits and as eight octets of half-octets, filled with 15.
enum SubscriberDigits {
    static func isIMSI(_ text: some Collection<UInt8>) -> Bool {
        (6...15).contains(text.count) && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    static func pack(_ imsi: String) -> [UInt8]? {
        guard isIMSI(imsi.utf8) else { return nil }
        var octets = [UInt8](repeating: 0xff, count: 8)
        for (index, digit) in imsi.utf8.enumerated() {
            let value = digit - UInt8(ascii: "0")
            octets[index / 2] = index.isMultiple(of: 2) ? value << 4 | 0x0f : octets[index / 2] & 0xf0 | value
        }
        return octets
    }

    static func unpack(_ octets: [UInt8]) -> String? {
        guard octets.count == 8 else { return nil }
        let digits = octets.flatMap { [$0 >> 4, $0 & 0x0f] }.prefix { $0 < 10 }.map { $0 + UInt8(ascii: "0") }
        return isIMSI(digits) ? String(decoding: digits, as: UTF8.self) : nil
    }
}
