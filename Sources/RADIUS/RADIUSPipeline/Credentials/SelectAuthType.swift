import RADIUSDictionary
import RADIUSWire

/// Obeys Auth-Type: Reject and Accept decide without a password, a method must be the one the request offers.
///
/// Without the attribute the credential selects its method; several instances: the last counts.
public struct SelectAuthType: Stage {
    public let name = "Auth-Type"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard let definition = context.environment.known.authType, let value = context.control(definition) else { return .next }
        context.note("Auth-Type is \(Attribute(definition, value: value).printedValue)")
        // By name or number, since dictionaries give a number several names.
        func isNamed(_ name: String) -> Bool {
            if case .bytes(let text) = value { return String(decoding: text, as: UTF8.self).lowercased() == name }
            return definition.value(named: name).map { value == .unsigned($0) } ?? false
        }
        if isNamed("reject") { return .decided(.reject(.policyRejected)) }
        if isNamed("accept") {
            context.isAuthenticated = true
            return .next
        }
        if isNamed("local") || (context.isEAP && isNamed("eap")) { return .next }
        if isNamed("pap") { return require([.pap], context) }
        if isNamed("chap") { return require([.chap], context) }
        if ["ms-chap", "mschap", "mschapv2"].contains(where: isNamed) { return require([.mschapv1, .mschapv2], context) }
        return .decided(.reject(.authTypeUnsupported))
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
