/// One authentication decision for radpostauth, without the password.
public struct AuthenticationLogEntry: Sendable, Hashable, Codable {
    /// User-Name as received; empty when absent.
    public var userName: String
    /// `Access-Accept`, `Access-Reject` or `Access-Challenge`.
    public var replyName: String
    /// ``RejectReason`` code; nil when accepted.
    public var reason: String?
    public var calledStationID: String?
    public var callingStationID: String?
    public var nasName: String
    public var nasAddress: String
    public var organizationID: String?
    /// `PAP`, `CHAP`, `MS-CHAPv1`, `MS-CHAPv2`, `EAP` or `MAC`; nil when it is not known.
    public var method: String?
    /// Class sent in the Accept, as ``AccountingRecord/classText`` prints it, so that the two tables join.
    public var classText: String?
    /// Microseconds since 1970 UTC.
    public var epochMicroseconds: Int64

    public init(userName: String, replyName: String, reason: String?, nasName: String, nasAddress: String, epochMicroseconds: Int64) {
        self.userName = userName
        self.replyName = replyName
        self.reason = reason
        self.nasName = nasName
        self.nasAddress = nasAddress
        self.epochMicroseconds = epochMicroseconds
    }

    /// True for an Access-Accept.
    public var accepted: Bool { replyName == "Access-Accept" }
}

/// Takes authentication decisions off the reply path.
public protocol AuthenticationLog: Sendable {
    /// Whether logins that end so are kept; spares making an entry that nobody wants.
    func keeps(accepted: Bool) -> Bool
    /// Queues the entry; never blocks and drops when its bounded queue is full.
    func append(_ entry: AuthenticationLogEntry)
}

extension AuthenticationLog {
    public func keeps(accepted: Bool) -> Bool { true }
}
