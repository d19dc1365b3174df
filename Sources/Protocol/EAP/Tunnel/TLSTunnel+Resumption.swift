internal import TLSEngine

extension TLSTunnel {
    /// Lets the peer resume this session as this identity. Only for a peer that policy has accepted.
    func remember(_ identity: [UInt8]) {
        session.remember(identity)
    }

    /// Whom the resumed session was remembered as.
    var rememberedIdentity: [UInt8]? { session.isResumed ? session.rememberedData : nil }
}
