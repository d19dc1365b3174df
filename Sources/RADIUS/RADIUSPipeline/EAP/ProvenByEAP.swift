import Digests
import EAP

/// Credentials that need no comparison here: those an EAP method has proved by itself, and the look-up of passwords that one asks for.
public struct ProvenByEAP: Stage {
    public let name = "EAP proof"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        switch context.credential {
        case .lookup:
            return .decided(.ok)
        case .proven(let by):
            switch context.evaluation {
            case .matched: break
            case .mismatch: return .decided(.reject(.policyMismatch))
            case .notFound, .notEvaluated:
                let mayBeUnknown = by == .certificate || by == .sim || context.eapExchange?.conversation.methodName == "TLS"
                // An account without rows is known, too.
                guard context.policy?.account != nil || (mayBeUnknown && context.settings.acceptsUnknownCertificates) else {
                    return .decided(.reject(.userUnknown))
                }
            }
            if let tag = context.eapExchange?.question?.resumptionTag, !tag.isEmpty, !constantTimeEqual(tag, context.passwordFingerprint) {
                return .decided(.reject(.passwordChanged))
            }
            if by == .resumption, !context.allowsResumption { return .decided(.reject(.resumptionDenied)) }
            // Of MS-CHAP's logins, which would have told the user why.
            if by == .resumption, let refusal = AccountControl.refusal(context) { return .decided(.reject(refusal)) }
            context.note("proved by \(by.rawValue)")
            context.isAuthenticated = true
            return .next
        default:
            return .next
        }
    }
}
