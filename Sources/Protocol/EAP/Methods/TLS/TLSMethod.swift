internal import TLSEngine

/// EAP-TLS (RFC 5216; with TLS 1.3 RFC 9190): both sides prove themselves by certificate.
final class TLSMethod: EAPMethod {
    private enum State {
        case handshake
        case authenticating(identity: [UInt8])
        /// TLS 1.3: the peer has yet to acknowledge that nothing more follows.
        case committed(EAPKeys)
    }

    let type = EAPType.tls
    private let context: EAPMethodContext
    private let tunnel: TLSTunnel
    private var state = State.handshake

    init?(_ context: EAPMethodContext) {
        guard let tunnel = TLSTunnel(context, .tls, version: nil, verification: .required) else { return nil }
        self.context = context
        self.tunnel = tunnel
    }

    var needsWorker: Bool { tunnel.needsWorker }
    var pendingFailure: EAPFailure? { tunnel.ending }
    var facts: [(name: String, value: String)] { tunnel.facts }

    func start(identifier: UInt8) -> EAPMethodStep {
        .request(tunnel.start())
    }

    func handle(_ data: [UInt8], identifier: UInt8) -> EAPMethodStep {
        switch (tunnel.receive(data), state) {
        case (.request(let data), _): .request(data)
        case (.failed(let failure), _): .failure(failure)
        case (.ready, .handshake): authenticate()
        case (.ready, .authenticating): .failure(.unexpected("TLS data"))
        case (.ready, .committed(let keys)): .success(keys)
        }
    }

    private func authenticate() -> EAPMethodStep {
        do throws(EAPFailure) {
            let identity = try identity()
            state = .authenticating(identity: identity)
            let proof = EAPProof.proven(tunnel.session.isResumed ? .resumption : .certificate)
            var question = EAPAuthentication(identity: identity, proof: proof)
            question.certificateChain = tunnel.session.peerChain
            question.resumptionTag = tunnel.rememberedTag
            return .authenticate(question)
        } catch {
            return .failure(error)
        }
    }

    private func identity() throws(EAPFailure) -> [UInt8] {
        if tunnel.session.isResumed {
            guard let identity = tunnel.rememberedIdentity else { throw .proof("session without an identity") }
            return identity
        }
        guard let certificate = tunnel.session.peerCertificate else { throw .proof("no certificate") }
        return try context.settings.certificateIdentity.name(in: certificate, sent: context.identity)
    }

    func resume(_ verdict: EAPVerdict, identifier: UInt8) -> EAPMethodStep {
        guard case .authenticating(let identity) = state else { return .failure(.unexpected("verdict")) }
        guard verdict.isAccepted else {
            tunnel.forget()
            return .failure(.refused)
        }
        tunnel.note(verdict)
        guard let keys = tunnel.keys() else { return .failure(.tls("no key material")) }
        if context.tunnel == nil { tunnel.remember(identity) }
        guard tunnel.session.version == .v1_3 else { return .success(keys) }
        // The protected success indication: TLS 1.3 alone does not tell the peer that the server is done (RFC 9190 §2.1.1).
        state = .committed(keys)
        return tunnel.send([0])
    }
}
