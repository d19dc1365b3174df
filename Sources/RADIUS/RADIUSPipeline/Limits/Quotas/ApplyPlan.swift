import RADIUSDictionary
import RADIUSTransport
import RADIUSWire
import ServicePlans

/// Turns the session's terms into attributes of the NAS's kind. Stands behind ``Quotas``, whose remainders are among the terms.
///
/// What a reply row sets stays as the row says; Session-Timeout keeps the lowest of everybody's limits.
public struct ApplyPlan: Stage {
    public let name = "Plan attributes"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard var terms = context.planTerms, terms != PlanTerms() else { return .next }
        if let seconds = terms.sessionSeconds {
            terms.sessionSeconds = nil
            let isSetByRow = context.reply.contains {
                $0.attribute.definition == context.environment.known.sessionTimeout && $0.source != nil
            }
            if !isSetByRow { context.limitSession(to: seconds) }
        }
        let rendered = context.environment.planRenderer.attributes(terms, for: context.client.type, in: .accept)
        for note in rendered.notes { context.note(note) }
        let own = context.reply
        for attribute in rendered.attributes {
            if own.contains(where: { Self.isAboutSame($0.attribute, attribute) }) {
                context.note("a row sets \(attribute.definition.name)")
            } else {
                context.reply.append(PolicyAttribute(attribute: attribute, source: nil))
            }
        }
        return .next
    }

    /// Whether two attributes set the same thing; of those that hold `name=value` texts, such as Cisco-AVPair, the name decides.
    private static func isAboutSame(_ a: Attribute, _ b: Attribute) -> Bool {
        guard a.definition == b.definition else { return false }
        guard let first = name(a), let second = name(b) else { return true }
        return first == second
    }

    private static func name(_ attribute: Attribute) -> ArraySlice<UInt8>? {
        guard case .bytes(let octets) = attribute.value, let end = octets.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        return octets[..<end]
    }
}
