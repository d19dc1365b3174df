/// What the section `api` of the configuration says about sign-up and verification, for all organizations.
public struct RegistrationSettings: Sendable {
    /// Registration methods that people may choose for themselves; an empty name is one.
    public var settableMethods = ["", "email", "mobile_phone"]
    /// Digits of a code, 4…8.
    public var codeLength = 6
    /// Seconds for which a code is good.
    public var codeSeconds: Int64 = 1800
    /// Checks that a code survives.
    public var codeAttempts = 5
    /// Codes that one user, and one address, may ask for in a day.
    public var codesPerUser: Int64 = 5
    public var codesPerAddress: Int64 = 999
    /// Whether each login makes a new RADIUS user token.
    public var disposesUserTokens = true
    /// Seconds for which the login link in the mail about a new session is good; 0 sends no such mails.
    public var loginLinkSeconds: Int64 = 0
    /// Days without login after which a verification does not count any more; 0 for never.
    public var unverifyInactiveDays: Int64 = 0
    /// Days without login after which users are removed; 0 for never.
    public var deleteInactiveDays: Int64 = 0
    /// Days after which users who never verified themselves and were never online are removed; 0 for never.
    public var deleteUnverifiedDays: Int64 = 0
    /// Registration methods whose users are not removed for that.
    public var keptUnverifiedMethods: [String] = []
    /// Serve a captive portal for demonstrations, which opens and ends sessions.
    public var servesPortalMock = false

    public init() {}
}
