import ServicePlans
import RADIUSWire

/// Takes the plan that the attribute Radian-Plan of a check or reply row names; its terms become the session's.
///
/// A plan that does not exist is reported, and refuses the user where rows are strict. Stands before ``Quotas``.
public struct ChoosePlan: Stage {
    public let name = "Plan"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard let definition = context.environment.known.plan else { return .next }
        let reply = context.reply.last { $0.attribute.definition == definition }
        guard let item = context.control.last(where: { $0.attribute.definition == definition }) ?? reply,
            case .bytes(let octets) = item.attribute.value
        else { return .next }
        let planName = String(decoding: octets, as: UTF8.self)
        guard let plan = context.settings.plan(planName, context.organizationID) else {
            context.note("there is no plan \(planName)")
            if let source = item.source { context.environment.reporter.report(source, "names a plan that does not exist") }
            return context.settings.strictPolicy ? .decided(.reject(.planUnknown)) : .next
        }
        context.note("plan \(plan.name)")
        context.plan = plan
        context.planTerms = plan.terms
        if let limit = plan.sessionLimit, let simultaneousUse = context.environment.known.simultaneousUse,
            context.control(simultaneousUse) == nil
        {
            context.control.append(
                PolicyAttribute(attribute: Attribute(simultaneousUse, value: .unsigned(UInt64(limit))), source: nil))
        }
        return .next
    }
}
