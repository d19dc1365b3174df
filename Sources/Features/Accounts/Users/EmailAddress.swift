/// An e-mail address of a user.
public struct EmailAddress: Sendable, Equatable {
    public var id: Int64
    public var userID: String
    public var email: String
    /// Whether the user proved that it is his.
    public var isVerified: Bool
    /// The one that is written to; at most one of a user.
    public var isPrimary: Bool
}
