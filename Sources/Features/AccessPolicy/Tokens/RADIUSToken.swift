public import Sessions

/// A user's RADIUS token as the API hands it out; see ``RADIUSPipeline/UserToken`` for what a login makes of it.
public struct RADIUSToken: Sendable, Equatable {
    /// 40 letters and digits.
    public var key: String
    public var userID: String
    public var organizationID: String
    /// Whether RADIUS takes it.
    public var canAuthenticate: Bool
    /// Whether the login that made it was by the local password; nil when that is not known.
    public var isPasswordBased: Bool?
    /// The organization that the token before was for, when it is another one.
    public var previousOrganizationID: String?
    /// The session there that ended by that; publish it after the commit.
    public var endedSession: SessionEnded?
}
