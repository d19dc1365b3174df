internal import Digests

/// EAP-FAST's compound keys and the Crypto-Binding made with them (RFC 4851 §5).
struct FASTKeys {
    private var chain: [UInt8]
    private var cmk: [UInt8] = []

    /// - Parameter seed: session_key_seed, 40 octets.
    init(seed: [UInt8]) {
        chain = seed
    }

    /// Mixes in an inner method that has succeeded.
    /// - Parameter msk: any length; the first 32 octets count, zeros fill it up.
    mutating func mix(msk: [UInt8]) {
        let innerKey = msk.prefix(32) + [UInt8](repeating: 0, count: max(0, 32 - msk.count))
        let compound = Self.prf(chain, "Inner Methods Compound Keys", Array(innerKey), 60)
        chain = Array(compound.prefix(40))
        cmk = Array(compound.suffix(20))
    }

    /// MSK and EMSK, 64 octets each.
    var exported: (msk: [UInt8], emsk: [UInt8]) {
        (
            Self.prf(chain, "Session Key Generating Function", [], 64),
            Self.prf(chain, "Extended Session Key Generating Function", [], 64)
        )
    }

    /// The Crypto-Binding TLV that the peer must answer.
    /// - Parameter nonce: 32 octets; the last bit does not count.
    func binding(nonce: [UInt8]) -> TunnelTLV {
        let head = Self.head(0, nonce.dropLast() + nonce.suffix(1).map { $0 & 0xfe })
        return TunnelTLV(.cryptoBinding, head + mac(head, isMandatory: true))
    }

    /// Whether `answer` is the peer's to `request` under these keys.
    func verifies(_ answer: TunnelTLV, to request: TunnelTLV) -> Bool {
        let nonce = Array(request.value[4..<36])
        let head = Self.head(1, nonce.dropLast() + nonce.suffix(1).map { $0 | 1 })
        return constantTimeEqual(answer.value, head + mac(head, isMandatory: answer.isMandatory))
    }

    /// Reserved, version, received version, sub-type, nonce.
    private static func head(_ subType: UInt8, _ nonce: [UInt8]) -> [UInt8] { [0, 1, 1, subType] + nonce }

    private func mac(_ head: [UInt8], isMandatory: Bool) -> [UInt8] {
        let tlv = TunnelTLV(.cryptoBinding, head + [UInt8](repeating: 0, count: 20), isMandatory: isMandatory)
        return KeyedHash.sha1.authenticate(tlv.bytes, key: cmk)
    }

    /// The TLS master secret of a tunnel made with a PAC.
    static func masterSecret(pacKey: [UInt8], serverRandom: [UInt8], clientRandom: [UInt8]) -> [UInt8] {
        prf(pacKey, "PAC to master secret label hash", serverRandom + clientRandom, 48)
    }

    /// T-PRF (RFC 4851 §5.5).
    static func prf(_ key: [UInt8], _ label: String, _ seed: [UInt8], _ length: Int) -> [UInt8] {
        let input =
            Array(label.utf8) + [0] + seed + [UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
        var result: [UInt8] = []
        var block: [UInt8] = []
        var index: UInt8 = 1
        while result.count < length {
            block = KeyedHash.sha1.authenticate(block + input + [index], key: key)
            result += block
            index &+= 1
        }
        return Array(result.prefix(length))
    }
}
