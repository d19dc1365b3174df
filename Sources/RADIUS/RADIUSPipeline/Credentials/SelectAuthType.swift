import RADIUSWire

/// Obeys Auth-Type: Reject and Accept decide without a password, a method must be the one the request offers.
///
/// Without the attribute the credential selects its method; several instances: the last counts.
public struct SelectAuthType: Stage {
    public let name = "Auth-Type"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard let definition = context.environment.known.authType, let value = context.control(definition) else { return .next }
        let name: String
        if case .bytes(let text) = value {
            name = String(decoding: text, as: UTF8.self)
        } else {
            name = Attribute(definition, value: value).printedValue
        }
        context.note("Auth-Type is \(name)")
        switch name.lowercased() {
        case "reject": return .decided(.reject(.policyRejected))
        case "accept":
            context.isAuthenticated = true
            return .next
        case "local": return .next
        case "pap": return require([.pap], context)
        case "chap": return require([.chap], context)
        case "ms-chap", "mschap", "mschapv2": return require([.mschapv1, .mschapv2], context)
        default: return .decided(.reject(.authTypeUnsupported))
        }
    }

    private func require(_ methods: Set<AuthenticationMethod>, _ context: RequestContext) -> StageResult {
        guard let offered = context.credential.method, methods.contains(offered) else { return .decided(.reject(.authTypeUnsupported)) }
        return .next
    }
}

/// Refuses what no method could authenticate; stands behind the methods.
public struct RequireAuthentication: Stage {
    public let name = "Authentication"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        context.isAuthenticated ? .next : .decided(.reject(.credentialsMissing))
    }
}
