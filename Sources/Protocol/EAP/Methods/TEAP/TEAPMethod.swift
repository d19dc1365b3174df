internal import TLSEngine

/// TEAP version 1 (RFC 9930): a TLS tunnel that authenticates a user, a machine, or one after the other, and binds them to itself.
///
/// An Intermediate-Result with a Crypto-Binding follows a completed inner method and nothing else: Windows breaks off (error 2002) when
/// either comes unasked. The next identity is asked for once the peer has answered the binding of the one before.
final class TEAPMethod: EAPMethod {
    enum State {
        case handshake
        /// A resumed session: policy is asked for those who were in it.
        case resuming
        /// The peer was asked for an identity of this kind; its first answer may be of another kind.
        case asked(TEAPSettings.Identity)
        case inner(TEAPSettings.Identity)
        /// A Crypto-Binding is with the peer; next is nil after the last method, when the Result is with it too.
        case binding(TEAPCryptoBinding, next: TEAPSettings.Identity?)
        /// The Result is with the peer, alone.
        case concluding
        /// Failure is with the peer.
        case refusing(EAPFailure)
        case done
    }

    /// One whom policy has accepted.
    struct Member {
        var identity: TEAPSettings.Identity
        var name: [UInt8]
        /// Of the verdict.
        var tag: [UInt8]
    }

    let type = EAPType.teap
    let context: EAPMethodContext
    let settings: TEAPSettings
    let tunnel: TLSTunnel
    var state = State.handshake
    var inner: EAPConversation?
    var keys: TEAPKeys?
    /// Those whom policy has accepted, in order.
    var accepted: [Member] = []
    /// Of a resumed session: those whom policy has not been asked for yet.
    var remembered: [Member] = []
    /// The name that Basic-Password-Auth brought.
    var passwordName: [UInt8]?
    /// After the last binding that the peer has answered rightly.
    var bound: EAPKeys?
    /// Identifier of the next request.
    var identifier: UInt8 = 0
    private var outerTLVs: [UInt8]
    private var hasFirstMessage = false

    init?(_ context: EAPMethodContext) {
        let verification = context.verification(of: .teap)
        guard context.tunnel == nil, let tunnel = TLSTunnel(context, .teap, version: 1, verification: verification) else { return nil }
        self.context = context
        self.tunnel = tunnel
        settings = context.settings.teap
        outerTLVs = TunnelTLV(.authorityID, settings.authorityID, isMandatory: false).bytes
    }

    var needsWorker: Bool { tunnel.needsWorker || inner?.needsWorker ?? false }
    var pendingFailure: EAPFailure? { if case .refusing(let failure) = state { failure } else { tunnel.ending } }
    var innerIdentity: [UInt8]? { passwordName ?? inner?.identity ?? accepted.last?.name }

    var name: String {
        guard let inner = inner?.methodName, !inner.isEmpty else { return type.name }
        return "\(type.name)/\(inner)"
    }

    var facts: [(name: String, value: String)] {
        var facts = tunnel.facts + (inner?.facts ?? [])
        for member in accepted {
            facts.append(("EAP-TEAP-\(member.identity.name)-Identity", String(decoding: member.name, as: UTF8.self)))
        }
        return facts
    }

    func start(identifier: UInt8) -> EAPMethodStep {
        .request(tunnel.start(outerTLVs, isOuterTLVs: true))
    }

    func handle(_ data: [UInt8], identifier: UInt8) -> EAPMethodStep {
        self.identifier = identifier
        let event = tunnel.receive(data)
        noteOuterTLVs(event)
        switch event {
        case .request(let data): return .request(data)
        case .failed(let failure): return .failure(failure)
        case .ready(let plaintext): return ready(plaintext)
        }
    }

    /// Only the peer's first message may bring Outer TLVs; the binding covers them.
    private func noteOuterTLVs(_ event: TLSTunnel.Event) {
        guard !hasFirstMessage else { return }
        if case .request(let data) = event, data == tunnel.acknowledgement { return }
        hasFirstMessage = true
        outerTLVs += tunnel.outerTLVs
    }

    private func ready(_ plaintext: [UInt8]) -> EAPMethodStep {
        if case .handshake = state { return beginPhase2() }
        if case .refusing(let failure) = state { return .failure(failure) }
        do throws(EAPFailure) {
            return try receive(TunnelMessage(plaintext, of: .teap))
        } catch {
            return refuse(error, .unexpectedTLVs)
        }
    }

    private func beginPhase2() -> EAPMethodStep {
        guard let hash = tunnel.session.handshakeHash,
            let seed = tunnel.session.export(label: "EXPORTER: teap session key seed", context: nil, length: 40)
        else { return .failure(.tls("no key material")) }
        keys = TEAPKeys(hash: hash, seed: seed)
        if tunnel.session.isResumed { return beginResumed() }
        guard let first = settings.requested.first else { return .failure(.unexpected("nobody to authenticate")) }
        return ask(first)
    }

    // MARK: Messages

    private func receive(_ message: TunnelMessage) throws(EAPFailure) -> EAPMethodStep {
        if let code = message.errorCode, code >= 2000 { throw .proof("the peer reports error \(code)") }
        if message.result == false { return refuse(.proof("the peer reports failure"), nil) }
        if !message.unsupported.isEmpty {
            guard message.result == nil else { throw .unexpected("mandatory TLV beside a result") }
            return send(message.naks)
        }
        if let type = message.nak { throw .noCommonMethod(wanted: [UInt8(truncatingIfNeeded: type)]) }
        // PACs were RFC 7170's; a peer that wants one is told so.
        if message.pac != nil { throw .unexpected("PAC TLV") }
        switch state {
        case .asked(let requested): return try receiveFirst(message, requested)
        case .inner: return try receiveInner(message)
        case .binding(let binding, let next): return try receiveBinding(message, binding, next)
        case .concluding: return try receiveResult(message)
        case .handshake, .resuming, .refusing, .done: throw .unexpected("message")
        }
    }

    private func receiveBinding(
        _ message: TunnelMessage, _ binding: TEAPCryptoBinding, _ next: TEAPSettings.Identity?
    ) throws(EAPFailure) -> EAPMethodStep {
        guard let answer = message.cryptoBinding, let isBoundByEMSK = binding.verify(answer) else {
            return refuse(.proof("wrong crypto-binding"), .tunnelCompromise)
        }
        if message.intermediateResult == false { throw .proof("the peer refuses the inner method") }
        guard let exported = binding.keys.exported(fromEMSK: isBoundByEMSK) else { throw .tls("no key material") }
        bound = EAPKeys(msk: exported.msk, emsk: exported.emsk, sessionID: tunnel.teapSessionID)
        if let next { return ask(next) }
        // Not before: one in the middle, who has not the inner keys, could resume what it cannot bind.
        remember()
        return try receiveResult(message)
    }

    private func receiveResult(_ message: TunnelMessage) throws(EAPFailure) -> EAPMethodStep {
        // Whatever else the peer would like done, it says itself how it ends without (RFC 9930 §4.2.9).
        guard (message.result ?? message.requestAction) == true else { throw .proof("no result") }
        return finish()
    }

    // MARK: Ends

    /// Sends Crypto-Binding, and the Result with it after the last method.
    /// - Parameters:
    ///   - afterMethod: an inner method has succeeded; false: a resumed session, which needs no Intermediate-Result.
    ///   - next: whom to ask once the peer has answered.
    func bind(afterMethod: Bool, next: TEAPSettings.Identity?) -> EAPMethodStep {
        guard let keys else { return .failure(.tls("no key material")) }
        let binding = TEAPCryptoBinding(keys, outerTLVs: outerTLVs, nonce: context.settings.random(32))
        guard let tlv = binding.request() else { return .failure(.tls("no compound MAC")) }
        state = .binding(binding, next: next)
        var tlvs = afterMethod ? [.status(.intermediateResult, isSuccess: true), tlv] : [tlv]
        if next == nil {
            tlvs.append(.status(.result, isSuccess: true))
            tunnel.session.prepareTicket()
        }
        return send(tlvs)
    }

    /// Sends the Result after the last binding.
    func conclude() -> EAPMethodStep {
        state = .concluding
        remember()
        return send([.status(.result, isSuccess: true)])
    }

    /// Tells the peer in the tunnel, and fails once it has answered.
    func refuse(_ failure: EAPFailure, _ code: TunnelError?, afterMethod: Bool = false) -> EAPMethodStep {
        state = .refusing(failure)
        tunnel.forget()
        var tlvs: [TunnelTLV] = afterMethod ? [.status(.intermediateResult, isSuccess: false)] : []
        if let code { tlvs.append(.error(code)) }
        return send(tlvs + [.status(.result, isSuccess: false)])
    }

    func send(_ tlvs: [TunnelTLV]) -> EAPMethodStep {
        tunnel.send(tlvs.flatMap(\.bytes))
    }
}
