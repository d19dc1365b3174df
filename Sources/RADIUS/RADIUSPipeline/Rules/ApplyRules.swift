import RADIUSWire

/// Walks the rules from the first to the last; the first that matches ends the walk unless it says to continue.
///
/// Stands in the order twice: early rules before the user is looked up, all others once policy was evaluated.
public struct ApplyRules: Stage {
    /// Where in the order a stage stands.
    public enum Point: Sendable {
        case beforeLookup, afterPolicy
    }

    public var name: String { point == .beforeLookup ? "Early rules" : "Rules" }
    private let directory: any RuleDirectory
    private let point: Point

    public init(_ directory: any RuleDirectory, at point: Point) {
        self.directory = directory
        self.point = point
    }

    public func run(_ context: inout RequestContext) -> StageResult {
        let table = directory.rules
        for rule in point == .beforeLookup ? table.early : table.others {
            guard rule.organizationID == nil || rule.organizationID == context.organizationID else { continue }
            do {
                guard try rule.conditions.allHold(&context) else { continue }
                context.note("rule \(rule.name) (\(rule.location)) applies")
                try rule.actions.apply(to: &context)
            } catch {
                context.note("rule \(rule.name) (\(rule.location)) cannot be applied: \(error.text)")
                // A rule may be what keeps somebody out.
                return .decided(.reject(.policyMisconfigured))
            }
            switch rule.actions.verdict {
            case .reject(let message):
                context.reply.removeAll()
                if !message.isEmpty { context.append(.text(message), context.environment.known.replyMessage) }
                return .decided(.reject(.ruleRejected))
            case .acceptWithoutPassword:
                context.isAuthenticated = true
            case nil: break
            }
            if !rule.actions.continues { return .next }
        }
        return .next
    }
}
