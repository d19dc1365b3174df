/// The three methods that authenticate a SIM card, which share packets, identities and fast re-authentication.
enum SIMVariant: Sendable {
    /// RFC 4186.
    case sim
    /// RFC 4187.
    case aka
    /// RFC 9048.
    case akaPrime

    var type: EAPType {
        switch self {
        case .sim: .sim
        case .aka: .aka
        case .akaPrime: .akaPrime
        }
    }

    /// The first characters of permanent identities, pseudonyms and fast re-authentication identities (TS 23.003 §19.3).
    var prefixes: (permanent: UInt8, pseudonym: UInt8, reauthentication: UInt8) {
        switch self {
        case .sim: (UInt8(ascii: "1"), UInt8(ascii: "3"), UInt8(ascii: "5"))
        case .aka: (UInt8(ascii: "0"), UInt8(ascii: "2"), UInt8(ascii: "4"))
        case .akaPrime: (UInt8(ascii: "6"), UInt8(ascii: "7"), UInt8(ascii: "8"))
        }
    }

    /// The function behind AT_MAC; its result is cut to 16 octets.
    var mac: KeyedHash {
        switch self {
        case .sim, .aka: .sha1
        case .akaPrime: .sha256
        }
    }

    /// The subtype that asks for an identity: Start or AKA-Identity.
    var identitySubtype: SIMSubtype { self == .sim ? .start : .identity }

    /// The subtype of full authentication.
    var challengeSubtype: SIMSubtype { self == .sim ? .simChallenge : .akaChallenge }
}

/// The octet after the type (RFC 4186 §8.1, RFC 4187 §8.1).
enum SIMSubtype: UInt8, Sendable {
    case akaChallenge = 1
    case authenticationReject = 2
    case synchronizationFailure = 4
    case identity = 5
    case start = 10
    case simChallenge = 11
    case notification = 12
    case reauthentication = 13
    case clientError = 14
}

/// Attributes of the three methods (RFC 4186 §10, RFC 4187 §10, RFC 9048 §3). Those below 128 must be understood.
enum SIMAttribute: UInt8, Sendable {
    case rand = 1
    case autn = 2
    case res = 3
    case auts = 4
    case padding = 6
    case nonceMT = 7
    case permanentIDRequest = 10
    case mac = 11
    case notification = 12
    case anyIDRequest = 13
    case identity = 14
    case versionList = 15
    case selectedVersion = 16
    case fullAuthenticationIDRequest = 17
    case counter = 19
    case counterTooSmall = 20
    case nonceS = 21
    case clientErrorCode = 22
    case kdfInput = 23
    case kdf = 24
    case iv = 129
    case encryptedData = 130
    case nextPseudonym = 132
    case nextReauthenticationID = 133
    case checkcode = 134
    case resultIndication = 135
    case bidding = 136
}
