import Digests
public import TLSEngine

/// What an EAP server offers and how. Values only; a reload makes new settings, running conversations keep theirs.
public struct EAPSettings: Sendable {
    /// Methods in order of preference: the first is offered, the others when the peer asks for them with a Nak.
    public var methods: [EAPType]
    /// The same for what runs inside TTLS, PEAP, FAST and TEAP.
    public var innerMethods: [EAPType: [EAPType]] = [:]
    /// Certificate, trusted CAs, versions and resumption of all methods that run TLS; nil: none of them is offered.
    ///
    /// EAP-TLS always asks for the peer's certificate, the others as ``requiresCertificate`` says, whatever the context's own setting.
    public var tls: TLSContext?
    /// Tunnels (TTLS, PEAP, FAST, TEAP) whose peers need a certificate as well.
    public var requiresCertificate: Set<EAPType> = []
    /// Which name of the certificate EAP-TLS authorises.
    public var certificateIdentity = EAPCertificateIdentity.commonName
    /// Binds PEAP to its inner method.
    public var peapCryptoBinding = EAPCryptoBinding.optional
    /// The most octets of one EAP packet; a lower Framed-MTU lowers it for its conversation.
    public var fragmentSize = 1024
    /// Announces the whole length in every fragment of a TLS message instead of in its first only.
    public var includesLength = true
    /// The most requests of one conversation. Many a NAS gives up after 50 (RFC 9191 §1).
    public var maximumRounds = 100
    /// The most octets of one reassembled message of the peer.
    public var maximumMessageOctets = 65536
    /// Tells a refused peer why in a Notification before the Failure, where policy has a text for it (RFC 3748 §5.2).
    public var notifiesRefusal = false
    /// The server's name in the challenges of MSCHAPv2 and EAP-PSK.
    public var challengeName = "radian"
    /// Text that a peer of GTC or OTP shows to its user.
    public var gtcPrompt = "Password: "
    /// Sends a refused MSCHAPv2 peer an error number before the Failure: Windows asks for another password only then.
    public var sendsMSCHAPError = true
    public var pwd = PwdSettings()
    /// Nil: none of SIM, AKA and AKA' can be offered.
    public var sim: SIMSettings?
    public var teap = TEAPSettings()
    /// Nil: FAST cannot be offered.
    public var fast: FASTSettings?
    /// Makes challenges and nonces. Tests replace it.
    public var random: @Sendable (_ count: Int) -> [UInt8] = { randomOctets($0) }

    /// - Parameter methods: in order of preference.
    public init(methods: [EAPType]) {
        self.methods = methods
    }
}
