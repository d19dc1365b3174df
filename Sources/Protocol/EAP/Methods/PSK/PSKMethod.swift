internal import Digests

/// EAP-PSK (RFC 4764): both sides prove that they know a key of 16 octets, and nothing but AES.
///
/// The key is that of EAP-Response/Identity's name, which the peer must give again inside. Policy is asked before the third message, so
/// that the protected result that the peer gets there is the true one.
final class PSKMethod: EAPMethod {
    private enum State {
        case start
        /// Policy is asked for the key.
        case lookup
        case challenged(PSKKeys)
        /// Policy is asked about the peer, which knows the key.
        case authorization(PSKKeys, PSKSession)
        /// Our result is with the peer; nil: success.
        case concluding(PSKSession, EAPFailure?)
        case done
    }

    /// The first two bits of Flags number the message (RFC 4764 §4).
    private enum Message {
        static let first: UInt8 = 0x00
        static let second: UInt8 = 0x40
        static let third: UInt8 = 0x80
        static let fourth: UInt8 = 0xc0
    }

    let type = EAPType.psk
    let needsWorker = false
    private let context: EAPMethodContext
    private let serverIdentity: [UInt8]
    private let serverRandom: [UInt8]
    private var state = State.start
    /// Of our last request, which the peer's answer carries and authenticates.
    private var requested: UInt8 = 0

    init(_ context: EAPMethodContext) {
        self.context = context
        serverIdentity = Array(context.settings.challengeName.utf8)
        serverRandom = context.settings.random(16)
    }

    var pendingFailure: EAPFailure? { if case .concluding(_, let failure) = state { failure } else { nil } }

    func start(identifier: UInt8) -> EAPMethodStep {
        state = .lookup
        return .authenticate(EAPAuthentication(identity: context.identity, proof: .lookup))
    }

    func handle(_ data: [UInt8], identifier: UInt8) -> EAPMethodStep {
        defer { requested = identifier }
        switch state {
        case .challenged(let keys): return second(data, keys)
        case .concluding(let session, let failure): return fourth(data, session, failure)
        case .start, .lookup, .authorization, .done: return fail(.unexpected("message"))
        }
    }

    func resume(_ verdict: EAPVerdict, identifier: UInt8) -> EAPMethodStep {
        requested = identifier
        switch state {
        case .lookup:
            // Who has no key is not told so: no answer will be the right one.
            guard let keys = PSKKeys(verdict.preSharedKey ?? context.settings.random(16)) else { return fail(.proof("no cipher")) }
            state = .challenged(keys)
            return .request([Message.first] + serverRandom + serverIdentity)
        case .authorization(let keys, let session):
            return third(keys, session, isAccepted: verdict.isAccepted)
        case .start, .challenged, .concluding, .done:
            return fail(.unexpected("verdict"))
        }
    }

    /// Flags, RAND_S (16), RAND_P (16), MAC_P (16), ID_P.
    private func second(_ data: [UInt8], _ keys: PSKKeys) -> EAPMethodStep {
        guard data.count > 49, data[0] == Message.second else { return fail(.malformed("second message")) }
        guard Array(data[1..<17]) == serverRandom else { return fail(.proof("another conversation's message")) }
        let peerRandom = Array(data[17..<33])
        let identity = Array(data[49...])
        guard identity == context.identity else { return fail(.proof("another identity than before")) }
        guard
            let mac = keys.peerMAC(identity: identity, serverIdentity: serverIdentity, serverRandom: serverRandom, peerRandom: peerRandom),
            constantTimeEqual(mac, Array(data[33..<49])), let session = keys.session(peerRandom: peerRandom)
        else { return fail(.proof("wrong key")) }
        state = .authorization(keys, session)
        return .authenticate(EAPAuthentication(identity: identity, proof: .proven(.password)))
    }

    /// Flags, RAND_S (16), MAC_S (16), protected channel (21).
    private func third(_ keys: PSKKeys, _ session: PSKSession, isAccepted: Bool) -> EAPMethodStep {
        let header = header(.request, identifier: requested, count: 54, flags: Message.third)
        guard let mac = keys.serverMAC(identity: serverIdentity, peerRandom: session.peerRandom),
            let channel = session.seal(isAccepted ? .success : .failure, nonce: 0, header: header)
        else { return fail(.proof("no cipher")) }
        state = .concluding(session, isAccepted ? nil : .refused)
        return .request([Message.third] + serverRandom + mac + channel)
    }

    /// Flags, RAND_S (16), protected channel (21).
    private func fourth(_ data: [UInt8], _ session: PSKSession, _ failure: EAPFailure?) -> EAPMethodStep {
        guard data.count == 38, data[0] == Message.fourth, Array(data[1..<17]) == serverRandom else {
            return fail(failure ?? .malformed("fourth message"))
        }
        let header = header(.response, identifier: requested, count: data.count, flags: Message.fourth)
        let result = session.open(Array(data[17...]), nonce: 1, header: header)
        if let failure { return fail(failure) }
        guard let result else { return fail(.proof("broken protected channel")) }
        guard result == .success else { return fail(.proof("the peer reports failure")) }
        state = .done
        return .success(EAPKeys(msk: session.msk, emsk: session.emsk, sessionID: [type.rawValue] + session.peerRandom + serverRandom))
    }

    /// The first 22 octets of a packet, which the protected channel authenticates.
    /// - Parameter count: octets of the packet's type-data.
    private func header(_ code: EAPCode, identifier: UInt8, count: Int, flags: UInt8) -> [UInt8] {
        [code.rawValue, identifier, 0, UInt8(EAPPacket.headerLength + count), type.rawValue, flags] + serverRandom
    }

    private func fail(_ failure: EAPFailure) -> EAPMethodStep {
        state = .done
        return .failure(failure)
    }
}
