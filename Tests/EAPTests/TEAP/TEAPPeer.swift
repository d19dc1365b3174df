import Digests
import TLSEngine

@testable import EAP

/// A TEAP peer written after RFC 9930 from the other side: its own framing, TLVs, key derivation and MACs, with faults on demand.
final class TEAPPeer {
    struct Inner {
        var msk: [UInt8] = []
        var emsk: [UInt8] = []
    }

    enum Fault {
        case macOfMSK, macOfEMSK, nonce, version, subType, requestReflected, noBinding
        case resultFailure, unknownMandatoryTLV, twoPayloads, fatalError, requestsAction(status: UInt8)
    }

    // What it has.
    var userName = "bob"
    var password = "hello"
    var hasUser = true
    var hasMachine = true
    /// EAP-TLS client of the machine, and its name.
    var machine: TLSContext?
    var machineName = "host/bob-pc.example.org"
    var offersEMSK = true
    var fault: Fault?
    var faultyBinding = 1
    var outerTLVs: [UInt8] = []
    var fragmentSize = 900
    /// The inner type it insists on.
    var wantedUserType = EAPType.mschapv2

    // What it learns.
    private(set) var isPhase1Done = false
    private(set) var msk: [UInt8] = []
    private(set) var emsk: [UInt8] = []
    private(set) var results: [Bool] = []
    private(set) var intermediateResults: [Bool] = []
    private(set) var bindings = 0
    private(set) var naks: [[UInt8]] = []
    private(set) var errors: [[UInt8]] = []
    private(set) var asked: [UInt16] = []
    private(set) var prompts: [String] = []
    private(set) var serverOuterTLVs: [UInt8] = []
    private(set) var bindingFlags: [UInt8] = []
    /// Kinds of TLVs in each message of phase 2.
    private(set) var messages: [[UInt16]] = []

    let session: TLSSession
    private var incoming: [UInt8] = []
    private var outgoing: ArraySlice<UInt8> = []
    private var mskChain: [UInt8] = []
    private var emskChain: [UInt8] = []
    private var seed: [UInt8] = []
    private var hasKeys = false
    private var inner = Inner()
    private var innerTLS: TLSSession?
    private var innerIncoming: [UInt8] = []
    private var innerOutgoing: ArraySlice<UInt8> = []
    private var current: UInt16 = 1
    private var mschap = InnerMSCHAPv2Peer(name: "", password: "")
    private var hasCompletedMethod = false

    init(_ context: TLSContext) throws {
        session = try TLSSession(context, scope: "TEAP")
    }

    func answer(_ request: EAPPacket) throws -> [UInt8] {
        EAPPacket(.response, identifier: request.identifier, type: .teap, data: try respond(request.data)).bytes
    }

    private func respond(_ data: [UInt8]) throws -> [UInt8] {
        guard let flags = data.first, flags & 7 == 1 else { throw EAPFailure.unexpected("version") }
        var body = data.dropFirst()
        if flags & 0x20 != 0 {
            if flags & 0x10 != 0 { serverOuterTLVs = Array(body.dropFirst(4)) }
            _ = session.receive([])
            let hello = session.takeOutput()
            guard !outerTLVs.isEmpty else { return fragment(hello) }
            let length = UInt8(outerTLVs.count)
            return [0x11, 0, 0, 0, length] + hello + outerTLVs
        }
        if !outgoing.isEmpty {
            guard body.isEmpty else { throw EAPFailure.unexpected("data amid fragments") }
            return fragment()
        }
        if flags & 0x80 != 0 { body = body.dropFirst(4) }
        incoming += body
        if flags & 0x40 != 0 { return [1] }
        let message = incoming
        incoming = []
        switch session.receive(message) {
        case .failed(let failure): throw failure
        case .handshaking, .closed, .established: break
        }
        let plaintext = session.takePlaintext()
        if session.isEstablished, !plaintext.isEmpty { try session.send(process(plaintext)) }
        return fragment(session.takeOutput())
    }

    private func fragment(_ message: [UInt8]) -> [UInt8] {
        guard message.count > fragmentSize else { return [1] + message }
        outgoing = message[...]
        let count = message.count
        return [0xc1, 0, 0, UInt8(count >> 8), UInt8(count & 0xff)] + outgoing.popFirst(fragmentSize)
    }

    private func fragment() -> [UInt8] {
        let part = outgoing.popFirst(fragmentSize)
        return [outgoing.isEmpty ? 1 : 0x41] + part
    }

    // MARK: Phase 2

    private func process(_ plaintext: [UInt8]) throws -> [UInt8] {
        var tlvs: [(type: UInt16, value: [UInt8])] = []
        var rest = plaintext[...]
        while rest.count >= 4 {
            let head = Array(rest.prefix(4))
            let length = Int(head[2]) << 8 | Int(head[3])
            tlvs.append((UInt16(head[0] & 0x3f) << 8 | UInt16(head[1]), Array(rest.dropFirst(4).prefix(length))))
            rest = rest.dropFirst(4 + length)
        }
        messages.append(tlvs.map(\.type))
        if !isPhase1Done { try beginPhase2() }
        if case .unknownMandatoryTLV = fault {
            fault = nil
            pending = tlvs
            return tlv(777, [1]) + tlv(7, [0, 0, 1, 55, 0x80, 1, 0, 0])
        }
        if tlvs.contains(where: { $0.type == 4 }) {
            naks += tlvs.filter { $0.type == 4 }.map(\.value)
            return try reply(pending)
        }
        return try reply(tlvs)
    }

    private var pending: [(type: UInt16, value: [UInt8])] = []

    private func beginPhase2() throws {
        isPhase1Done = true
        seed = session.export(label: "EXPORTER: teap session key seed", context: nil, length: 40) ?? []
        mskChain = seed
        emskChain = seed
    }

    private func reply(_ tlvs: [(type: UInt16, value: [UInt8])]) throws -> [UInt8] {
        func value(_ type: UInt16) -> [UInt8]? { tlvs.first { $0.type == type }?.value }
        var output: [UInt8] = []
        if let request = value(12) { output += try bind(request) }
        if let status = value(10) {
            intermediateResults.append(status == [0, 1])
            output += tlv(10, status)
        }
        if let error = value(5) { errors.append(error) }
        if let status = value(3) {
            results.append(status == [0, 1])
            switch fault {
            case .resultFailure: return output + tlv(3, [0, 2])
            case .requestsAction(let action): return output + tlv(8, [action, 2])
            case .fatalError: return tlv(5, [0, 0, 0x07, 0xd1]) + tlv(3, [0, 2])
            default: output += tlv(3, status)
            }
        }
        if let kind = value(2) {
            let number = UInt16(kind[0]) << 8 | UInt16(kind[1])
            asked.append(number)
            current = number == 1 ? (hasUser ? 1 : 2) : (hasMachine ? 2 : 1)
            output += tlv(2, [0, UInt8(current)])
            innerTLS = nil
            mschap = InnerMSCHAPv2Peer(name: userName, password: password)
        }
        if let prompt = value(13) {
            prompts.append(String(decoding: prompt, as: UTF8.self))
            inner = Inner()
            output += tlv(14, [UInt8(userName.utf8.count)] + userName.utf8 + [UInt8(password.utf8.count)] + password.utf8)
        }
        if let payload = value(9) {
            let response = tlv(9, try innerEAP(payload))
            if case .twoPayloads = fault { output += response }
            output += response
        }
        return output
    }

    private func innerEAP(_ bytes: [UInt8]) throws -> [UInt8] {
        let request = try EAPPacket(bytes)
        func response(_ type: EAPType, _ data: [UInt8]) -> [UInt8] {
            EAPPacket(.response, identifier: request.identifier, type: type, data: data).bytes
        }
        switch request.type {
        case .identity?:
            return response(.identity, Array((current == 1 ? userName : machineName).utf8))
        case .mschapv2? where wantedUserType == .mschapv2 || current == 2:
            let data = mschap.answer(request.data)
            // EAP-FAST-MSCHAPv2: what the server sends with comes first.
            if let keys = mschap.keys { inner = Inner(msk: keys.serverSend + keys.serverReceive) }
            return response(.mschapv2, data)
        case .tls? where machine != nil:
            return response(.tls, try innerTLS(request.data))
        default:
            return response(.nak, [(current == 1 ? wantedUserType : .tls).rawValue])
        }
    }

    private func innerTLS(_ data: [UInt8]) throws -> [UInt8] {
        guard let machine, let flags = data.first else { throw EAPFailure.unexpected("TLS") }
        if !innerOutgoing.isEmpty {
            let part = innerOutgoing.popFirst(400)
            return [innerOutgoing.isEmpty ? 0 : 0x40] + part
        }
        if flags & 0x20 != 0 {
            innerTLS = try TLSSession(machine, scope: "inner")
            _ = innerTLS?.receive([])
        } else {
            innerIncoming += data.dropFirst(flags & 0x80 != 0 ? 5 : 1)
            if flags & 0x40 != 0 { return [0] }
            if !innerIncoming.isEmpty, case .failed(let failure)? = innerTLS?.receive(innerIncoming) { throw failure }
            innerIncoming = []
        }
        guard let innerTLS else { throw EAPFailure.unexpected("TLS") }
        if innerTLS.isEstablished { noteInnerTLSKeys(innerTLS) }
        let output = innerTLS.takeOutput()
        guard output.count > 400 else { return [0] + output }
        innerOutgoing = output[...]
        return [0xc0, 0, 0, UInt8(output.count >> 8), UInt8(output.count & 0xff)] + innerOutgoing.popFirst(400)
    }

    private func noteInnerTLSKeys(_ innerTLS: TLSSession) {
        let is13 = innerTLS.version == .v1_3
        let label = is13 ? "EXPORTER_EAP_TLS_Key_Material" : "client EAP encryption"
        let material = innerTLS.export(label: label, context: is13 ? [13] : nil, length: 128) ?? []
        inner = Inner(msk: Array(material.prefix(64)), emsk: offersEMSK ? Array(material.suffix(64)) : [])
    }

    // MARK: Crypto-Binding

    private var hash: KeyedHash { session.cipherName?.contains("SHA384") == true ? .sha384 : .sha256 }

    /// P_hash of RFC 5246 §5.
    private func prf(_ secret: [UInt8], _ label: String, _ seed: [UInt8], _ length: Int) -> [UInt8] {
        let seed = Array(label.utf8) + seed
        var a = seed
        var output: [UInt8] = []
        while output.count < length {
            a = hash.authenticate(a, key: secret)
            output += hash.authenticate(a + seed, key: secret)
        }
        return Array(output.prefix(length))
    }

    private func bind(_ request: [UInt8]) throws -> [UInt8] {
        bindings += 1
        bindingFlags.append(request[3])
        let zeros = [UInt8](repeating: 0, count: 20)
        let imsk = (inner.msk.prefix(32) + [UInt8](repeating: 0, count: 32)).prefix(32).map { $0 }
        var imck = prf(mskChain, "Inner Methods Compound Keys", imsk, 60)
        mskChain = Array(imck.prefix(40))
        let cmk = Array(imck.suffix(20))
        var emskCMK: [UInt8]?
        hasKeys = hasKeys || !inner.msk.isEmpty
        if !inner.emsk.isEmpty {
            imck = prf(
                emskChain, "Inner Methods Compound Keys", Array(prf(inner.emsk, "TEAPbindkey@ietf.org", [0, 0, 64], 64).prefix(32)), 60)
            emskChain = Array(imck.prefix(40))
            emskCMK = Array(imck.suffix(20))
        }
        inner = Inner()
        func mac(_ key: [UInt8], _ head: [UInt8]) -> [UInt8] {
            let message = [0x80, 12, 0, 76] + head + zeros + zeros + [55] + serverOuterTLVs + outerTLVs
            return Array(hash.authenticate(message, key: key).prefix(20))
        }
        let head = Array(request.prefix(36))
        guard request.count == 76, head[0] == 0, head[1] == 1, head[2] == 1, head[3] & 0x0f == 0, head[35] & 1 == 0,
            Array(request.suffix(20)) == mac(cmk, head)
        else { throw EAPFailure.proof("the server's crypto-binding") }
        if head[3] & 0x10 != 0, let emskCMK, Array(request[36..<56]) != mac(emskCMK, head) {
            throw EAPFailure.proof("the server's crypto-binding of the EMSK")
        }
        let usesEMSK = head[3] & 0x10 != 0 && emskCMK != nil
        let secret = hasKeys ? (usesEMSK ? emskChain : mskChain) : seed
        msk = prf(secret, "Session Key Generating Function", [], 64)
        emsk = prf(secret, "Extended Session Key Generating Function", [], 64)
        var answer = head
        answer[3] = (usesEMSK ? 0x30 : 0x20) | 1
        answer[35] |= 1
        return faulty(answer, cmk, usesEMSK ? emskCMK : nil, mac, request)
    }

    private func faulty(
        _ head: [UInt8], _ cmk: [UInt8], _ emskCMK: [UInt8]?, _ mac: ([UInt8], [UInt8]) -> [UInt8], _ request: [UInt8]
    ) -> [UInt8] {
        var head = head
        let isFaulty = bindings == faultyBinding
        switch fault {
        case .nonce where isFaulty: head[10] ^= 1
        case .version where isFaulty: head[2] = 2
        case .subType where isFaulty: head[3] &= 0xf0
        case .noBinding where isFaulty: return []
        case .requestReflected where isFaulty: return tlv(12, request)
        default: break
        }
        var mskMAC = mac(cmk, head)
        var emskMAC = emskCMK.map { mac($0, head) } ?? [UInt8](repeating: 0, count: 20)
        if case .macOfMSK = fault, isFaulty { mskMAC[0] ^= 1 }
        if case .macOfEMSK = fault, isFaulty { emskMAC[19] ^= 1 }
        return tlv(12, head + emskMAC + mskMAC)
    }

    private func tlv(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
        [0x80 | UInt8(type >> 8), UInt8(type & 0xff), UInt8(value.count >> 8), UInt8(value.count & 0xff)] + value
    }
}

extension ArraySlice<UInt8> {
    /// Takes up to `count` octets off the front.
    mutating func popFirst(_ count: Int) -> [UInt8] {
        defer { self = dropFirst(count) }
        return Array(prefix(count))
    }
}

/// The peer of EAP-MSCHAPv2.
struct InnerMSCHAPv2Peer {
    let name: String
    let password: String
    /// The challenge, where the tunnel gives both sides one.
    var peerChallenge = [UInt8](repeating: 0x31, count: 16)
    private(set) var keys: (serverSend: [UInt8], serverReceive: [UInt8])?
    private var expected = ""

    init(name: String, password: String) {
        self.name = name
        self.password = password
    }

    mutating func answer(_ data: [UInt8]) -> [UInt8] {
        switch data.first {
        case 1:
            let challenge = Array(data[5..<21])
            let hash = NTHash.hash(password: password)
            let response = MSCHAP.ntResponse(
                authenticatorChallenge: challenge, peerChallenge: peerChallenge, userName: Array(name.utf8), ntHash: hash)
            let joined = MSCHAP.challengeHash(
                peerChallenge: peerChallenge, authenticatorChallenge: challenge, userName: Array(name.utf8))
            expected = MSCHAP.authenticatorResponse(hashOfHash: NTHash.hashOfHash(hash), ntResponse: response, challengeHash: joined)
            keys = MSCHAP.mppeKeys(hashOfHash: NTHash.hashOfHash(hash), ntResponse: response)
            let value = [49] + peerChallenge + [UInt8](repeating: 0, count: 8) + response + [0] + Array(name.utf8)
            return [2, data[1], 0, UInt8(4 + value.count)] + value
        case 3: return String(decoding: data.dropFirst(4), as: UTF8.self).hasPrefix(expected) ? [3] : [0]
        default: return [4]
        }
    }
}
