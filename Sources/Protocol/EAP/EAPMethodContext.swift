internal import TLSEngine

/// What a method of a conversation is made from.
struct EAPMethodContext {
    var settings: EAPSettings
    /// The identity that the peer has given in this conversation: the inner one inside a tunnel.
    var identity: [UInt8]
    /// The most octets of one EAP packet.
    var packetLimit: Int
    /// The method whose tunnel this one runs in; nil outside any.
    var tunnel: EAPType?
    /// Challenges that the tunnel prescribes to MSCHAPv2.
    var tunnelChallenges: EAPTunnelChallenges?

    /// Makes the method.
    /// - Returns: nil when this build or these settings cannot run it here.
    func method(_ type: EAPType) -> (any EAPMethod)? {
        switch type {
        case .md5: MD5Method(self)
        case .otp: GTCMethod(self, .otp)
        case .gtc: GTCMethod(self, .gtc)
        case .mschapv2: MSCHAPv2Method(self)
        case .tls: TLSMethod(self)
        case .ttls: TTLSMethod(self)
        case .peap: PEAPMethod(self)
        case .teap: TEAPMethod(self)
        case .fast: settings.fast.flatMap { FASTMethod($0, self) }
        case .pwd: PwdMethod(self)
        case .psk: PSKMethod(self)
        case .sim: settings.sim.map { SIMMethod(.sim, $0, self) }
        case .aka: settings.sim.map { SIMMethod(.aka, $0, self) }
        case .akaPrime: settings.sim.map { SIMMethod(.akaPrime, $0, self) }
        default: nil
        }
    }

    /// The conversation that runs inside this one's tunnel.
    func inner(of type: EAPType) -> EAPConversation {
        // The tunnel's own headers take room too; without it each inner packet would need two outer ones.
        EAPConversation(settings, methods: settings.innerMethods[type] ?? [], packetLimit: packetLimit - 63, tunnel: type)
    }

    /// Whether a tunnel asks its peer for a certificate.
    func verification(of type: EAPType) -> TLSConfiguration.Verification {
        settings.requiresCertificate.contains(type) ? .required : .none
    }
}
