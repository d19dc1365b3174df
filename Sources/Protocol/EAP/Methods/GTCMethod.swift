/// Generic Token Card (RFC 3748 §5.6): a prompt and the typed answer, in clear, so fit for tunnels only.
final class GTCMethod: EAPMethod {
    let type = EAPType.gtc
    let needsWorker = false
    private let context: EAPMethodContext

    init(_ context: EAPMethodContext) {
        self.context = context
    }

    func start(identifier: UInt8) -> EAPMethodStep {
        .request(Array(context.settings.gtcPrompt.utf8))
    }

    func handle(_ data: [UInt8], identifier: UInt8) -> EAPMethodStep {
        guard !data.isEmpty else { return .failure(.malformed("GTC response")) }
        return .authenticate(EAPAuthentication(identity: context.identity, proof: .pap(password: data)))
    }

    func resume(_ verdict: EAPVerdict, identifier: UInt8) -> EAPMethodStep {
        verdict.isAccepted ? .success(nil) : .failure(.refused)
    }
}
