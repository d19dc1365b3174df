import HTTPTypes
import RADIUSPipeline
import WebRouting

/// A decision in the words of rlm_rest: 200 or 401, and attributes with the list `control` for the verdict.
///
/// A user that is not let in for its own sake gets an empty answer, so that FreeRADIUS may ask elsewhere; one that a limit stops gets a
/// reject. Counters answer 200 on purpose: some NAS devices read other codes as a wrong password.
struct AuthorizeAnswer {
    /// Whether refusals are told, instead of left open by an empty answer.
    let tellsRejects: Bool

    func response(to decision: LoginDecision) -> WebResponse {
        guard let reason = decision.reason else { return .json(.object([verdict("Accept")] + members(decision.replies))) }
        switch reason {
        case .sessionLimit: return .json(refusal(decision), .unauthorized)
        case _ where reason.isUsedUpLimit: return .json(refusal(decision))
        default: return tellsRejects ? .json(.object([verdict("Reject")]), .unauthorized) : .empty()
        }
    }

    private func refusal(_ decision: LoginDecision) -> JSONValue {
        // A group that has a message of its own keeps it; the limit's comes last.
        var replies = decision.replies
        if let own = replies.firstIndex(where: { $0.name == Self.message && $0.op != nil }) {
            let kept = replies[own]
            replies.removeAll { $0.name == Self.message }
            replies.append(kept)
        }
        return .object(members(replies) + [verdict("Reject")])
    }

    private static let message = "Reply-Message"

    private func verdict(_ text: String) -> JSONValue.Member { .init("control:Auth-Type", .string(text)) }

    /// What rows say comes with their operator, and several values of one attribute together; what limits leave is a bare number.
    private func members(_ replies: [LoginDecision.Reply]) -> [JSONValue.Member] {
        var order: [String] = []
        var byName: [String: [LoginDecision.Reply]] = [:]
        for reply in replies {
            if byName[reply.name] == nil { order.append(reply.name) }
            byName[reply.name, default: []].append(reply)
        }
        return order.map { name in
            let all = byName[name] ?? []
            if all.count == 1, let only = all.first {
                if only.op == nil, let number = only.number { return .init(name, .integer(number)) }
                if only.op == nil, name == Self.message { return .init(name, .string(only.value)) }
            }
            let values = all.map { JSONValue.string($0.value) }
            let op = all.first?.op ?? "="
            return .init(name, ["op": .string(all.count > 1 ? "+=" : op), "value": all.count > 1 ? .array(values) : values[0]])
        }
    }
}

extension RejectReason {
    /// Whether a counter or quota is used up.
    var isUsedUpLimit: Bool { rawValue.hasPrefix("quota.") }
}
