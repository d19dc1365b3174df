internal import Digests

/// When PEAP binds its tunnel to what ran inside, so that nobody in between can relay the inner method.
public enum EAPCryptoBinding: String, Sendable, CaseIterable {
    /// Not offered: keys are the tunnel's alone.
    case no
    /// Offered; a peer that does not know it gets in without.
    case optional
    /// A peer without it is refused.
    case required
}

/// The Cryptobinding TLV and its keys ([MS-PEAP] §2.2.8.1.1 and §3.1.5.5).
struct PEAPCryptoBinding {
    static let type: UInt16 = 12
    /// Octets of the TLV's value.
    static let length = 56

    enum SubType: UInt8 {
        case request = 0
        case response = 1
    }

    /// Intermediate PEAP MAC key; 40 octets.
    let ipmk: [UInt8]
    /// Compound MAC key; 20 octets.
    let cmk: [UInt8]

    /// - Parameters:
    ///   - tunnelKey: the tunnel's key material, 60 octets or more.
    ///   - innerKey: MSK of the inner method; empty when it has none.
    init(tunnelKey: [UInt8], innerKey: [UInt8]) {
        let sessionKey = innerKey.prefix(32) + [UInt8](repeating: 0, count: max(0, 32 - innerKey.count))
        let seed = Array("Inner Methods Compound Keys".utf8) + sessionKey
        let keys = Self.expand(Array(tunnelKey.prefix(40)), seed, 60)
        ipmk = Array(keys[..<40])
        cmk = Array(keys[40...])
    }

    /// The keys of a resumed session, which has no inner method: the tunnel's key material as it is.
    init(resumed tunnelKey: [UInt8]) {
        let keys = tunnelKey.prefix(60) + [UInt8](repeating: 0, count: max(0, 60 - tunnelKey.count))
        ipmk = Array(keys[..<40])
        cmk = Array(keys[40...])
    }

    /// MSK and EMSK after both sides have shown that they know the keys.
    var keys: (msk: [UInt8], emsk: [UInt8]) {
        let material = Self.expand(ipmk, Array("Session Key Generating Function".utf8) + [0], 128)
        return (Array(material[..<64]), Array(material[64...]))
    }

    /// The whole TLV.
    /// - Parameter nonce: 32 octets.
    func tlv(_ subType: SubType, nonce: [UInt8]) -> [UInt8] {
        let head: [UInt8] = [0, UInt8(Self.type), 0, UInt8(Self.length), 0, 0, 0, subType.rawValue]
        return head + nonce + compoundMAC(head + nonce)
    }

    /// Whether a TLV's value is the peer's answer under these keys.
    func verifies(_ value: [UInt8]) -> Bool {
        guard value.count == Self.length, value[3] == SubType.response.rawValue else { return false }
        let head = [0, UInt8(Self.type), 0, UInt8(Self.length)] + value[..<36]
        return constantTimeEqual(compoundMAC(head), Array(value[36...]))
    }

    private func compoundMAC(_ head: [UInt8]) -> [UInt8] {
        KeyedHash.sha1.authenticate(head + [UInt8](repeating: 0, count: 20) + [EAPType.peap.rawValue], key: cmk)
    }

    /// PRF+ of [MS-PEAP] §3.1.5.5.2.2: HMAC-SHA-1 chained over seed, counter and two zeros.
    static func expand(_ key: [UInt8], _ seed: [UInt8], _ length: Int) -> [UInt8] {
        var output: [UInt8] = []
        var block: [UInt8] = []
        var counter: UInt8 = 0
        while output.count < length {
            counter &+= 1
            block = KeyedHash.sha1.authenticate(block + seed + [counter, 0, 0], key: key)
            output += block
        }
        return Array(output.prefix(length))
    }
}
