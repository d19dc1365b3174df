import Digests
import RADIUSWire

/// Verifies MS-CHAP2-Response (RFC 2759, RFC 2548 §2.3), answers with the authenticator response and sends the keys of MPPE.
///
/// A password change is verified here and stored by ``ChangePassword``.
public struct MSCHAPv2: Stage {
    public let name = "MS-CHAPv2"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard !context.isAuthenticated else { return .next }
        switch context.credential {
        case .mschapv2(let response): return verify(response, &context)
        case .mschapv2Change(let change): return verify(change, &context)
        default: return .next
        }
    }

    private func verify(_ response: MSCHAPv2Response, _ context: inout RequestContext) -> StageResult {
        guard !context.passwords.isEmpty else { return .decided(.reject(context.reasonWithoutPassword)) }
        var isSuitable = false
        for known in context.passwords {
            guard let secret = known.ntSecret else { continue }
            isSuitable = true
            guard let challengeHash = Self.challengeHash(matching: response, ntHash: secret.hash, context) else { continue }
            if let refusal = AccountControl.refusal(context) ?? PasswordAge.refusal(context, of: known) {
                return .decided(.reject(refusal))
            }
            context.note("\(known.stored.kind) of \(known.row.table.rawValue) \(known.row.id) matches")
            Self.succeed(response, secret, challengeHash: challengeHash, &context)
            context.provenBy = known
            return .next
        }
        return .decided(.reject(isSuitable ? .passwordMismatch : .passwordUnsuitable))
    }

    private func verify(_ change: MSCHAPv2Change, _ context: inout RequestContext) -> StageResult {
        guard !context.passwords.isEmpty else { return .decided(.reject(context.reasonWithoutPassword)) }
        var isSuitable = false
        for known in context.passwords where known.row.table != .userToken {
            guard let oldHash = known.stored.ntHash else { continue }
            isSuitable = true
            guard let password = MSCHAP.newPassword(encrypted: change.encryptedPassword, oldNTHash: oldHash) else { continue }
            let newHash = NTHash.hash(password: password)
            guard MSCHAP.verifyOldHash(encryptedHash: change.encryptedHash, newNTHash: newHash, oldNTHash: oldHash),
                let challengeHash = Self.challengeHash(matching: change.response, ntHash: newHash, context)
            else { continue }
            context.note("old password matches, new one decrypted")
            if let refusal = Self.prepare(password, oldHash: oldHash, newHash: newHash, known, &context) {
                return .decided(.reject(refusal))
            }
            Self.succeed(change.response, NTSecret(newHash), challengeHash: challengeHash, &context)
            return .next
        }
        return .decided(.reject(isSuitable ? .passwordMismatch : .passwordUnsuitable))
    }

    /// Gets a verified change ready to be stored.
    /// - Returns: why it is refused; nil when it is not.
    private static func prepare(
        _ password: String, oldHash: [UInt8], newHash: [UInt8], _ known: KnownPassword, _ context: inout RequestContext
    ) -> RejectReason? {
        if let weakness = PasswordChange.weakness(of: password, oldHash: oldHash, newHash: newHash, context.settings) {
            context.note(weakness)
            return .passwordUnfit
        }
        guard var change = PasswordChange(to: password, ntHash: newHash, of: known) else {
            context.note("\(known.stored.kind) of \(known.row.table.rawValue) cannot be changed over MS-CHAP")
            return .passwordChangeFailed
        }
        switch AccountControl.refusal(context) {
        case nil: break
        case .passwordExpired?:
            guard let renewal = AccountControl.renewal(context) else {
                context.note("a group's row says that the password has expired; no change ends that")
                return .passwordChangeFailed
            }
            change.rows.append(renewal)
        case let refusal?: return refusal
        }
        context.passwordChange = change
        return nil
    }

    /// Both challenges joined with the user name as the peer spelt it: usually without the NT domain in front, sometimes whole, sometimes
    /// without the realm.
    /// - Returns: nil when the response is of another password.
    private static func challengeHash(matching response: MSCHAPv2Response, ntHash: [UInt8], _ context: RequestContext) -> [UInt8]? {
        func proven(_ userName: [UInt8]) -> [UInt8]? {
            let challengeHash = MSCHAP.challengeHash(
                peerChallenge: response.peerChallenge, authenticatorChallenge: response.challenge, userName: userName)
            let expected = MSCHAP.challengeResponse(challenge: challengeHash, hash: ntHash)
            return constantTimeEqual(expected, response.ntResponse) ? challengeHash : nil
        }
        let typed = response.userName ?? context.packet.value(StandardAttribute.userName).map { Array($0) } ?? []
        if let backslash = typed.lastIndex(of: UInt8(ascii: "\\")), let found = proven(Array(typed[(backslash + 1)...])) { return found }
        if let found = proven(typed) { return found }
        return typed.lastIndex(of: UInt8(ascii: "@")).flatMap { proven(Array(typed[..<$0])) }
    }

    private static func succeed(
        _ response: MSCHAPv2Response, _ secret: NTSecret, challengeHash: [UInt8], _ context: inout RequestContext
    ) {
        context.isAuthenticated = true
        let known = context.environment.known
        let proof = MSCHAP.authenticatorResponse(
            hashOfHash: secret.hashOfHash, ntResponse: response.ntResponse, challengeHash: challengeHash)
        context.append(.bytes([response.identifier] + proof.utf8), known.microsoft.chap2Success)
        // EAP's own keys are made of them.
        guard context.settings.sendsMPPEKeys || context.isEAP else { return }
        let keys = MSCHAP.mppeKeys(hashOfHash: secret.hashOfHash, ntResponse: response.ntResponse)
        context.append(.bytes(keys.serverReceive), known.microsoft.mppeReceiveKey)
        context.append(.bytes(keys.serverSend), known.microsoft.mppeSendKey)
        context.appendMPPEPolicy()
    }
}
