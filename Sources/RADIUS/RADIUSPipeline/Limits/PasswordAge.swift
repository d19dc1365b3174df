import EAP

/// Days for which passwords of accounts are good; 0 for ever.
public struct PasswordLifetime: Sendable, Equatable {
    public var days: Int64
    /// Of staff; 0 for what holds for everybody.
    public var staffDays: Int64

    public init(days: Int64 = 0, staffDays: Int64 = 0) {
        self.days = days
        self.staffDays = staffDays
    }
}

/// Refuses logins by a password that is too old, or by a token that such a password got; certificates and SIMs have no age here.
///
/// Stands behind the authentication, so that only who knows the password learns about it. MS-CHAP is refused where it is verified, since
/// it tells the user, who may then send a new one.
public struct PasswordAge: Stage {
    public let name = "Password age"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        // A lifetime of nothing is none.
        let lifetime = context.environment.settings.passwordLifetime
        guard lifetime.days > 0 || lifetime.staffDays > 0 else { return .next }
        guard context.passwordChange == nil, Self.restsOnPassword(context) else { return .next }
        return Self.refusal(context).map { .decided(.reject($0)) } ?? .next
    }

    /// Of a password that has just matched.
    static func refusal(_ context: RequestContext, of known: KnownPassword) -> RejectReason? {
        known.row.table == .radcheck ? refusal(context) : nil
    }

    /// - Returns: nil while the account's password is good.
    private static func refusal(_ context: RequestContext) -> RejectReason? {
        guard let account = context.policy?.account, let updated = account.passwordUpdatedDay else { return nil }
        let lifetime = context.settings.passwordLifetime
        let days = account.isStaff && lifetime.staffDays > 0 ? lifetime.staffDays : lifetime.days
        return days > 0 && updated + days < context.receivedSecond / 86_400 ? .passwordExpired : nil
    }

    private static func restsOnPassword(_ context: RequestContext) -> Bool {
        switch context.provenBy?.row.table {
        case .userToken: return context.policy?.token?.isPasswordBased ?? true
        case .radcheck: return context.stationAddress == nil
        case .some: return false
        case nil: break
        }
        guard case .proven(let by) = context.credential else { return false }
        return by == .password
    }
}
