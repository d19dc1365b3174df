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
            guard let ntHash = known.stored.ntHash else { continue }
            isSuitable = true
            guard let userName = Self.userName(matching: response, ntHash: ntHash, context) else { continue }
            if let refusal = AccountControl.refusal(context) ?? PasswordAge.refusal(context, of: known) {
                return .decided(.reject(refusal))
            }
            context.note("\(known.stored.kind) of \(known.row.table.rawValue) \(known.row.id) matches")
            Self.succeed(response, ntHash: ntHash, userName: userName, &context)
            context.provenBy = known.row
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
                let userName = Self.userName(matching: change.response, ntHash: newHash, context)
            else { continue }
            context.note("old password matches, new one decrypted")
            if let refusal = Self.prepare(password, oldHash: oldHash, newHash: newHash, known, &context) {
                return .decided(.reject(refusal))
            }
            Self.succeed(change.response, ntHash: newHash, userName: userName, &context)
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

    /// The spelling of the user name the peer computed its response with: usually without the NT domain in front, sometimes whole, sometimes
    /// without the realm.
    private static func userName(matching response: MSCHAPv2Response, ntHash: [UInt8], _ context: RequestContext) -> [UInt8]? {
        let typed = response.userName ?? context.packet.value(StandardAttribute.userName).map { Array($0) } ?? []
        var candidates = [typed]
        if let backslash = typed.lastIndex(of: UInt8(ascii: "\\")) { candidates.insert(Array(typed[(backslash + 1)...]), at: 0) }
        if let at = typed.lastIndex(of: UInt8(ascii: "@")) { candidates.append(Array(typed[..<at])) }
        return candidates.first { name in
            let expected = MSCHAP.ntResponse(
                authenticatorChallenge: response.challenge, peerChallenge: response.peerChallenge, userName: name, ntHash: ntHash)
            return constantTimeEqual(expected, response.ntResponse)
        }
    }

    private static func succeed(_ response: MSCHAPv2Response, ntHash: [UInt8], userName: [UInt8], _ context: inout RequestContext) {
        context.isAuthenticated = true
        let microsoft = context.environment.known.microsoft
        let challengeHash = MSCHAP.challengeHash(
            peerChallenge: response.peerChallenge, authenticatorChallenge: response.challenge, userName: userName)
        let proof = MSCHAP.authenticatorResponse(ntHash: ntHash, ntResponse: response.ntResponse, challengeHash: challengeHash)
        context.append(.bytes([response.identifier] + Array(proof.utf8)), microsoft.chap2Success)
        // EAP's own keys are made of them.
        guard context.settings.sendsMPPEKeys || context.isEAP else { return }
        let keys = MSCHAP.mppeKeys(ntHash: ntHash, ntResponse: response.ntResponse)
        context.append(.bytes(keys.serverReceive), microsoft.mppeReceiveKey)
        context.append(.bytes(keys.serverSend), microsoft.mppeSendKey)
        context.appendMPPEPolicy()
    }
}
