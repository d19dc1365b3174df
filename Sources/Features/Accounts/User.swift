public import Foundation

/// An account. Credentials and groups live in FreeRADIUS's tables under the same name.
public struct User: Sendable, Equatable, Codable {
    /// UUID, lower-case text.
    public var id: String
    /// Unique over all organizations, 1…253 octets (the longest User-Name that one attribute holds).
    public var username: String
    /// Unique without regard to case; nil when unknown.
    public var email: String?
    public var firstName: String
    public var lastName: String
    /// An inactive account is refused.
    public var isActive: Bool
    /// Seconds since 1970 UTC after which the account is refused; nil for never.
    public var expiresAt: Int64?
    /// Slugs of the organizations it is a member of, sorted.
    public var organizations: [String]

    public init(
        id: String = UUID().uuidString.lowercased(), username: String, email: String? = nil, firstName: String = "", lastName: String = "",
        isActive: Bool = true, expiresAt: Int64? = nil, organizations: [String] = []
    ) {
        self.id = id
        self.username = username
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.isActive = isActive
        self.expiresAt = expiresAt
        self.organizations = organizations
    }
}
