internal import TLSEngine

/// PEAP version 0 (draft-kamath-pppext-peapv0, [MS-PEAP]; with TLS 1.3 RFC 9427): a TLS tunnel around another EAP method.
///
/// Inside, packets go without their header, except Identity requests and EAP-TLV; the inner identifier is the outer one.
/// Phase 2 always ends with Result TLVs, also where a resumed session skips the rest of it: they are the protected success indication.
final class PEAPMethod: EAPMethod {
    private enum State {
        case handshake
        case resuming(identity: [UInt8])
        case inner
        /// A Result TLV is with the peer.
        case concluding(identity: [UInt8], EAPKeys, PEAPCryptoBinding?)
        case refusing(EAPFailure)
    }

    let type = EAPType.peap
    private let context: EAPMethodContext
    private let tunnel: TLSTunnel
    private let inner: EAPConversation
    private var state = State.handshake
    private var identifier: UInt8 = 0
    private var resumedIdentity: [UInt8]?

    init?(_ context: EAPMethodContext) {
        guard context.tunnel == nil, let tunnel = TLSTunnel(context, .peap, version: 0, verification: context.verification(of: .peap))
        else {
            return nil
        }
        self.context = context
        self.tunnel = tunnel
        inner = context.inner(of: .peap)
    }

    var needsWorker: Bool { tunnel.needsWorker || inner.needsWorker }
    var pendingFailure: EAPFailure? { if case .refusing(let failure) = state { failure } else { inner.pendingFailure ?? tunnel.ending } }
    var facts: [(name: String, value: String)] { tunnel.facts + inner.facts }
    var innerIdentity: [UInt8]? { resumedIdentity ?? inner.identity }
    var name: String { inner.methodName.isEmpty ? type.name : "\(type.name)/\(inner.methodName)" }

    func start(identifier: UInt8) -> EAPMethodStep {
        .request(tunnel.start())
    }

    func handle(_ data: [UInt8], identifier: UInt8) -> EAPMethodStep {
        self.identifier = identifier
        return switch tunnel.receive(data) {
        case .request(let data): .request(data)
        case .failed(let failure): .failure(failure)
        case .ready(let plaintext): ready(plaintext)
        }
    }

    private func ready(_ plaintext: [UInt8]) -> EAPMethodStep {
        switch state {
        case .handshake:
            if tunnel.session.isResumed { return resumed() }
            state = .inner
            return innerStep { $0.handle([]) }
        case .inner:
            return innerStep { $0.handle(header(for: plaintext) + plaintext) }
        case .concluding(let identity, let keys, let binding):
            let step = concluded(plaintext, keys, binding)
            // Not before the binding is right: whoever relays somebody's inner method must not come back without it.
            if case .success = step { tunnel.remember(identity) }
            return step
        case .refusing(let failure):
            return .failure(failure)
        case .resuming:
            return .failure(.unexpected("data"))
        }
    }

    /// The header that the peer has left out; empty when it has not.
    private func header(for packet: [UInt8]) -> [UInt8] {
        let hasHeader =
            packet.count >= EAPPacket.headerLength && packet[0] == EAPCode.response.rawValue
            && Int(packet[2]) << 8 | Int(packet[3]) == packet.count
        guard !hasHeader else { return [] }
        let length = 4 + packet.count
        return [EAPCode.response.rawValue, inner.identifier, UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
    }

    private func resumed() -> EAPMethodStep {
        guard let identity = tunnel.rememberedIdentity else { return .failure(.proof("session without an identity")) }
        resumedIdentity = identity
        state = .resuming(identity: identity)
        var question = EAPAuthentication(identity: identity, proof: .proven(.resumption))
        question.resumptionTag = tunnel.rememberedTag
        return .authenticate(question)
    }

    func resume(_ verdict: EAPVerdict, identifier: UInt8) -> EAPMethodStep {
        self.identifier = identifier
        tunnel.note(verdict)
        switch state {
        case .resuming(let identity):
            guard verdict.isAccepted else {
                tunnel.forget()
                return refuse(.refused)
            }
            return conclude(identity, innerKey: [], isResumed: true)
        case .inner:
            return innerStep { $0.resume(verdict) }
        case .handshake, .concluding, .refusing:
            return .failure(.unexpected("verdict"))
        }
    }

    private func innerStep(_ body: (EAPConversation) -> EAPStep) -> EAPMethodStep {
        inner.nextIdentifier = identifier
        switch body(inner) {
        case .challenge(let packet):
            // Servers send the Identity request whole, everything else without header.
            return tunnel.send(packet.count == EAPPacket.headerLength ? packet : Array(packet.dropFirst(4)))
        case .authenticate(let authentication):
            return .authenticate(authentication)
        case .accept(_, let keys):
            return conclude(inner.identity ?? [], innerKey: keys?.msk ?? [], isResumed: false)
        case .reject(_, let failure):
            return refuse(failure)
        case .discard(let failure):
            return .failure(failure)
        }
    }

    private func refuse(_ failure: EAPFailure) -> EAPMethodStep {
        state = .refusing(failure)
        return tunnel.send(result(PEAPResult.request(isSuccess: false)))
    }

    private func conclude(_ identity: [UInt8], innerKey: [UInt8], isResumed: Bool) -> EAPMethodStep {
        guard let keys = tunnel.keys() else { return .failure(.tls("no key material")) }
        tunnel.session.prepareTicket()
        guard context.settings.peapCryptoBinding != .no else {
            state = .concluding(identity: identity, keys, nil)
            return tunnel.send(result(PEAPResult.request(isSuccess: true)))
        }
        let binding =
            isResumed ? PEAPCryptoBinding(resumed: keys.msk) : PEAPCryptoBinding(tunnelKey: keys.msk, innerKey: innerKey)
        state = .concluding(identity: identity, keys, binding)
        let tlv = binding.tlv(.request, nonce: context.settings.random(32))
        return tunnel.send(result(PEAPResult.request(isSuccess: true, cryptoBinding: tlv)))
    }

    private func result(_ data: [UInt8]) -> [UInt8] {
        EAPPacket(.request, identifier: identifier, type: .tlv, data: data).bytes
    }

    private func concluded(_ plaintext: [UInt8], _ tunnelKeys: EAPKeys, _ binding: PEAPCryptoBinding?) -> EAPMethodStep {
        do throws(EAPFailure) {
            let packet = try EAPPacket(header(for: plaintext) + plaintext)
            guard packet.type == .tlv else { throw .unexpected("type \(packet.type?.name ?? "none") instead of a result") }
            let result = try PEAPResult(packet.data)
            guard result.isSuccess == true else { throw .proof("the peer reports failure") }
            guard let binding, let answer = result.cryptoBinding else {
                guard context.settings.peapCryptoBinding != .required else { throw .proof("no crypto-binding") }
                return .success(tunnelKeys)
            }
            guard binding.verifies(answer) else { throw .proof("wrong crypto-binding") }
            let keys = binding.keys
            return .success(EAPKeys(msk: keys.msk, emsk: keys.emsk, sessionID: tunnelKeys.sessionID))
        } catch {
            return .failure(error)
        }
    }
}
