import EAP

/// An authentication method by the name that rules give it.
public enum RuleMethod: Sendable, Equatable {
    case method(AuthenticationMethod)
    /// MS-CHAP of either version.
    case mschap
    /// EAP with any method.
    case eap
    /// An EAP method, outer or inner, in lower case and without `eap-`.
    case eapMethod(String)

    /// EAP methods that rules may name.
    private static let eapMethods: Set<String> = [
        "md5", "gtc", "mschapv2", "tls", "ttls", "peap", "pwd", "teap", "fast", "sim", "aka", "aka'",
    ]

    /// Reads `pap`, `chap`, `mschap`, `mschapv1`, `mschapv2`, `mac`, `eap`, `eap-tls`, `peap` and the like, in any case.
    public init?(_ text: String) {
        let name = text.lowercased()
        switch name {
        case "pap": self = .method(.pap)
        case "chap": self = .method(.chap)
        case "mschap": self = .mschap
        case "mschapv1": self = .method(.mschapv1)
        case "mschapv2": self = .method(.mschapv2)
        case "mac": self = .method(.mac)
        case "eap": self = .eap
        case "peap", "teap": self = .eapMethod(name)
        default:
            guard name.hasPrefix("eap-"), Self.eapMethods.contains(String(name.dropFirst(4))) else { return nil }
            self = .eapMethod(String(name.dropFirst(4)))
        }
    }

    func isUsed(in context: RequestContext) -> Bool {
        switch self {
        case .method(.mac): context.stationAddress != nil
        case .method(let method): context.credential.method == method
        case .mschap: context.credential.method == .mschapv1 || context.credential.method == .mschapv2
        case .eap: context.isEAP
        case .eapMethod(let name):
            (context.eapExchange?.conversation.methodName ?? "").lowercased().split(separator: "/").contains { $0 == name }
        }
    }
}
