public import EAP

/// What the peer offers as proof.
public enum Credential: Sendable, Equatable {
    case none
    /// The decrypted User-Password.
    case pap(password: [UInt8])
    /// CHAP-Password and its challenge (RFC 2865 §5.3).
    case chap(identifier: UInt8, response: [UInt8], challenge: [UInt8])
    case mschapv1(MSCHAPv1Response)
    case mschapv2(MSCHAPv2Response)
    /// A new password encrypted with the old one (RFC 2548 §2.3.3, RFC 2759 §7).
    case mschapv2Change(MSCHAPv2Change)

    /// An EAP method needs the stored passwords before it can prove anything.
    case lookup
    /// An EAP method has proved the identity by itself.
    case proven(EAPProvenBy)
    /// A session that runs already, of which this server asked its NAS to have the authorization renewed.
    case established(EstablishedSession)

    /// The method's name for logs; nil without a credential.
    public var method: AuthenticationMethod? {
        switch self {
        case .none, .established: nil
        case .pap: .pap
        case .chap: .chap
        case .mschapv1: .mschapv1
        case .mschapv2, .mschapv2Change: .mschapv2
        case .lookup, .proven: .eap
        }
    }
}

/// MS-CHAP-Response `[26.311.1]` with its 8 octet challenge (RFC 2548 §2.1.3).
public struct MSCHAPv1Response: Sendable, Equatable {
    public var identifier: UInt8
    public var challenge: [UInt8]
    /// True when the NT response counts.
    public var usesNTResponse: Bool
    public var lmResponse: [UInt8]
    public var ntResponse: [UInt8]
}

/// MS-CHAP2-Response `[26.311.25]` with its 16 octet challenge (RFC 2548 §2.3.2).
///
/// Handed from hand to hand as one reference.
public final class MSCHAPv2Response: Sendable, Equatable {
    public let identifier: UInt8
    public let challenge: [UInt8]
    public let peerChallenge: [UInt8]
    public let ntResponse: [UInt8]
    /// The name that the response was computed with, where the method carries it; nil: User-Name.
    public let userName: [UInt8]?

    init(identifier: UInt8, challenge: [UInt8], peerChallenge: [UInt8], ntResponse: [UInt8], userName: [UInt8]? = nil) {
        self.identifier = identifier
        self.challenge = challenge
        self.peerChallenge = peerChallenge
        self.ntResponse = ntResponse
        self.userName = userName
    }

    public static func == (a: MSCHAPv2Response, b: MSCHAPv2Response) -> Bool {
        a.identifier == b.identifier && a.challenge == b.challenge && a.peerChallenge == b.peerChallenge
            && a.ntResponse == b.ntResponse && a.userName == b.userName
    }
}

/// MS-CHAP2-CPW `[26.311.27]` with the joined MS-CHAP-NT-Enc-PW `[26.311.6]` (RFC 2548 §2.3.3, §2.2.4).
public struct MSCHAPv2Change: Sendable, Equatable {
    /// Made with the new password.
    public var response: MSCHAPv2Response
    /// Old NT hash encrypted with the new one, 16 octets.
    public var encryptedHash: [UInt8]
    /// New password encrypted with the old NT hash, 516 octets.
    public var encryptedPassword: [UInt8]
}
