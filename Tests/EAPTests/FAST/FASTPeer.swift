import TLSEngine

@testable import EAP

/// An EAP-FAST peer written after RFC 4851 and 5422, with its own key derivation and faults on demand.
final class FASTPeer {
    struct Credential {
        var key: [UInt8]
        var opaque: [UInt8]
        var information: [UInt8]
    }

    var password = "hello"
    var asksForCredential = false
    var breaksMAC = false
    /// Octets sent instead of the answer to this message of phase 2, counted from 0.
    var garbage: (message: Int, octets: [UInt8])?
    private(set) var credential: Credential?
    private(set) var msk: [UInt8] = []
    private(set) var emsk: [UInt8] = []
    private(set) var results: [Bool] = []
    private(set) var authority: [UInt8] = []

    let session: TLSSession
    private var incoming: [UInt8] = []
    private var inner = InnerMSCHAPv2Peer(name: "bob", password: "")
    private var innerKey: [UInt8] = []
    private var messages = 0

    init(_ context: TLSContext, _ credential: Credential? = nil) throws {
        session = try TLSSession(context, scope: "FAST")
        guard let credential else { return }
        session.presentSessionTicket([0, 2, 0, UInt8(credential.opaque.count)] + credential.opaque) { _, client, server in
            Self.prf(credential.key, "PAC to master secret label hash", server + client, 48)
        }
    }

    func answer(_ request: EAPPacket) throws -> [UInt8] {
        EAPPacket(.response, identifier: request.identifier, type: .fast, data: try respond(request.data)).bytes
    }

    private func respond(_ data: [UInt8]) throws -> [UInt8] {
        let flags = data[0]
        if flags & 0x20 != 0 {
            authority = Array(data.dropFirst())
            _ = session.receive([])
            return [1] + session.takeOutput()
        }
        incoming += data.dropFirst(flags & 0x80 != 0 ? 5 : 1)
        if flags & 0x40 != 0 { return [1] }
        let message = incoming
        incoming = []
        if case .failed(let failure) = session.receive(message) { throw failure }
        let plaintext = session.takePlaintext()
        if !plaintext.isEmpty { try session.send(reply(plaintext)) }
        return [1] + session.takeOutput()
    }

    private func reply(_ plaintext: [UInt8]) throws -> [UInt8] {
        defer { messages += 1 }
        if let garbage, garbage.message == messages { return garbage.octets }
        let tlvs = try TunnelTLV.parse(plaintext)
        func value(_ type: UInt16) -> [UInt8]? { tlvs.first { $0.type == type }?.value }
        var output: [UInt8] = []
        if let request = value(12) { output += bind(request) }
        if let status = value(10) { output += tlv(10, status) }
        if let status = value(3) {
            results.append(status == [0, 1])
            output += tlv(3, status)
        }
        if let given = value(11) {
            take(given)
            output += tlv(11, [0, 8, 0, 2, 0, 1])
        } else if asksForCredential, value(12) != nil {
            output += tlv(19, [0, 1]) + tlv(11, [0, 10, 0, 2, 0, 1])
        }
        if let payload = value(9) { output += tlv(9, try innerEAP(payload)) }
        return output
    }

    private func innerEAP(_ bytes: [UInt8]) throws -> [UInt8] {
        let request = try EAPPacket(bytes)
        guard request.type == .mschapv2 else {
            inner = InnerMSCHAPv2Peer(name: "bob", password: password)
            return EAPPacket(.response, identifier: request.identifier, type: .identity, data: Array("bob".utf8)).bytes
        }
        let data = inner.answer(request.data)
        if let keys = inner.keys { innerKey = keys.serverSend + keys.serverReceive }
        return EAPPacket(.response, identifier: request.identifier, type: .mschapv2, data: data).bytes
    }

    private func bind(_ request: [UInt8]) -> [UInt8] {
        let material = p_hash(session.masterSecret, "key expansion", session.serverRandom + session.clientRandom, 200)
        let seed = Array(material[(session.keyBlockLength ?? 0)...].prefix(40))
        let compound = Self.prf(seed, "Inner Methods Compound Keys", innerKey, 60)
        msk = Self.prf(Array(compound.prefix(40)), "Session Key Generating Function", [], 64)
        emsk = Self.prf(Array(compound.prefix(40)), "Extended Session Key Generating Function", [], 64)
        let head = [0, 1, 1, 1] + request[4..<35] + [request[35] | 1]
        let zeros = [UInt8](repeating: 0, count: 20)
        var mac = KeyedHash.sha1.authenticate([0x80, 12, 0, 56] + head + zeros, key: Array(compound.suffix(20)))
        if breaksMAC { mac[7] ^= 1 }
        return tlv(12, head + mac)
    }

    private func take(_ value: [UInt8]) {
        var rest = value[...]
        var attributes: [UInt8: [UInt8]] = [:]
        while rest.count >= 4 {
            let head = Array(rest.prefix(4))
            let length = Int(head[2]) << 8 | Int(head[3])
            attributes[head[1]] = Array(rest.dropFirst(4).prefix(length))
            rest = rest.dropFirst(4 + length)
        }
        credential = Credential(key: attributes[1] ?? [], opaque: attributes[2] ?? [], information: attributes[9] ?? [])
    }

    private func p_hash(_ secret: [UInt8], _ label: String, _ seed: [UInt8], _ length: Int) -> [UInt8] {
        let seed = Array(label.utf8) + seed
        var a = seed
        var output: [UInt8] = []
        while output.count < length {
            a = KeyedHash.sha256.authenticate(a, key: secret)
            output += KeyedHash.sha256.authenticate(a + seed, key: secret)
        }
        return Array(output.prefix(length))
    }

    private static func prf(_ key: [UInt8], _ label: String, _ seed: [UInt8], _ length: Int) -> [UInt8] {
        var output: [UInt8] = []
        var last: [UInt8] = []
        for index in 1...9 as ClosedRange<UInt8> {
            last = KeyedHash.sha1.authenticate(last + Array(label.utf8) + [0] + seed + [0, UInt8(length), index], key: key)
            output += last
        }
        return Array(output.prefix(length))
    }

    private func tlv(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        [0x80, type, UInt8(value.count >> 8), UInt8(value.count & 0xff)] + value
    }
}
