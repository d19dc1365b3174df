/// What one pre-shared key is turned into for good (RFC 4764 §3.1).
struct PSKKeys {
    /// AK, for the MACs.
    private let authentication: [UInt8]
    /// KDK, for the keys of sessions.
    private let derivation: [UInt8]

    /// - Parameter key: 16 octets.
    /// - Returns: nil when the key has another length.
    init?(_ key: [UInt8]) {
        guard let blocks = Self.expand(key, [UInt8](repeating: 0, count: 16), 1...2) else { return nil }
        authentication = Array(blocks[..<16])
        derivation = Array(blocks[16...])
    }

    /// MAC_P, by which the peer proves that it knows the key (RFC 4764 §5.2).
    func peerMAC(identity: [UInt8], serverIdentity: [UInt8], serverRandom: [UInt8], peerRandom: [UInt8]) -> [UInt8]? {
        BlockCipher.mac(identity + serverIdentity + serverRandom + peerRandom, key: authentication)
    }

    /// MAC_S, by which the server does (RFC 4764 §5.3).
    func serverMAC(identity: [UInt8], peerRandom: [UInt8]) -> [UInt8]? {
        BlockCipher.mac(identity + peerRandom, key: authentication)
    }

    /// The keys that the peer's random number makes (RFC 4764 §3.2).
    /// - Parameter peerRandom: RAND_P, 16 octets.
    func session(peerRandom: [UInt8]) -> PSKSession? {
        guard let blocks = Self.expand(derivation, peerRandom, 1...9) else { return nil }
        return PSKSession(
            peerRandom: peerRandom, transient: Array(blocks[..<16]), msk: Array(blocks[16..<80]), emsk: Array(blocks[80...]))
    }

    /// The modified counter mode: AES of the input's AES, XORed with a counter.
    private static func expand(_ key: [UInt8], _ input: [UInt8], _ counters: ClosedRange<UInt8>) -> [UInt8]? {
        guard var block = BlockCipher.encryptBlock(input, key: key), block.count == 16 else { return nil }
        var output: [UInt8] = []
        for counter in counters {
            block[15] ^= counter
            guard let encrypted = BlockCipher.encryptBlock(block, key: key) else { return nil }
            output += encrypted
            block[15] ^= counter
        }
        return output
    }
}

/// The keys of one EAP-PSK conversation and its protected channel (RFC 4764 §3.3).
struct PSKSession {
    /// What one side says of the conversation's end: the R flag.
    enum Result: UInt8 {
        case success = 0x80
        case failure = 0xc0
    }

    /// RAND_P.
    let peerRandom: [UInt8]
    /// TEK, 16 octets.
    let transient: [UInt8]
    /// 64 octets each.
    let msk: [UInt8]
    let emsk: [UInt8]

    /// - Parameters:
    ///   - nonce: 0 from the server, 1 from the peer.
    ///   - header: what is authenticated too: the packet's first 22 octets.
    /// - Returns: nonce (4), tag (16), encrypted result (1).
    func seal(_ result: Result, nonce: UInt8, header: [UInt8]) -> [UInt8]? {
        let counter: [UInt8] = [0, 0, 0, nonce]
        guard let sealed = BlockCipher.sealEAX([result.rawValue], key: transient, nonce: Self.block(counter), header: header) else {
            return nil
        }
        return counter + sealed.tag + sealed.ciphertext
    }

    /// Undoes ``seal(_:nonce:header:)``.
    /// - Parameter channel: 21 octets.
    /// - Returns: nil when it is not authentic, and for a result that is neither success nor failure.
    func open(_ channel: [UInt8], nonce: UInt8, header: [UInt8]) -> Result? {
        let counter: [UInt8] = [0, 0, 0, nonce]
        guard channel.count == 21, channel.starts(with: counter),
            let plaintext = BlockCipher.openEAX(
                Array(channel[20...]), tag: Array(channel[4..<20]), key: transient, nonce: Self.block(counter), header: header),
            let flags = plaintext.first
        else { return nil }
        // The other bits are reserved, or announce an extension that nobody asked for.
        return Result(rawValue: flags & 0xc0)
    }

    private static func block(_ counter: [UInt8]) -> [UInt8] { [UInt8](repeating: 0, count: 12) + counter }
}
