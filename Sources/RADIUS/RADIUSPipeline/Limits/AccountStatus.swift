import RADIUSWire

/// Refuses disabled and expired accounts and those of other organizations, and ends sessions at the expiry.
///
/// An account without memberships is everyone's, so that an installation with one organization never has to think of it.
///
/// Stands behind the authentication, so that only who knows the password learns about the account.
public struct AccountStatus: Stage {
    public let name = "Account"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard let account = context.policy?.account else { return .next }
        guard account.isActive else { return .decided(.reject(.accountInactive)) }
        if let asked = context.askedOrganizationID, !account.organizationIDs.isEmpty, !account.organizationIDs.contains(asked) {
            return .decided(.reject(.organizationNotMember))
        }
        if context.organizationID == nil, account.organizationIDs.count == 1 { context.organizationID = account.organizationIDs[0] }
        guard let expiresAt = account.expiresAt else { return .next }
        return SessionEnd.limit(&context, at: Double(expiresAt))
    }
}

/// Refuses after the date of the control attribute Expiration and ends sessions at it.
public struct Expiration: Stage {
    public let name = "Expiration"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard case .unsigned(let date)? = context.control(context.environment.known.expiration) else { return .next }
        return SessionEnd.limit(&context, at: Double(date))
    }
}

/// A moment after which a user may not be online.
private enum SessionEnd {
    static func limit(_ context: inout RequestContext, at epoch: Double) -> StageResult {
        let seconds = epoch - context.receivedEpoch
        guard seconds >= 1 else {
            // Whatever the policy wanted to say at login would be wrong now.
            context.reply.removeAll()
            context.append(.text("Password Has Expired"), context.environment.known.replyMessage)
            context.note("expired \(Int(min(-seconds, 1e15))) s ago")
            return .decided(.reject(.accountExpired))
        }
        context.note("\(Int(min(seconds, 1e15))) s left")
        context.limitSession(to: UInt32(min(seconds, Double(UInt32.max))))
        return .next
    }
}
