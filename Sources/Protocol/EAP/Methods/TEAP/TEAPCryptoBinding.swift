internal import Digests

/// The Crypto-Binding TLV of TEAP (RFC 9930 §4.2.13): reserved, version, received version, flags and sub-type, nonce (32), two MACs (20 each).
struct TEAPCryptoBinding {
    private static let length = 76
    private static let version: UInt8 = 1
    private static let hasEMSK: UInt8 = 0x10
    private static let hasMSK: UInt8 = 0x20
    private static let response: UInt8 = 1

    let keys: TEAPKeys
    /// Outer TLVs of the server's first message, then of the peer's.
    let outerTLVs: [UInt8]
    private let nonce: [UInt8]

    /// - Parameter nonce: 32 octets; the last bit does not count.
    init(_ keys: TEAPKeys, outerTLVs: [UInt8], nonce: [UInt8]) {
        self.keys = keys
        self.outerTLVs = outerTLVs
        self.nonce = nonce.dropLast() + nonce.suffix(1).map { $0 & 0xfe }
    }

    /// What we ask the peer to answer; with both MACs where the inner method has both keys. Nil when OpenSSL fails.
    func request() -> TunnelTLV? {
        let flags = Self.hasMSK | (keys.emskCMK == nil ? 0 : Self.hasEMSK)
        let head = [0, Self.version, Self.version, flags] + nonce
        guard let macs = macs(head) else { return nil }
        return TunnelTLV(.cryptoBinding, head + macs.emsk + macs.msk)
    }

    /// Checks the peer's answer.
    /// - Returns: whether it is bound with the EMSK; nil: it is not the answer of this peer to this request.
    func verify(_ answer: TunnelTLV) -> Bool? {
        let value = answer.value
        let flags = value.count == Self.length ? value[3] & 0xf0 : 0
        guard flags & (Self.hasMSK | Self.hasEMSK) != 0, value[1] == Self.version, value[2] == Self.version,
            value[3] & 0x0f == Self.response, constantTimeEqual(Array(value[4..<36]), nonce.dropLast() + nonce.suffix(1).map { $0 | 1 }),
            let expected = macs(Array(value[..<36]), isMandatory: answer.isMandatory)
        else { return nil }
        let isBoundByEMSK = flags & Self.hasEMSK != 0
        if isBoundByEMSK, keys.emskCMK == nil || !constantTimeEqual(expected.emsk, Array(value[36..<56])) { return nil }
        if flags & Self.hasMSK != 0, !constantTimeEqual(expected.msk, Array(value[56...])) { return nil }
        return isBoundByEMSK
    }

    /// Both MACs over a TLV that begins with `head`; zeros for the one without a key.
    private func macs(_ head: [UInt8], isMandatory: Bool = true) -> (emsk: [UInt8], msk: [UInt8])? {
        let zeros = [UInt8](repeating: 0, count: 20)
        let tlv = TunnelTLV(.cryptoBinding, head + zeros + zeros, isMandatory: isMandatory)
        let message = tlv.bytes + [EAPType.teap.rawValue] + outerTLVs
        guard let msk = keys.mac(keys.mskCMK, message) else { return nil }
        guard let key = keys.emskCMK else { return (zeros, msk) }
        return keys.mac(key, message).map { ($0, msk) }
    }
}
