import Digests

@testable import EAP

/// The peer of EAP-PSK (RFC 4764).
final class PSKPeer {
    let identity: String
    let key: [UInt8]
    /// What it says in its last message.
    var result = PSKSession.Result.success
    private(set) var keys: PSKSession?
    /// What the server said in its third message; nil before, and when that was not authentic.
    private(set) var heard: PSKSession.Result?
    private(set) var isServerProved = false
    private let random: [UInt8]
    private var serverIdentity: [UInt8] = []

    init(_ identity: String = "bob", key: [UInt8], random: [UInt8] = Array(100..<116)) {
        self.identity = identity
        self.key = key
        self.random = random
    }

    /// Type-data of the answer to a request; nil for what is no message of EAP-PSK's.
    func answer(_ request: EAPPacket) -> [UInt8]? {
        let data = request.data
        guard data.count > 17, let prepared = PSKKeys(key) else { return nil }
        let serverRandom = Array(data[1..<17])
        if data[0] == 0 {
            serverIdentity = Array(data[17...])
            let name = Array(identity.utf8)
            keys = prepared.session(peerRandom: random)
            guard
                let mac = prepared.peerMAC(
                    identity: name, serverIdentity: serverIdentity, serverRandom: serverRandom, peerRandom: random)
            else { return nil }
            return [0x40] + serverRandom + random + mac + name
        }
        guard data[0] == 0x80, data.count == 54, let keys else { return nil }
        isServerProved = prepared.serverMAC(identity: serverIdentity, peerRandom: random) == Array(data[17..<33])
        heard = keys.open(Array(data[33...]), nonce: 0, header: Array(request.bytes.prefix(22)))
        let header: [UInt8] = [2, request.identifier, 0, 43, 47, 0xc0] + serverRandom
        return keys.seal(result, nonce: 1, header: header).map { [0xc0] + serverRandom + $0 }
    }
}
