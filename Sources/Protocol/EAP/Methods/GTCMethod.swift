/// Generic Token Card and One-Time Password (RFC 3748 §5.6, §5.5): a prompt and the typed answer, in clear, so fit for tunnels only.
///
/// The codes of RFC 2289, which OTP was made for, are not known here: whatever the peer answers is compared as a password.
final class GTCMethod: EAPMethod {
    let type: EAPType
    let needsWorker = false
    private let context: EAPMethodContext

    init(_ context: EAPMethodContext, _ type: EAPType) {
        self.context = context
        self.type = type
    }

    func start(identifier: UInt8) -> EAPMethodStep {
        // EAP-FAST's peers want it so, and answer with the user's name too (RFC 5421 §2).
        let prefix = context.tunnel == .fast && type == .gtc ? "CHALLENGE=" : ""
        return .request(Array((prefix + context.settings.gtcPrompt).utf8))
    }

    func handle(_ data: [UInt8], identifier: UInt8) -> EAPMethodStep {
        guard !data.isEmpty else { return .failure(.malformed("\(type.name) response")) }
        let prefix = Array("RESPONSE=".utf8)
        if context.tunnel == .fast, type == .gtc, data.starts(with: prefix) {
            let parts = data.dropFirst(prefix.count).split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return .failure(.malformed("GTC response")) }
            return .authenticate(EAPAuthentication(identity: Array(parts[0]), proof: .pap(password: Array(parts[1]))))
        }
        return .authenticate(EAPAuthentication(identity: context.identity, proof: .pap(password: data)))
    }

    func resume(_ verdict: EAPVerdict, identifier: UInt8) -> EAPMethodStep {
        verdict.isAccepted ? .success(nil) : .failure(.refused)
    }
}
