internal import TLSEngine

/// EAP-FAST version 1 (RFC 4851): a TLS tunnel made with a PAC, a certificate or, to get the first PAC, with neither (RFC 5422).
final class FASTMethod: EAPMethod {
    private enum State {
        case handshake
        case inner
        /// A Crypto-Binding is with the peer.
        case binding(FASTKeys, TunnelTLV)
        /// A new PAC is with the peer.
        case provisioning(EAPKeys)
        /// Failure is with the peer.
        case refusing(EAPFailure)
        case done
    }

    let type = EAPType.fast
    private let context: EAPMethodContext
    private let settings: FASTSettings
    private let tunnel: TLSTunnel
    private let inner: EAPConversation
    private var state = State.handshake
    private var keys: FASTKeys?
    /// The peer's PAC, when the tunnel was made with it.
    private var credential: FASTCredential?
    private var identifier: UInt8 = 0

    init?(_ settings: FASTSettings, _ context: EAPMethodContext) {
        var context = context
        context.settings.tls = settings.tls
        guard context.tunnel == nil, let tunnel = TLSTunnel(context, .fast, version: 1, verification: context.verification(of: .fast)),
            tunnel.begin()
        else {
            return nil
        }
        self.context = context
        self.settings = settings
        self.tunnel = tunnel
        inner = context.inner(of: .fast)
        tunnel.session.setSessionTicketHandler { [weak self] ticket, clientRandom, serverRandom in
            guard let credential = FASTCredential(ticket: ticket, settings) else { return nil }
            self?.credential = credential
            return FASTKeys.masterSecret(pacKey: credential.key, serverRandom: serverRandom, clientRandom: clientRandom)
        }
    }

    var needsWorker: Bool { tunnel.needsWorker || inner.needsWorker }
    var pendingFailure: EAPFailure? { if case .refusing(let failure) = state { failure } else { tunnel.ending } }
    var innerIdentity: [UInt8]? { inner.identity }
    var name: String { inner.methodName.isEmpty ? type.name : "\(type.name)/\(inner.methodName)" }

    var facts: [(name: String, value: String)] {
        guard tunnel.session.isEstablished else { return [] }
        let means = isAnonymous ? "anonymous" : credential == nil ? "certificate" : "PAC"
        return tunnel.facts + inner.facts + [("EAP-FAST-Tunnel", means)]
    }

    func start(identifier: UInt8) -> EAPMethodStep {
        .request(tunnel.start(FASTCredential.authorityID(settings)))
    }

    func handle(_ data: [UInt8], identifier: UInt8) -> EAPMethodStep {
        self.identifier = identifier
        switch tunnel.receive(data) {
        case .request(let data): return .request(data)
        case .failed(let failure): return .failure(failure)
        case .ready(let plaintext): return ready(plaintext)
        }
    }

    private func ready(_ plaintext: [UInt8]) -> EAPMethodStep {
        if case .handshake = state { return beginPhase2() }
        if case .refusing(let failure) = state { return .failure(failure) }
        do throws(EAPFailure) {
            return try receive(TunnelMessage(plaintext, of: .fast))
        } catch {
            return refuse(error, .unexpectedTLVs)
        }
    }

    func resume(_ verdict: EAPVerdict, identifier: UInt8) -> EAPMethodStep {
        self.identifier = identifier
        guard case .inner = state else { return .failure(.unexpected("verdict")) }
        return innerStep(inner.resume(verdict))
    }

    // MARK: Phase 2

    /// Neither a PAC nor a certificate has shown the peer who we are.
    private var isAnonymous: Bool {
        guard credential == nil, let cipher = tunnel.session.cipherName else { return false }
        return cipher.hasPrefix("ADH-") || cipher.hasPrefix("AECDH-")
    }

    private func beginPhase2() -> EAPMethodStep {
        let session = tunnel.session
        guard let hash = session.handshakeHash, let used = session.keyBlockLength,
            let block = hash.prf(
                secret: session.masterSecret, label: "key expansion", seed: session.serverRandom + session.clientRandom, length: used + 72)
        else { return .failure(.tls("no key material")) }
        keys = FASTKeys(seed: Array(block[used..<used + 40]))
        if isAnonymous {
            // Challenges from the tunnel keep one in the middle from passing MSCHAPv2 on (RFC 5422 §3.2.3).
            inner.restrict(to: .mschapv2)
            inner.tunnelChallenges = EAPTunnelChallenges(
                server: Array(block[(used + 40)..<(used + 56)]), peer: Array(block[(used + 56)...]))
        }
        state = .inner
        return innerStep(inner.handle([]))
    }

    private func receive(_ message: TunnelMessage) throws(EAPFailure) -> EAPMethodStep {
        if let code = message.errorCode, code >= 2000 { throw .proof("the peer reports error \(code)") }
        if message.result == false { return refuse(.proof("the peer reports failure"), nil) }
        if !message.unsupported.isEmpty { return send(message.naks) }
        if let type = message.nak { throw .noCommonMethod(wanted: [UInt8(truncatingIfNeeded: type)]) }
        switch state {
        case .inner:
            guard let payload = message.eapPayload else { throw .unexpected("no EAP-Payload") }
            return innerStep(inner.handle(payload))
        case .binding(let keys, let request):
            return try receiveBinding(message, keys, request)
        case .provisioning(let exported):
            guard message.result == true else { throw .proof("no result") }
            state = .done
            // Whoever got a PAC from a server it does not know gets nothing else (RFC 5422 §3.5).
            return isAnonymous ? .failure(.proof("provisioned; the peer comes back with its PAC")) : .success(exported)
        case .handshake, .refusing, .done:
            throw .unexpected("message")
        }
    }

    private func innerStep(_ step: EAPStep) -> EAPMethodStep {
        switch step {
        case .challenge(let packet): return send([TunnelTLV(.eapPayload, packet)])
        case .authenticate(let authentication): return .authenticate(authentication)
        case .accept(_, let keys): return bind(inner.tunnelKey(keys))
        case .reject(_, let failure): return refuse(failure, .innerMethod, afterMethod: true)
        case .discard(let failure): return refuse(failure, .innerMethod)
        }
    }

    // MARK: Ends

    /// Gives a PAC to whom cannot come back without, and instead of one that runs out.
    private var givesCredential: Bool { isAnonymous || credential?.isOld(settings) ?? false }

    private func bind(_ innerKey: [UInt8]) -> EAPMethodStep {
        guard var keys else { return .failure(.tls("no key material")) }
        keys.mix(msk: innerKey)
        let binding = keys.binding(nonce: context.settings.random(32))
        state = .binding(keys, binding)
        let tlvs = [.status(.intermediateResult, isSuccess: true), binding]
        return send(givesCredential ? tlvs : tlvs + [.status(.result, isSuccess: true)])
    }

    private func receiveBinding(
        _ message: TunnelMessage, _ keys: FASTKeys, _ request: TunnelTLV
    ) throws(EAPFailure) -> EAPMethodStep {
        guard let answer = message.cryptoBinding, keys.verifies(answer, to: request) else {
            return refuse(.proof("wrong crypto-binding"), .tunnelCompromise)
        }
        if message.intermediateResult == false { throw .proof("the peer refuses the inner method") }
        let exported = keys.exported
        let result = EAPKeys(
            msk: exported.msk, emsk: exported.emsk,
            sessionID: [type.rawValue] + tunnel.session.clientRandom + tunnel.session.serverRandom)
        let isAsked = message.requestAction != nil && message.pac.map(FASTCredential.isTunnelRequest) ?? false
        guard givesCredential || isAsked && settings.allowsAuthenticatedProvisioning else {
            guard message.result == true else { throw .proof("no result") }
            state = .done
            return .success(result)
        }
        guard let pac = FASTCredential.make(for: inner.identity ?? [], settings, random: context.settings.random) else {
            return .failure(.tls("no PAC"))
        }
        state = .provisioning(result)
        return send([.status(.result, isSuccess: true), pac])
    }

    private func refuse(_ failure: EAPFailure, _ code: TunnelError?, afterMethod: Bool = false) -> EAPMethodStep {
        state = .refusing(failure)
        var tlvs: [TunnelTLV] = afterMethod ? [.status(.intermediateResult, isSuccess: false)] : []
        if let code { tlvs.append(.error(code)) }
        return send(tlvs + [.status(.result, isSuccess: false)])
    }

    private func send(_ tlvs: [TunnelTLV]) -> EAPMethodStep {
        tunnel.send(tlvs.flatMap(\.bytes))
    }
}
