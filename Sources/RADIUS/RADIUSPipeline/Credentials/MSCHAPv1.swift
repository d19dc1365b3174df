import Digests
import RADIUSWire

/// Verifies MS-CHAP-Response (RFC 2433, RFC 2548 §2.1) and sends the keys of MPPE.
public struct MSCHAPv1: Stage {
    public let name = "MS-CHAPv1"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard case .mschapv1(let response) = context.credential else { return .next }
        // Auth-Type Accept waives the password; there are no keys then.
        guard !context.isAuthenticated else { return .next }
        guard !context.passwords.isEmpty else { return .decided(.reject(context.reasonWithoutPassword)) }
        var isSuitable = false
        for known in context.passwords {
            guard let hash = response.usesNTResponse ? known.stored.ntHash : known.stored.lmHash else { continue }
            isSuitable = true
            let expected = MSCHAP.challengeResponse(challenge: response.challenge, hash: hash)
            guard constantTimeEqual(expected, response.usesNTResponse ? response.ntResponse : response.lmResponse) else { continue }
            if let refusal = AccountControl.refusal(context) ?? PasswordAge.refusal(context, of: known) {
                return .decided(.reject(refusal))
            }
            context.isAuthenticated = true
            context.provenBy = known
            context.note("\(known.stored.kind) of \(known.row.table.rawValue) \(known.row.id) matches")
            if let ntHash = known.stored.ntHash, context.settings.sendsMPPEKeys {
                let microsoft = context.environment.known.microsoft
                context.append(.bytes(MSCHAP.mschapV1Keys(lmHash: known.stored.lmHash, ntHash: ntHash)), microsoft.mppeKeys)
                context.appendMPPEPolicy()
            }
            return .next
        }
        return .decided(.reject(isSuitable ? .passwordMismatch : .passwordUnsuitable))
    }
}

extension RequestContext {
    /// What MPPE the NAS may agree on (RFC 2548 §2.4.4, §2.4.5).
    mutating func appendMPPEPolicy() {
        append(.unsigned(UInt64(settings.mppeEncryptionPolicy)), environment.known.microsoft.mppeEncryptionPolicy)
        append(.unsigned(UInt64(settings.mppeEncryptionTypes)), environment.known.microsoft.mppeEncryptionTypes)
    }
}

/// Samba's account bits in the control attribute `SMB-Account-CTRL`, which MS-CHAP can report to the user.
enum AccountControl {
    private static let disabled: UInt64 = 0x1
    private static let autoLocked: UInt64 = 0x400
    private static let passwordExpired: UInt64 = 0x20000

    /// - Returns: nil when the account may log in.
    static func refusal(_ context: RequestContext) -> RejectReason? {
        guard let bits = bits(context) else { return nil }
        if bits & (disabled | autoLocked) != 0 { return .accountInactive }
        return bits & passwordExpired != 0 ? .passwordExpired : nil
    }

    /// The row that says the password has expired, with what it shall say once the password is another one.
    /// - Returns: nil when none is the user's own: another's row cannot be written.
    static func renewal(_ context: RequestContext) -> ChangedRow? {
        guard let bits = bits(context),
            let source = context.control.last(where: { $0.attribute.definition == context.environment.known.smbAccountControl })?.source,
            source.table == .radcheck, let row = context.policy?.checks.first(where: { $0.id == source.id })
        else { return nil }
        return ChangedRow(row: row, value: "\(bits & ~passwordExpired)")
    }

    private static func bits(_ context: RequestContext) -> UInt64? {
        guard case .unsigned(let bits)? = context.control(context.environment.known.smbAccountControl) else { return nil }
        return bits
    }
}
