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

/// A login that renews its user's token.
public struct RADIUSTokenRenewal: Sendable {
    public var userID: String
    public var organizationID: String
    /// Whether RADIUS takes the token from now on.
    public var canAuthenticate: Bool
    /// Whether the login was by the local password.
    public var isPasswordBased: Bool?

    public init(userID: String, organizationID: String, canAuthenticate: Bool, isPasswordBased: Bool?) {
        self.userID = userID
        self.organizationID = organizationID
        self.canAuthenticate = canAuthenticate
        self.isPasswordBased = isPasswordBased
    }
}
