internal import TLSEngine

/// EAP-TTLS version 0 (RFC 5281; with TLS 1.3 RFC 9427): a TLS tunnel in which the peer logs in by PAP, CHAP, MS-CHAP or another EAP method.
final class TTLSMethod: EAPMethod {
    private enum State {
        case handshake
        case resuming(identity: [UInt8])
        /// - mschapv2: the identifier of MS-CHAPv2, whose success the peer must see; nil for the others.
        case authenticating(mschapv2: UInt8?)
        case inner
        /// The peer has yet to acknowledge our last word.
        case concluding(EAPKeys)
    }

    let type = EAPType.ttls
    private let context: EAPMethodContext
    private let tunnel: TLSTunnel
    private var state = State.handshake
    private var inner: EAPConversation?
    private var credentialName = ""
    private var userName: [UInt8]?

    init?(_ context: EAPMethodContext) {
        guard context.tunnel == nil, let tunnel = TLSTunnel(context, .ttls, version: 0, verification: context.verification(of: .ttls))
        else {
            return nil
        }
        self.context = context
        self.tunnel = tunnel
    }

    var needsWorker: Bool { tunnel.needsWorker || inner?.needsWorker ?? false }
    var pendingFailure: EAPFailure? { inner?.pendingFailure ?? tunnel.ending }
    var facts: [(name: String, value: String)] { tunnel.facts + (inner?.facts ?? []) }
    var innerIdentity: [UInt8]? { userName ?? inner?.identity }

    var name: String {
        let inside = inner?.methodName ?? credentialName
        return inside.isEmpty ? type.name : "\(type.name)/\(inside)"
    }

    func start(identifier: UInt8) -> EAPMethodStep {
        .request(tunnel.start())
    }

    func handle(_ data: [UInt8], identifier: UInt8) -> EAPMethodStep {
        switch tunnel.receive(data) {
        case .request(let data): .request(data)
        case .failed(let failure): .failure(failure)
        case .ready(let plaintext): ready(plaintext)
        }
    }

    private func ready(_ plaintext: [UInt8]) -> EAPMethodStep {
        switch state {
        case .handshake:
            if tunnel.session.isResumed { return resumed() }
            // Some ways to log in end without a word of ours that a ticket could go with.
            tunnel.session.prepareTicket()
            // With TLS 1.3 the peer's last flight may come alone; it speaks next.
            return plaintext.isEmpty ? tunnel.flush() ?? .request(tunnel.acknowledgement) : credentials(plaintext)
        case .inner:
            return innerPacket(plaintext)
        case .concluding(let keys):
            return plaintext.isEmpty ? .success(keys) : .failure(.unexpected("AVPs after success"))
        case .resuming, .authenticating:
            return .failure(.unexpected("AVPs"))
        }
    }

    private func resumed() -> EAPMethodStep {
        guard let identity = tunnel.rememberedIdentity else { return .failure(.proof("session without an identity")) }
        userName = identity
        state = .resuming(identity: identity)
        var question = EAPAuthentication(identity: identity, proof: .proven(.resumption))
        question.resumptionTag = tunnel.rememberedTag
        return .authenticate(question)
    }

    private func credentials(_ plaintext: [UInt8]) -> EAPMethodStep {
        do throws(EAPFailure) {
            let credentials = try TTLSCredentials(plaintext)
            if let packet = credentials.eapMessage {
                inner = context.inner(of: .ttls)
                state = .inner
                return innerStep(inner?.handle(packet))
            }
            guard let userName = credentials.userName, !userName.isEmpty else { throw .malformed("no User-Name among the AVPs") }
            let (name, proof) = try credentials.proof { tunnel.session.export(label: "ttls challenge", context: nil, length: $0) }
            self.userName = userName
            credentialName = name
            if case .mschapv2(let identifier, _, _, _, _) = proof {
                state = .authenticating(mschapv2: identifier)
            } else {
                state = .authenticating(mschapv2: nil)
            }
            return .authenticate(EAPAuthentication(identity: userName, proof: proof, attributes: credentials.attributes))
        } catch {
            return .failure(error)
        }
    }

    private func innerPacket(_ plaintext: [UInt8]) -> EAPMethodStep {
        do throws(EAPFailure) {
            guard let packet = try TTLSCredentials(plaintext).eapMessage else { throw .malformed("no EAP-Message among the AVPs") }
            return innerStep(inner?.handle(packet))
        } catch {
            return .failure(error)
        }
    }

    private func innerStep(_ step: EAPStep?) -> EAPMethodStep {
        switch step {
        case .challenge(let packet): return tunnel.send(TTLSCredentials.eapMessage(packet))
        case .authenticate(let authentication): return .authenticate(authentication)
        case .accept: return conclude()
        case .reject(_, let failure), .discard(let failure): return .failure(failure)
        case nil: return .failure(.unexpected("inner EAP"))
        }
    }

    func resume(_ verdict: EAPVerdict, identifier: UInt8) -> EAPMethodStep {
        tunnel.note(verdict)
        switch state {
        case .resuming:
            guard verdict.isAccepted else {
                tunnel.forget()
                return .failure(.refused)
            }
            return conclude()
        case .authenticating(let identifier):
            guard verdict.isAccepted else { return .failure(.refused) }
            guard let identifier else { return conclude() }
            // Accepted by a rule that knows no password: without it the peer will not believe us.
            guard let response = verdict.authenticatorResponse else { return .failure(.proof("no authenticator response for MS-CHAPv2")) }
            return conclude(saying: TTLSCredentials.success(identifier: identifier, response))
        case .inner:
            return innerStep(inner?.resume(verdict))
        case .handshake, .concluding:
            return .failure(.unexpected("verdict"))
        }
    }

    /// The peer is accepted; it may resume this session, and keys are its.
    private func conclude(saying pairs: [UInt8] = []) -> EAPMethodStep {
        guard let keys = tunnel.keys() else { return .failure(.tls("no key material")) }
        if let identity = innerIdentity { tunnel.remember(identity) }
        let isResumed = if case .resuming = state { true } else { false }
        state = .concluding(keys)
        if !pairs.isEmpty { return tunnel.send(pairs) }
        // Tells the peer of TLS 1.3 that no phase 2 follows (RFC 9427 §4.2).
        if isResumed && tunnel.session.version == .v1_3 { return tunnel.send([0]) }
        return .success(keys)
    }
}
