/// Challenges that both sides of a tunnel derive from it, which EAP-FAST's MSCHAPv2 uses instead of its own (RFC 5422 §3.2.3).
struct EAPTunnelChallenges {
    /// 16 octets each.
    var server: [UInt8]
    var peer: [UInt8]
}

extension EAPConversation {
    /// What TEAP and EAP-FAST mix into their keys of this inner conversation's.
    ///
    /// Their MSCHAPv2 is EAP-FAST's, whose halves stand the other way round (RFC 5422 §3.2.3, RFC 9930 §3.6.3).
    func tunnelKey(_ keys: EAPKeys?) -> [UInt8] {
        guard let msk = keys?.msk, methodName == EAPType.mschapv2.name, msk.count >= 32 else { return keys?.msk ?? [] }
        return Array(msk[16..<32] + msk[..<16])
    }
}
