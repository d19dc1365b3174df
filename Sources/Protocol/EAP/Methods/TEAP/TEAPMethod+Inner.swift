internal import TLSEngine

extension TEAPMethod {
    /// Asks for one identity, by EAP or by password.
    func ask(_ identity: TEAPSettings.Identity) -> EAPMethodStep {
        state = .asked(identity)
        passwordName = nil
        inner = nil
        let kind = TunnelTLV(.identityType, [0, UInt8(identity.rawValue)])
        guard !settings.usesPassword(for: identity) else {
            return send([kind, TunnelTLV(.basicPasswordRequest, Array(settings.passwordPrompt.utf8))])
        }
        guard case .challenge(let request) = begin(identity) else { return .failure(.unexpected("inner Identity request")) }
        return send([kind, TunnelTLV(.eapPayload, request)])
    }

    /// A new inner conversation and its Identity request.
    private func begin(_ identity: TEAPSettings.Identity) -> EAPStep {
        // Below what the tunnel's headers leave each inner packet would need two outer ones.
        let conversation = EAPConversation(
            context.settings, methods: settings.methods(for: identity), packetLimit: context.packetLimit - 63, tunnel: .teap)
        inner = conversation
        return conversation.handle([])
    }

    /// The peer's first answer: it may have the other kind of identity only (RFC 9930 §4.2.3).
    func receiveFirst(_ message: TunnelMessage, _ requested: TEAPSettings.Identity) throws(EAPFailure) -> EAPMethodStep {
        var identity = requested
        if let number = message.identityType, number != requested.rawValue {
            guard settings.identities == .available, let given = TEAPSettings.Identity(rawValue: number) else {
                throw .proof("the peer has no \(requested.name.lowercased()) identity")
            }
            // The machine is in, and nobody is logged on.
            guard accepted.isEmpty else { return conclude() }
            guard !settings.usesPassword(for: given) else { return ask(given) }
            identity = given
            // The Identity request was the same for both kinds; what follows is not.
            _ = begin(given)
        }
        state = .inner(identity)
        return try receiveInner(message)
    }

    func receiveInner(_ message: TunnelMessage) throws(EAPFailure) -> EAPMethodStep {
        guard case .inner(let identity) = state else { throw .unexpected("inner message") }
        if let response = message.passwordResponse, settings.usesPassword(for: identity) { return try password(response, identity) }
        guard let payload = message.eapPayload, let inner else { throw .unexpected("no EAP-Payload") }
        return innerStep(inner.handle(payload), identity)
    }

    /// User name and password, each with its length before it.
    private func password(_ response: [UInt8], _ identity: TEAPSettings.Identity) throws(EAPFailure) -> EAPMethodStep {
        guard let userLength = response.first, response.count > 1 + Int(userLength), userLength > 0 else {
            throw .malformed("Basic-Password-Auth-Resp TLV")
        }
        let name = Array(response[1...Int(userLength)])
        let rest = response.dropFirst(1 + Int(userLength))
        guard let passwordLength = rest.first, rest.count == 1 + Int(passwordLength), passwordLength > 0 else {
            throw .malformed("Basic-Password-Auth-Resp TLV")
        }
        passwordName = name
        return authenticate(EAPAuthentication(identity: name, proof: .pap(password: Array(rest.dropFirst()))), identity)
    }

    func resume(_ verdict: EAPVerdict, identifier: UInt8) -> EAPMethodStep {
        self.identifier = identifier
        tunnel.note(verdict)
        switch state {
        case .resuming:
            return resumeRemembered(verdict)
        case .inner(let identity):
            guard let name = passwordName else {
                guard let inner else { return .failure(.unexpected("verdict")) }
                return innerStep(inner.resume(verdict), identity)
            }
            guard verdict.isAccepted else { return refuse(.refused, .innerMethod, afterMethod: true) }
            return succeed(identity, name, nil)
        case .handshake, .asked, .binding, .concluding, .refusing, .done:
            return .failure(.unexpected("verdict"))
        }
    }

    private func innerStep(_ step: EAPStep, _ identity: TEAPSettings.Identity) -> EAPMethodStep {
        switch step {
        case .challenge(let packet): send([TunnelTLV(.eapPayload, packet)])
        case .authenticate(let authentication): authenticate(authentication, identity)
        case .accept(_, let keys): succeed(identity, inner?.identity ?? [], keys)
        case .reject(_, let failure): refuse(failure, .innerMethod, afterMethod: true)
        case .discard(let failure): refuse(failure, .innerMethod)
        }
    }

    func authenticate(_ authentication: EAPAuthentication, _ identity: TEAPSettings.Identity) -> EAPMethodStep {
        var authentication = authentication
        authentication.facts.append(("EAP-TEAP-Identity-Type", identity.name))
        return .authenticate(authentication)
    }

    private func succeed(_ identity: TEAPSettings.Identity, _ name: [UInt8], _ innerKeys: EAPKeys?) -> EAPMethodStep {
        accepted.append(Member(identity: identity, name: name, tag: tunnel.resumptionTag))
        let msk = passwordName == nil ? inner?.tunnelKey(innerKeys) ?? [] : []
        guard keys?.mix(msk: msk, emsk: innerKeys?.emsk ?? []) == true else { return .failure(.tls("no compound keys")) }
        return bind(afterMethod: true, next: settings.requested.drop { $0 != identity }.dropFirst().first)
    }
}
