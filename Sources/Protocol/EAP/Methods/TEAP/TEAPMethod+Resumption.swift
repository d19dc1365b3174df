internal import TLSEngine

extension TEAPMethod {
    /// Lets the peer resume this session as those who are in it.
    func remember() {
        // Kind and length before each name; names come from EAP packets or length octets and are short.
        let names = accepted.flatMap { [UInt8($0.identity.rawValue), UInt8(min(255, $0.name.count))] + $0.name.prefix(255) }
        tunnel.remember(tunnel.rememberedIdentity ?? names)
    }

    /// Nobody logs in anew: policy decides on those who were in the session, and the tunnel is bound as if without inner method.
    func beginResumed() -> EAPMethodStep {
        remembered = Self.decode(tunnel.rememberedIdentity ?? [])
        guard !remembered.isEmpty else { return .failure(.proof("session without an identity")) }
        return askRemembered()
    }

    private func askRemembered() -> EAPMethodStep {
        let (identity, name) = remembered.removeFirst()
        accepted.append((identity, name))
        state = .resuming
        return authenticate(EAPAuthentication(identity: name, proof: .proven(.resumption)), identity)
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

    private static func decode(_ data: [UInt8]) -> [(identity: TEAPSettings.Identity, name: [UInt8])] {
        var rest = data[...]
        var result: [(identity: TEAPSettings.Identity, name: [UInt8])] = []
        while rest.count >= 2, let kind = rest.first, let length = rest.dropFirst().first,
            let identity = TEAPSettings.Identity(rawValue: UInt16(kind)), rest.count >= 2 + Int(length)
        {
            result.append((identity, Array(rest.dropFirst(2).prefix(Int(length)))))
            rest = rest.dropFirst(2 + Int(length))
        }
        return result
    }
}

extension TLSTunnel {
    /// TEAP's Session-Id (RFC 9930 §3.8): of tls-unique, in TLS 1.3 as for the other methods.
    var teapSessionID: [UInt8] {
        let unique = session.tlsUnique
        guard unique.isEmpty else { return [type.rawValue] + unique }
        return keys()?.sessionID ?? []
    }

    /// Makes sure that nobody resumes this session.
    func forget() {
        session.forget()
    }
}
