/// A RADIUS user token: a password that the login page gets for the user and hands to the NAS.
///
/// A user has one, for the organization of the latest login, and for a moment the one before.
public struct UserToken: Sendable, Hashable {
    /// 40 letters and digits.
    public var key: String
    public var organizationID: String
    /// False once a disposable token was used, and before the first login.
    public var canAuthenticate: Bool
    /// Whether the login that it was made for was one by password; nil for unknown.
    public var isPasswordBased: Bool?
    /// When a disposable token was used, seconds since 1970 UTC.
    public var spentAt: Int64?
    /// By which station through which NAS, as ``RequestContext`` names them; empty for none.
    public var spentBy: String
    /// The one before, if it was not used.
    public var earlier: Earlier?

    /// A token that another login of the user replaced before it was used.
    public struct Earlier: Sendable, Hashable {
        /// As ``UserToken/key``.
        public var key: String
        /// Seconds since 1970 UTC.
        public var replacedAt: Int64

        public init(key: String, replacedAt: Int64) {
            self.key = key
            self.replacedAt = replacedAt
        }
    }

    public init(key: String, organizationID: String, canAuthenticate: Bool, spentAt: Int64? = nil, spentBy: String = "") {
        self.key = key
        self.organizationID = organizationID
        self.canAuthenticate = canAuthenticate
        self.spentAt = spentAt
        self.spentBy = spentBy
    }
}

/// One login by a disposable token.
public struct UserTokenUse: Sendable, Hashable {
    public var key: String
    /// Station and NAS; empty when the request names no station.
    public var station: String
    /// Seconds since 1970 UTC.
    public var epoch: Int64

    public init(key: String, station: String, epoch: Int64) {
        self.key = key
        self.station = station
        self.epoch = epoch
    }
}

/// Keeps which tokens were used. Confined to one packet thread.
public protocol UserTokenStore: AnyObject {
    /// Marks tokens as used, durable on return.
    /// - Returns: for each use whether it was the first, or the same station's again within ``UserTokens/repetitionSeconds``.
    func spend(_ uses: [UserTokenUse]) throws(StoreError) -> [Bool]
}

/// What all sides know about tokens.
public enum UserTokens {
    /// How long a token that was not used stays good when another login of the user replaces it, so that two devices may log in at once;
    /// seconds.
    public static let overlapSeconds: Int64 = 30
    /// How long the station that used a token may use it again, since NAS devices repeat requests; seconds.
    public static let repetitionSeconds: Int64 = 30
}
