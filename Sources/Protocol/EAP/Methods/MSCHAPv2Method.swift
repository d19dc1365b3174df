internal import Digests

/// EAP-MSCHAPv2 (draft-kamath-pppext-eap-mschapv2): MS-CHAP version 2 (RFC 2759) in EAP.
///
/// A peer whose password has expired is told so and may send a new one once.
final class MSCHAPv2Method: EAPMethod {
    private enum OpCode {
        static let challenge: UInt8 = 1
        static let response: UInt8 = 2
        static let success: UInt8 = 3
        static let failure: UInt8 = 4
        static let changePassword: UInt8 = 7
    }

    private enum State {
        case challenged
        case authenticating
        case succeeded(EAPKeys)
        case refused
        /// The peer may answer with a new password.
        /// - challenge: that of the refusal, which the answer is to be computed with.
        case expired(challenge: [UInt8])
    }

    /// ERROR_PASSWD_EXPIRED (RFC 2759 §6).
    private static let passwordExpired = 648

    let type = EAPType.mschapv2
    let needsWorker = false
    private let context: EAPMethodContext
    private let challenge: [UInt8]
    private var state = State.challenged
    /// MS-CHAPv2-ID, which all packets of one exchange carry.
    private var exchange: UInt8 = 0
    /// The name of the peer's response, which its new password's response is computed with, too.
    private var userName: [UInt8] = []
    private var hasChanged = false

    init(_ context: EAPMethodContext) {
        self.context = context
        challenge = context.tunnelChallenges?.server ?? context.settings.random(16)
    }

    var pendingFailure: EAPFailure? {
        switch state {
        case .refused, .expired: .refused
        case .challenged, .authenticating, .succeeded: nil
        }
    }

    func start(identifier: UInt8) -> EAPMethodStep {
        exchange = identifier
        return packet(OpCode.challenge, [16] + challenge + context.settings.challengeName.utf8)
    }

    func handle(_ data: [UInt8], identifier: UInt8) -> EAPMethodStep {
        switch state {
        case .challenged: return response(data)
        case .authenticating: return .failure(.unexpected("MSCHAPv2 packet"))
        // Peers acknowledge with the operation code alone, with a whole header, or with nothing.
        case .succeeded(let keys):
            guard data.first ?? OpCode.success == OpCode.success else { return .failure(.proof("peer refused our authenticator response")) }
            return .success(keys)
        case .expired(let challenge) where data.first == OpCode.changePassword: return change(data, challenge)
        // Whether acknowledged or followed by a wish to change the password, it ends here.
        case .refused, .expired: return .failure(.refused)
        }
    }

    private func response(_ data: [UInt8]) -> EAPMethodStep {
        // Operation, identifier, length (2), value size, peer challenge (16), zeros (8), NT-Response (24), flags, name.
        guard data.count >= 54, data[4] == 49 else { return .failure(.malformed("MSCHAPv2 response")) }
        guard data[0] == OpCode.response else { return .failure(.unexpected("MSCHAPv2 operation \(data[0])")) }
        state = .authenticating
        userName = Array(data[54...])
        let proof = EAPProof.mschapv2(
            identifier: exchange, challenge: challenge, peerChallenge: context.tunnelChallenges?.peer ?? Array(data[5..<21]),
            ntResponse: Array(data[29..<53]), userName: userName)
        return .authenticate(EAPAuthentication(identity: context.identity, proof: proof))
    }

    /// Operation, identifier, length (2), encrypted password (516), encrypted hash (16), peer challenge (16), zeros (8), NT-Response (24),
    /// flags (2); the last five as RFC 2759 §7 has them.
    private func change(_ data: [UInt8], _ challenge: [UInt8]) -> EAPMethodStep {
        guard data.count == 586 else { return .failure(.malformed("MSCHAPv2 password change")) }
        state = .authenticating
        hasChanged = true
        exchange = data[1]
        let change = EAPPasswordChange(
            identifier: exchange, challenge: challenge, peerChallenge: Array(data[536..<552]), ntResponse: Array(data[560..<584]),
            encryptedHash: Array(data[520..<536]), encryptedPassword: Array(data[4..<520]), userName: userName)
        return .authenticate(EAPAuthentication(identity: context.identity, proof: .mschapv2Change(change)))
    }

    func resume(_ verdict: EAPVerdict, identifier: UInt8) -> EAPMethodStep {
        guard verdict.isAccepted else { return refuse(verdict) }
        // Accepted by a rule that knows no password: without it the peer will not believe us.
        guard let authenticatorResponse = verdict.authenticatorResponse else {
            return .failure(.proof("no authenticator response for MSCHAPv2"))
        }
        let keys = verdict.mppeReceiveKey + verdict.mppeSendKey
        state = .succeeded(EAPKeys(msk: keys + [UInt8](repeating: 0, count: max(0, 64 - keys.count))))
        return packet(OpCode.success, Array("\(authenticatorResponse) M=\(Self.text(verdict.message, or: "OK"))".utf8))
    }

    /// RFC 2759 §6. No retry: policy counts each wrong password, and a new conversation asks again.
    private func refuse(_ verdict: EAPVerdict) -> EAPMethodStep {
        guard context.settings.sendsMSCHAPError else { return .failure(.refused) }
        let challenge = context.settings.random(16)
        // Not in a tunnel with who knows whom: it could find the passwords by trying.
        let mayChange = verdict.mschapError == Self.passwordExpired && !hasChanged && context.tunnelChallenges == nil
        state = mayChange ? .expired(challenge: challenge) : .refused
        let message = Self.text(verdict.message, or: "Authentication failed")
        return packet(
            OpCode.failure, Array("E=\(verdict.mschapError) R=0 C=\(Hexadecimal.encodeUppercase(challenge)) V=3 M=\(message)".utf8))
    }

    private func packet(_ code: UInt8, _ value: [UInt8]) -> EAPMethodStep {
        let length = 4 + value.count
        return .request([code, exchange, UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)] + value)
    }

    /// One line short enough for any packet.
    private static func text(_ message: String, or other: String) -> String {
        message.isEmpty ? other : String(message.prefix(128).map { $0.isNewline ? " " : $0 })
    }
}
