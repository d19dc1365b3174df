public import RADIUSPipeline

/// A login that FreeRADIUS asks about.
public struct LoginRequest: Sendable, Equatable {
    /// User name, e-mail address or phone number.
    public var username: String
    /// Own password or RADIUS token.
    public var password: String
    public var calledStationID: String
    public var callingStationID: String
    public var organizationID: String
    /// Address of the FreeRADIUS that asks.
    public var clientAddress: String
    /// Another organization's access point vouches for the device; no password is compared.
    public var isVouchedFor: Bool

    public init(
        username: String, password: String, calledStationID: String = "", callingStationID: String = "", organizationID: String,
        clientAddress: String, isVouchedFor: Bool = false
    ) {
        self.username = username
        self.password = password
        self.calledStationID = calledStationID
        self.callingStationID = callingStationID
        self.organizationID = organizationID
        self.clientAddress = clientAddress
        self.isVouchedFor = isVouchedFor
    }
}

/// What the pipeline says to a ``LoginRequest``.
public struct LoginDecision: Sendable, Equatable {
    /// One attribute of the reply.
    public struct Reply: Sendable, Equatable {
        public var name: String
        /// As printed; quotes are not part of it.
        public var value: String
        /// Of the row that it comes from; nil for what limits and plans grant.
        public var op: String?
        /// The value as a number, where it is one.
        public var number: Int64?

        public init(name: String, value: String, op: String? = nil, number: Int64? = nil) {
            self.name = name
            self.value = value
            self.op = op
            self.number = number
        }
    }

    /// Nil when accepted.
    public var reason: RejectReason?
    public var replies: [Reply]

    public init(reason: RejectReason? = nil, replies: [Reply]) {
        self.reason = reason
        self.replies = replies
    }
}

/// Decides logins by the RADIUS pipeline, the same that packets go through.
public protocol LoginDecider: Sendable {
    /// - Throws: ``LoginUndecided`` when there is no decision, as while the database is away.
    func decide(_ request: LoginRequest) async throws -> LoginDecision
}

/// There was no decision; FreeRADIUS should ask again, or another server.
public struct LoginUndecided: Error, Equatable {
    public init() {}
}
