/// How a user came to an organization, and whether it is verified there who that is.
public struct RegisteredUser: Sendable, Equatable {
    public var userID: String
    public var organizationID: String
    /// Name of a ``RegistrationMethod``.
    public var method: String
    public var isVerified: Bool
    /// When the verification changed; microseconds since 1970 UTC.
    public var modified: Int64

    public init(userID: String, organizationID: String, method: String, isVerified: Bool, modified: Int64) {
        self.userID = userID
        self.organizationID = organizationID
        self.method = method
        self.isVerified = isVerified
        self.modified = modified
    }
}
