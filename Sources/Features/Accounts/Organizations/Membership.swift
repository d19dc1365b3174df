public import WebRouting

/// That a user belongs to an organization, and as what.
public struct Membership: Sendable, Equatable {
    /// UUID of the membership itself.
    public var id: String
    public var userID: String
    public var username: String
    public var organizationID: String
    public var slug: String
    /// The organization's name.
    public var name: String
    /// Whether the organization is active.
    public var isActive: Bool
    public var role: Principal.Role
}
