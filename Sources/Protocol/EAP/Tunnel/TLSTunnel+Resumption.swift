internal import TLSEngine

extension TLSTunnel {
    /// Keeps what the verdict says about coming back; where there are several, one that forbids it counts.
    func note(_ verdict: EAPVerdict) {
        resumptionTag = verdict.resumptionTag
        allowsResumption = allowsResumption && verdict.allowsResumption
    }

    /// Lets the peer resume this session as this identity, unless policy forbids. Only for a peer that policy has accepted.
    func remember(_ identity: [UInt8]) {
        guard allowsResumption else { return }
        session.remember([UInt8(min(255, resumptionTag.count))] + resumptionTag.prefix(255) + identity)
    }

    /// Whom the resumed session was remembered as; nil for a full handshake.
    var rememberedIdentity: [UInt8]? { remembered.map { Array($0.dropFirst(1 + Int($0[0]))) } }

    /// What came with the verdict that the resumed session relies on.
    var rememberedTag: [UInt8] { remembered.map { Array($0.dropFirst().prefix(Int($0[0]))) } ?? [] }

    /// Makes sure that nobody resumes this session.
    func forget() {
        begun?.forget()
    }

    /// A length octet, the tag, the identity.
    private var remembered: [UInt8]? {
        guard let begun, begun.isResumed, let data = begun.rememberedData, !data.isEmpty else { return nil }
        return data
    }
}
