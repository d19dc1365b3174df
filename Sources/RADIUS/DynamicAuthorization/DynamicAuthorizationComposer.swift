public import RADIUSDictionary
public import RADIUSTransport
public import RADIUSWire
public import ServicePlans

/// What is to happen to a running session.
public enum SessionAction: Sendable, Hashable {
    /// Disconnect-Request (RFC 5176 §2.1).
    case disconnect
    /// CoA-Request (RFC 5176 §2.2) with these terms.
    case change(PlanTerms)
    /// CoA-Request with a vendor's command.
    case command(PortCommand)
    /// CoA-Request with Service-Type Authorize-Only (RFC 5176 §3.2): the NAS is to ask for authorization anew, with this State, 1 to 253
    /// octets. It answers with a NAK whose Error-Cause is ``RADIUSWire/ErrorCause/requestInitiated``.
    case authorizeOnly(state: [UInt8])
}

/// A request before a link numbers and signs it.
public struct DynamicAuthorizationRequest: Sendable, Equatable {
    public var code: PacketCode
    /// In the order of the packet, in clear.
    public var attributes: [Attribute]
    /// What the NAS cannot do of the terms.
    public var notes: [String] = []
    /// Whether a NAK with ``RADIUSWire/ErrorCause/requestInitiated`` is what the request asks for.
    public var isAuthorizeOnly = false

    /// As links take it.
    public func outgoing(_ dictionary: AttributeDictionary) -> OutgoingRequest {
        let attributes = attributes
        return OutgoingRequest(code: code) { vector, secret throws(WireError) in
            var encoder = AttributeEncoder(secret: secret, vector: vector, dictionary: dictionary)
            for attribute in attributes { try encoder.append(attribute) }
            return encoder.bytes
        }
    }
}

/// Why no request can be made.
public enum CompositionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Nothing is known by which this kind of NAS finds the session.
    case unidentifiable
    /// This kind of NAS takes no such request.
    case unsupported(String)

    public var description: String {
        switch self {
        case .unidentifiable: "nothing is known of the session by which the NAS could find it"
        case .unsupported(let reason): reason
        }
    }
}

/// Makes Disconnect- and CoA-Requests as each kind of NAS wants them.
public struct DynamicAuthorizationComposer: Sendable {
    private let dictionary: AttributeDictionary
    private let renderer: PlanRenderer

    /// - Parameter vlanTag: see ``ServicePlans/PlanRenderer``.
    public init(_ dictionary: AttributeDictionary, vlanTag: UInt8? = nil) {
        self.dictionary = dictionary
        renderer = PlanRenderer(dictionary, vlanTag: vlanTag)
    }

    /// Where a kind of NAS listens for requests unless told otherwise.
    public static func port(of nasType: String) -> UInt16 { NASDialect.of(nasType).port }

    /// - Parameters:
    ///   - nasType: as `nas.type` has it.
    ///   - additional: further attributes of a change.
    ///   - epoch: Event-Timestamp, seconds since 1970 UTC.
    public func compose(
        _ action: SessionAction, for identity: SessionIdentity, nasType: String, additional: [Attribute] = [], epoch: Int64
    ) throws(CompositionError) -> DynamicAuthorizationRequest {
        let dialect = NASDialect.of(nasType)
        let parts = dialect.identity.filter { $0.attribute(of: identity) != nil }
        guard parts.contains(where: \.namesSession) else { throw .unidentifiable }
        var request = DynamicAuthorizationRequest(code: action == .disconnect ? .disconnectRequest : .coaRequest, attributes: [])
        for part in parts {
            if let (name, value) = part.attribute(of: identity) { append(name, value, to: &request) }
        }
        append("Event-Timestamp", String(epoch), to: &request)
        switch action {
        case .disconnect: break
        case .change(let terms):
            let plan = renderer.attributes(terms, for: nasType, in: .changeOfAuthorization)
            guard !plan.attributes.isEmpty || !additional.isEmpty else {
                throw .unsupported(plan.notes.first ?? "there is nothing to change")
            }
            request.attributes += plan.attributes + additional
            request.notes += plan.notes
        case .command(let command):
            guard let (name, value) = dialect.commands[command] else {
                throw .unsupported("a NAS of type '\(nasType)' has no command \(command.rawValue)")
            }
            append(name, value, to: &request)
        case .authorizeOnly(let state):
            request.isAuthorizeOnly = true
            append("Service-Type", "Authorize-Only", to: &request)
            guard let definition = dictionary.attribute(named: "State") else {
                throw .unsupported("the dictionary has no attribute State")
            }
            request.attributes.append(Attribute(definition, value: .bytes(state)))
        }
        return request
    }

    private func append(_ name: String, _ value: String, to request: inout DynamicAuthorizationRequest) {
        guard let definition = dictionary.attribute(named: name), let attribute = try? Attribute.parse(value, for: definition) else {
            request.notes.append("\(name) cannot be sent: the dictionary has no such attribute, or the value does not fit it")
            return
        }
        request.attributes.append(attribute)
    }
}
