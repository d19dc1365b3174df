public import TLSEngine

/// One method of one conversation, server side: a step machine without I/O, used by one thread at a time.
///
/// Type-data is what follows the Type octet of a packet (RFC 3748 §4.1); header and identifier are ``EAPConversation``'s work.
public protocol EAPMethod: AnyObject {
    var type: EAPType { get }

    /// True while a step may do public-key work, which no packet thread should wait for.
    var needsWorker: Bool { get }

    /// Makes the first request.
    /// - Parameter identifier: the Identifier this request will carry; MD5 and CHAP-like methods hash it.
    func start(identifier: UInt8) -> EAPMethodStep

    /// Takes the peer's response of this type.
    /// - Parameters:
    ///   - data: type-data of the response.
    ///   - identifier: the Identifier of the next request.
    func handle(_ data: [UInt8], identifier: UInt8) -> EAPMethodStep

    /// Takes the answer to ``EAPMethodStep/authenticate(_:)``.
    func resume(_ verdict: EAPVerdict, identifier: UInt8) -> EAPMethodStep

    /// The method and what runs inside it: `PEAP/MSCHAPv2`.
    var name: String { get }

    /// The identity that the peer gave inside the tunnel, as soon as it is known.
    var innerIdentity: [UInt8]? { get }

    /// Facts for logs, policy and the trace by attribute name, as far as known.
    var facts: [(name: String, value: String)] { get }

    /// Why it fails once the peer has answered; nil while it may still succeed. Peers that know already often answer no more.
    var pendingFailure: EAPFailure? { get }
}

extension EAPMethod {
    public var name: String { type.name }
    public var innerIdentity: [UInt8]? { nil }
    public var facts: [(name: String, value: String)] { [] }
    public var pendingFailure: EAPFailure? { nil }
}

/// What a method wants next.
public enum EAPMethodStep: Sendable {
    /// Send a request with this type-data.
    case request([UInt8])
    /// Ask policy, then call ``EAPMethod/resume(_:identifier:)``.
    case authenticate(EAPAuthentication)
    /// The peer is who it claims to be, and policy has agreed to the last ``authenticate(_:)``.
    case success(EAPKeys?)
    case failure(EAPFailure)
}

/// A question to policy: may this identity log in with this proof?
public struct EAPAuthentication: Sendable {
    /// The name to authorise, as the peer sent it: the inner identity of a tunnel, a certificate's name.
    public var identity: [UInt8]
    public var proof: EAPProof
    /// Facts for policy and the trace by attribute name, such as `TLS-Client-Cert-Common-Name` or `EAP-Type`.
    public var facts: [(name: String, value: String)]
    /// Clear attributes that came through the tunnel (TTLS AVPs) and that are not credentials: type number and value.
    public var attributes: [(type: UInt8, value: [UInt8])]
    /// The certificate that proves the identity, leaf first; empty where there is none, or a resumed session relies on an earlier one.
    public var certificateChain: [Certificate] = []
    /// For a resumed session: ``EAPVerdict/resumptionTag`` of the verdict that it relies on.
    public var resumptionTag: [UInt8] = []

    public init(
        identity: [UInt8], proof: EAPProof, facts: [(name: String, value: String)] = [], attributes: [(type: UInt8, value: [UInt8])] = []
    ) {
        self.identity = identity
        self.proof = proof
        self.facts = facts
        self.attributes = attributes
    }
}

/// How the identity is proved.
public enum EAPProof: Sendable {
    /// Not yet: the method needs the stored passwords first (EAP-pwd). The verdict carries them; nothing is authorised.
    case lookup
    /// The method proved it by itself: certificate, pwd, SIM or AKA, a resumed session. Policy only authorises.
    case proven(EAPProvenBy)
    case pap(password: [UInt8])
    /// CHAP and EAP-MD5 alike: MD5(identifier, password, challenge).
    case chap(identifier: UInt8, response: [UInt8], challenge: [UInt8])
    case mschapv1(identifier: UInt8, challenge: [UInt8], usesNTResponse: Bool, lmResponse: [UInt8], ntResponse: [UInt8])
    /// - userName: the name the peer computed its response with; empty: the identity.
    case mschapv2(identifier: UInt8, challenge: [UInt8], peerChallenge: [UInt8], ntResponse: [UInt8], userName: [UInt8])
    /// A new password in place of an expired one.
    case mschapv2Change(EAPPasswordChange)
}

/// A new password encrypted with the old one (RFC 2759 §7).
public struct EAPPasswordChange: Sendable, Equatable {
    public var identifier: UInt8
    /// 16 octets each; the first is that of the refusal.
    public var challenge: [UInt8]
    public var peerChallenge: [UInt8]
    /// Made with the new password; 24 octets.
    public var ntResponse: [UInt8]
    /// The old NT hash encrypted with the new one, 16 octets.
    public var encryptedHash: [UInt8]
    /// The new password encrypted with the old NT hash, 516 octets.
    public var encryptedPassword: [UInt8]
    /// The name the peer computed ``ntResponse`` with.
    public var userName: [UInt8]

    public init(
        identifier: UInt8, challenge: [UInt8], peerChallenge: [UInt8], ntResponse: [UInt8], encryptedHash: [UInt8],
        encryptedPassword: [UInt8], userName: [UInt8]
    ) {
        self.identifier = identifier
        self.challenge = challenge
        self.peerChallenge = peerChallenge
        self.ntResponse = ntResponse
        self.encryptedHash = encryptedHash
        self.encryptedPassword = encryptedPassword
        self.userName = userName
    }
}

/// What a method relied on for ``EAPProof/proven(_:)``.
public enum EAPProvenBy: String, Sendable {
    case certificate, password, sim, resumption
}

/// Policy's answer.
public struct EAPVerdict: Sendable {
    public var isAccepted: Bool
    /// Text for the peer when refused; never tells more than policy wants told.
    public var message: String
    /// For ``EAPProof/lookup``: known-good passwords that are clear text.
    public var clearPasswords: [[UInt8]] = []
    /// For ``EAPProof/lookup``: NT hashes, 16 octets each.
    public var ntHashes: [[UInt8]] = []
    /// For ``EAPProof/lookup``: salted hashes that EAP-pwd can use.
    public var saltedHashes: [SaltedPasswordHash] = []
    /// For ``EAPProof/lookup``: the key of EAP-PSK, 16 octets; nil without one.
    public var preSharedKey: [UInt8]?
    /// For MS-CHAPv2: `S=` and 40 hex digits (RFC 2759 §5).
    public var authenticatorResponse: String?
    /// For MS-CHAPv2: keys of RFC 3079 §3.3 as the server sends and receives with them, 16 octets each.
    public var mppeSendKey: [UInt8] = []
    public var mppeReceiveKey: [UInt8] = []
    /// For a refused MS-CHAP: the error number of RFC 2759 §6, such as 691 or 648.
    public var mschapError: Int = 691
    /// What policy wants to see again when the peer resumes the session, such as a fingerprint of the passwords of today; at most 255 octets.
    public var resumptionTag: [UInt8] = []
    /// Whether the peer may come back without a full login.
    public var allowsResumption = true

    public init(isAccepted: Bool, message: String = "") {
        self.isAccepted = isAccepted
        self.message = message
    }
}

/// Keys that a method exports (RFC 5247 §1.4).
public struct EAPKeys: Sendable, Equatable {
    /// 64 octets.
    public var msk: [UInt8]
    /// 64 octets; empty where the method defines none.
    public var emsk: [UInt8]
    /// Session-Id (RFC 5247 §1.4), for EAP-Key-Name; empty where undefined.
    public var sessionID: [UInt8]

    public init(msk: [UInt8], emsk: [UInt8] = [], sessionID: [UInt8] = []) {
        self.msk = msk
        self.emsk = emsk
        self.sessionID = sessionID
    }
}

/// Why a method failed, for logs and the trace; the peer learns only what its method says.
public enum EAPFailure: Error, Sendable, Equatable {
    /// The packet breaks the method's format; the text names the field.
    case malformed(String)
    /// A packet that does not belong to this state.
    case unexpected(String)
    /// Policy refused ``EAPAuthentication``; the reason is policy's.
    case refused
    /// The method's own proof failed: wrong password in pwd, wrong MAC, bad certificate, wrong crypto-binding.
    case proof(String)
    /// TLS ended with an alert or an error of this text.
    case tls(String)
    /// The peer wants none of the methods we offer.
    case noCommonMethod(wanted: [UInt8])
    /// More rounds or octets than a conversation may take.
    case limit(String)
}
