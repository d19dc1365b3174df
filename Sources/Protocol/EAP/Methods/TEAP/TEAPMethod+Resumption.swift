internal import TLSEngine

extension TEAPMethod {
    /// Lets the peer resume this session as those who are in it.
    func remember() {
        // Kind, and lengths before name and tag; names come from EAP packets or length octets and are short.
        let members = accepted.flatMap { member in
            [UInt8(member.identity.rawValue)] + [member.name, member.tag].flatMap { [UInt8(min(255, $0.count))] + $0.prefix(255) }
        }
        tunnel.remember(tunnel.rememberedIdentity ?? members)
    }

    /// Nobody logs in anew: policy decides on those who were in the session, and the tunnel is bound as if without inner method.
    func beginResumed() -> EAPMethodStep {
        remembered = Self.decode(tunnel.rememberedIdentity ?? [])
        guard !remembered.isEmpty else { return .failure(.proof("session without an identity")) }
        return askRemembered()
    }

    private func askRemembered() -> EAPMethodStep {
        let member = remembered.removeFirst()
        accepted.append(member)
        state = .resuming
        var question = EAPAuthentication(identity: member.name, proof: .proven(.resumption))
        question.resumptionTag = member.tag
        return authenticate(question, member.identity)
    }

    func resumeRemembered(_ verdict: EAPVerdict) -> EAPMethodStep {
        if bound != nil {
            guard verdict.isAccepted else {
                tunnel.forget()
                return .failure(.refused)
            }
            return finish()
        }
        guard verdict.isAccepted else { return refuse(.refused, nil) }
        guard keys?.mix(msk: [], emsk: []) == true else { return .failure(.tls("no compound keys")) }
        return bind(afterMethod: false, next: nil)
    }

    /// Both sides agree. One question at a time: that for the second identity of a resumed session comes here.
    func finish() -> EAPMethodStep {
        guard remembered.isEmpty else { return askRemembered() }
        state = .done
        return bound.map { .success($0) } ?? .failure(.unexpected("no keys"))
    }

    private static func decode(_ data: [UInt8]) -> [Member] {
        var rest = data[...]
        func octets() -> [UInt8]? {
            guard let length = rest.popFirst(), rest.count >= Int(length) else { return nil }
            defer { rest = rest.dropFirst(Int(length)) }
            return Array(rest.prefix(Int(length)))
        }
        var members: [Member] = []
        while let kind = rest.popFirst() {
            guard let identity = TEAPSettings.Identity(rawValue: UInt16(kind)), let name = octets(), let tag = octets() else { return [] }
            members.append(Member(identity: identity, name: name, tag: tag))
        }
        return members
    }
}

extension TLSTunnel {
    /// TEAP's Session-Id (RFC 9930 §3.8): of tls-unique, in TLS 1.3 as for the other methods.
    var teapSessionID: [UInt8] {
        let unique = session.tlsUnique
        guard unique.isEmpty else { return [type.rawValue] + unique }
        return keys()?.sessionID ?? []
    }
}
