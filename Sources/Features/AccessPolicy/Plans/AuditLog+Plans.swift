import Accounts
import Database
import RADIUSPipeline
import ServicePlans
import WebRouting

/// Changes of plans and quotas, written down alike wherever they are made.
extension AuditLog {
    /// Writes down what was done to a plan.
    func plan(_ action: AuditAction, before: PlanRow?, after: PlanRow?) throws(DatabaseError) {
        guard let known = after ?? before else { return }
        try record(
            action, AuditObject(.plan, id: "", label: known.name, organizationIDs: known.organizationID.map { [$0] } ?? []),
            before: before?.auditValues, after: after?.auditValues)
    }

    /// Writes down what was done to a quota; one of a user is in the user's history.
    func quota(
        _ action: AuditAction, before: QuotaRow?, after: QuotaRow?, over connection: any DatabaseConnection
    ) throws(DatabaseError) {
        guard let known = after ?? before else { return }
        let user = try known.scope == .user ? UserStore(connection).user(named: known.subject) : nil
        try record(
            action,
            AuditObject(
                .quota, id: String(known.id), label: "quota \(known.id) of \(known.owner)", userID: user?.id,
                organizationIDs: known.quota.organizationID.map { [$0] } ?? []), before: before?.auditValues, after: after?.auditValues)
    }
}

extension PlanRow {
    fileprivate var auditValues: JSONValue {
        let members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("description", .string(description)), .init("organization", .optional(organizationID)),
            .init("sessions", .optional(sessionLimit.map { Int64($0) })),
        ]
        return .object(members + terms.auditMembers)
    }
}

extension QuotaRow {
    /// Whom it is for.
    fileprivate var owner: String { "\(scope.rawValue) \(subject)" }

    fileprivate var auditValues: JSONValue {
        let members: [JSONValue.Member] = [
            .init("for", .string(owner)), .init("measure", .string(quota.measure.rawValue)),
            .init("period", .string(quota.period.description)), .init("limit", .integer(quota.limit)),
            .init("organization", .optional(quota.organizationID)), .init("action", .string(quota.exhaustion.action)),
        ]
        switch quota.exhaustion {
        case .throttle(let terms): return .object(members + terms.auditMembers)
        case .plan(let name): return .object(members + [.init("plan", .string(name))])
        case .disconnect, .refuse: return .object(members)
        }
    }
}

extension PlanTerms {
    /// The terms that there are.
    fileprivate var auditMembers: [JSONValue.Member] {
        let numbers: [(name: String, value: UInt64?)] = [
            ("down_rate", downRate), ("up_rate", upRate), ("down_burst", downBurst), ("up_burst", upBurst), ("down_volume", downVolume),
            ("up_volume", upVolume), ("total_volume", totalVolume), ("session_seconds", sessionSeconds.map { UInt64($0) }),
            ("idle_seconds", idleSeconds.map { UInt64($0) }), ("interim_seconds", interimSeconds.map { UInt64($0) }),
            ("priority", priority.map { UInt64($0) }),
        ]
        let vlanText: String? =
            switch vlan {
            case .id(let number): String(number)
            case .name(let name): name
            case nil: nil
            }
        let texts: [(name: String, value: String?)] = [
            ("vlan", vlanText), ("role", role), ("acl", acl), ("redirect_url", redirectURL), ("redirect_acl", redirectACL),
        ]
        var members: [JSONValue.Member] = []
        for (name, value) in numbers { if let value { members.append(.init(name, .integer(Int64(clamping: value)))) } }
        for (name, value) in texts { if let value { members.append(.init(name, .string(value))) } }
        return members
    }
}
