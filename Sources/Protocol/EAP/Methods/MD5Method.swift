/// MD5-Challenge (RFC 3748 §5.4): CHAP in EAP, without keys and without proof of the server.
final class MD5Method: EAPMethod {
    let type = EAPType.md5
    let needsWorker = false
    private let context: EAPMethodContext
    private let challenge: [UInt8]
    private var identifier: UInt8 = 0

    init(_ context: EAPMethodContext) {
        self.context = context
        challenge = context.settings.random(16)
    }

    func start(identifier: UInt8) -> EAPMethodStep {
        self.identifier = identifier
        return .request([16] + challenge)
    }

    func handle(_ data: [UInt8], identifier: UInt8) -> EAPMethodStep {
        // A name may follow the value; nothing needs it.
        guard data.count >= 17, data[0] == 16 else { return .failure(.malformed("MD5 value")) }
        let proof = EAPProof.chap(identifier: self.identifier, response: Array(data[1..<17]), challenge: challenge)
        return .authenticate(EAPAuthentication(identity: context.identity, proof: proof))
    }

    func resume(_ verdict: EAPVerdict, identifier: UInt8) -> EAPMethodStep {
        verdict.isAccepted ? .success(nil) : .failure(.refused)
    }
}
