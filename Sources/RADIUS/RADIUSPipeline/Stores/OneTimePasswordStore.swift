/// What a user's one-time passwords are made of (RFC 6238).
public struct OneTimePasswordSecret: Sendable, Equatable {
    public enum Algorithm: String, Sendable, CaseIterable, Codable {
        case sha1, sha256, sha512
    }

    /// How the user hands a code over.
    public enum Mode: String, Sendable, CaseIterable, Codable {
        /// Behind the password, in the same field.
        case append
        /// After the password, asked for by an Access-Challenge; inside of EAP, as ``append``.
        case challenge
    }

    public var userName: String
    /// Owner; nil is valid in every organization.
    public var organizationID: String?
    public var secret: [UInt8]
    /// 6 to 8.
    public var digits: Int
    public var periodSeconds: Int
    public var algorithm: Algorithm
    public var mode: Mode

    public init(
        userName: String, organizationID: String? = nil, secret: [UInt8], digits: Int = 6, periodSeconds: Int = 30,
        algorithm: Algorithm = .sha1, mode: Mode = .append
    ) {
        self.userName = userName
        self.organizationID = organizationID
        self.secret = secret
        self.digits = digits
        self.periodSeconds = periodSeconds
        self.algorithm = algorithm
        self.mode = mode
    }
}

/// Reads secrets and keeps which codes were used. Confined to one packet thread.
public protocol OneTimePasswordStore: AnyObject {
    /// The secrets of all these users; users without one are left out.
    func secrets(of userNames: [String]) throws(StoreError) -> [OneTimePasswordSecret]

    /// Marks a code as used.
    /// - Parameter counter: of the code's period; only one that is later than the last used one is new.
    /// - Returns: false when this code, or a later one, was used before.
    func use(userName: String, organizationID: String?, counter: Int64) throws(StoreError) -> Bool
}

/// What became of the one-time password of a request, until the password itself is verified.
public enum OneTimePasswordCheck: Sendable, Equatable {
    /// The code fits; it counts once ``OneTimePasswordStore/use(userName:organizationID:counter:)`` agrees.
    case matched(counter: Int64, organizationID: String?)
    case wrong
    /// No code was given. `isAsked`: the user may be asked for it.
    case missing(isAsked: Bool)
}
