import RADIUSDictionary
import RADIUSWire

/// Obeys Auth-Type: Reject and Accept decide without a password, a method must be the one the request offers.
///
/// Without the attribute the credential selects its method; several instances: the last counts.
public struct SelectAuthType: Stage {
    public let name = "Auth-Type"

    private let served: Set<String>

    /// - Parameter served: names of Auth-Type, in lower case, that a later stage serves.
    public init(served: Set<String> = []) {
        self.served = served
    }

    public func run(_ context: inout RequestContext) -> StageResult {
        guard let type = context.authType else { return .next }
        context.note("Auth-Type is \(type.text)")
        if type.isNamed("reject") { return .decided(.reject(.policyRejected)) }
        if type.isNamed("accept") {
            context.isAuthenticated = true
            return .next
        }
        // Nothing is proved anew.
        if context.isEstablished { return .next }
        if type.isNamed("local") || served.contains(where: type.isNamed) || (context.isEAP && type.isNamed("eap")) { return .next }
        if type.isNamed("pap") { return require([.pap], context) }
        if type.isNamed("chap") { return require([.chap], context) }
        if ["ms-chap", "mschap", "mschapv2"].contains(where: type.isNamed) { return require([.mschapv1, .mschapv2], context) }
        return .decided(.reject(.authTypeUnsupported))
    }

    private func require(_ methods: Set<AuthenticationMethod>, _ context: RequestContext) -> StageResult {
        guard let offered = context.credential.method, methods.contains(offered) else { return .decided(.reject(.authTypeUnsupported)) }
        return .next
    }
}

/// The value of the control attribute Auth-Type.
public struct AuthType: Sendable {
    private let definition: AttributeDefinition
    private let value: AttributeValue

    fileprivate init(_ definition: AttributeDefinition, _ value: AttributeValue) {
        self.definition = definition
        self.value = value
    }

    /// As the row or the dictionary spells it.
    public var text: String { Attribute(definition, value: value).printedValue }

    /// By name or number, since dictionaries give a number several names.
    /// - Parameter name: in lower case.
    public func isNamed(_ name: String) -> Bool {
        if case .bytes(let text) = value { return String(decoding: text, as: UTF8.self).lowercased() == name }
        return definition.value(named: name).map { value == .unsigned($0) } ?? false
    }
}

extension RequestContext {
    /// What policy says about the method; nil leaves it to the credential.
    public var authType: AuthType? {
        guard let definition = environment.known.authType, let value = control(definition) else { return nil }
        return AuthType(definition, value)
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
