/// How a user is registered in one organization.
public struct IdentityRegistration: Sendable, Hashable {
    public var organizationID: String
    /// `mobile_phone`, `email`, `manual`; empty for a plain registration.
    public var method: String
    public var isVerified: Bool

    public init(organizationID: String, method: String, isVerified: Bool) {
        self.organizationID = organizationID
        self.method = method
        self.isVerified = isVerified
    }
}

/// What an organization asks of its users.
public struct OrganizationRules: Sendable, Equatable {
    /// Inactive organizations let nobody in.
    public var isActive: Bool
    /// Whether users must be verified in the organization.
    public var needsIdentityVerification: Bool

    public init(isActive: Bool = true, needsIdentityVerification: Bool = false) {
        self.isActive = isActive
        self.needsIdentityVerification = needsIdentityVerification
    }
}

/// Refuses users of inactive organizations, and users that their organization has not verified.
///
/// What another organization knows of a user neither helps nor hurts. Users without account are the tables' own affair.
public struct VerifiedIdentity: Stage {
    public let name = "Identity"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard let account = context.policy?.account, let organizationID = context.organizationID,
            let rules = context.settings.organizationRules(organizationID)
        else { return .next }
        guard rules.isActive else { return .decided(.reject(.organizationInactive)) }
        guard rules.needsIdentityVerification else { return .next }
        guard let registration = account.registrations.first(where: { $0.organizationID == organizationID }) else {
            context.note("the organization has no registration of the user")
            return .decided(.reject(.identityUnverified))
        }
        if registration.isVerified || context.settings.methodsAuthorizedUnverified.contains(registration.method) { return .next }
        context.note("registered by '\(registration.method)', not verified")
        return .decided(.reject(.identityUnverified))
    }
}
