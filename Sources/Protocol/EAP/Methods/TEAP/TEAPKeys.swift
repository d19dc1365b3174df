internal import TLSEngine

/// TEAP's compound keys (RFC 9930 §5): each inner method is mixed into two chains, one of MSKs and one of EMSKs.
struct TEAPKeys {
    private let hash: TLSHash
    private let seed: [UInt8]
    private var mskChain: [UInt8]
    private var emskChain: [UInt8]
    /// Whether any inner method had keys: if none, keys come from the tunnel alone.
    private var hasInnerKeys = false

    /// Keys of Compound MACs after the last method, 20 octets each.
    private(set) var mskCMK: [UInt8] = []
    /// Nil when the last method has no EMSK.
    private(set) var emskCMK: [UInt8]?

    /// - Parameter seed: session_key_seed, 40 octets.
    init(hash: TLSHash, seed: [UInt8]) {
        self.hash = hash
        self.seed = seed
        mskChain = seed
        emskChain = seed
    }

    /// Mixes in an inner method that has succeeded.
    /// - Parameters:
    ///   - msk: any length; empty: it has none.
    ///   - emsk: 64 octets; empty: it has none.
    /// - Returns: false when OpenSSL fails.
    mutating func mix(msk: [UInt8], emsk: [UInt8]) -> Bool {
        let innerKey = msk.prefix(32) + [UInt8](repeating: 0, count: max(0, 32 - msk.count))
        guard let compound = compound(mskChain, Array(innerKey)) else { return false }
        mskChain = compound.chain
        mskCMK = compound.cmk
        emskCMK = nil
        hasInnerKeys = hasInnerKeys || !msk.isEmpty || !emsk.isEmpty
        guard !emsk.isEmpty else { return true }
        guard let material = hash.prf(secret: emsk, label: "TEAPbindkey@ietf.org", seed: [0, 0, 64], length: 64),
            let compound = self.compound(emskChain, Array(material.prefix(32)))
        else { return false }
        emskChain = compound.chain
        emskCMK = compound.cmk
        return true
    }

    /// MSK and EMSK, 64 octets each.
    /// - Parameter fromEMSK: from the chain of EMSKs, when the last binding was made with it.
    func exported(fromEMSK: Bool) -> (msk: [UInt8], emsk: [UInt8])? {
        let secret = hasInnerKeys ? (fromEMSK ? emskChain : mskChain) : seed
        guard let msk = hash.prf(secret: secret, label: "Session Key Generating Function", seed: [], length: 64),
            let emsk = hash.prf(secret: secret, label: "Extended Session Key Generating Function", seed: [], length: 64)
        else { return nil }
        return (msk, emsk)
    }

    /// The first 20 octets of a MAC over `message` with one of the keys above; nil when OpenSSL fails.
    func mac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8]? {
        hash.hmac(key: key, message).map { Array($0.prefix(20)) }
    }

    private func compound(_ chain: [UInt8], _ innerKey: [UInt8]) -> (chain: [UInt8], cmk: [UInt8])? {
        guard let material = hash.prf(secret: chain, label: "Inner Methods Compound Keys", seed: innerKey, length: 60) else { return nil }
        return (Array(material.prefix(40)), Array(material.suffix(20)))
    }
}
