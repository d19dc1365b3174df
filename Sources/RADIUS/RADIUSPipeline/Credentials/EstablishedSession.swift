import RADIUSWire

/// A running session whose NAS asks what it may do now, because this server told it to (RFC 5176 §3.2). The State of the request proves it.
public struct EstablishedSession: Sendable, Equatable {
    /// Acct-Unique-Session-Id.
    public var uniqueID: String
    /// As accounting has it: without a realm that names an organization.
    public var userName: String
    public var organizationID: String?
    /// Nil when its accounting has none.
    public var callingStationID: String?

    public init(uniqueID: String, userName: String, organizationID: String?, callingStationID: String?) {
        self.uniqueID = uniqueID
        self.userName = userName
        self.organizationID = organizationID
        self.callingStationID = callingStationID
    }
}

extension RequestContext {
    private static let authorizeOnly: UInt32 = 17

    /// Whether the request wants authorization and offers no proof: Service-Type is Authorize-Only.
    public var asksForAuthorizationOnly: Bool {
        guard packet.code == .accessRequest, packet.integer(StandardAttribute.serviceType) == Self.authorizeOnly, !isEAP else {
            return false
        }
        return !packet.contains(StandardAttribute.userPassword) && !packet.contains(StandardAttribute.chapPassword)
            && !VendorSubattributes(packet, vendor: 311).contains { [1, 25, 27].contains($0.type) }
    }

    /// The session whose authorization is renewed; nil for logins.
    public var establishedSession: EstablishedSession? {
        if case .established(let session) = credential { session } else { nil }
    }

    /// Whether the request renews a running session's authorization.
    @inline(__always) var isEstablished: Bool {
        if case .established = credential { true } else { false }
    }

    /// Makes the request one about a running session: its user and organization count, whatever the request calls them.
    public mutating func adopt(_ session: EstablishedSession) {
        userName = session.userName
        if let organization = session.organizationID {
            organizationID = organization
            askedOrganizationID = organization
        }
        credential = .established(session)
        note("session \(session.uniqueID) of \(session.userName)")
    }
}

/// Accepts a running session whose user the policy still knows, without a password. Stands behind ``SelectAuthType``.
public struct AuthorizeEstablished: Stage {
    public let name = "Authorize-Only"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard context.isEstablished else { return .next }
        switch context.evaluation {
        case .matched: break
        case .mismatch: return .decided(.reject(.policyMismatch))
        case .notFound, .notEvaluated:
            // An account without rows is known, too.
            guard context.policy?.account != nil else { return .decided(.reject(.userUnknown)) }
        }
        context.isAuthenticated = true
        return .next
    }
}
