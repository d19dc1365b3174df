/// How one request was decided: for the live trace, the console and replay (radius-server audit record).
///
/// Secrets never enter it: reply attributes are printed with hidden values masked, and stages write no credential into notes.
public struct DecisionRecord: Sendable, Hashable, Codable {
    /// One stage's part in the decision.
    public struct StageEntry: Sendable, Hashable, Codable {
        public var name: String
        public var elapsedNanoseconds: UInt64
        public var notes: [String]
        /// What the stage came to: `noop` and `next` went on, without and with notes; the others ended it, such as `ok` or `reject`.
        public var outcome: String

        public init(name: String, elapsedNanoseconds: UInt64, notes: [String], outcome: String = "") {
            self.name = name
            self.elapsedNanoseconds = elapsedNanoseconds
            self.notes = notes
            self.outcome = outcome
        }
    }

    /// Unique within the process.
    public var requestID: UInt64
    /// Receipt, microseconds since 1970 UTC.
    public var epochMicroseconds: Int64
    /// `Access-Request` or `Accounting-Request`.
    public var requestName: String
    public var nasName: String
    public var nasAddress: String
    /// User-Name as received.
    public var userName: String?
    /// Calling-Station-Id as received.
    public var callingStationID: String?
    /// Called-Station-Id as received.
    public var calledStationID: String?
    /// Network name after the colon of Called-Station-Id (RFC 3580 §3.20).
    public var ssid: String?
    /// `PAP`, `CHAP`, `MS-CHAPv1`, `MS-CHAPv2`, `EAP` or `MAC`.
    public var method: String?
    /// Organization whose users were asked, as far as it was found out.
    public var organizationID: String?
    /// `Name = value` lines of the request; hidden values, and whatever a password could be guessed from, are masked.
    public var requestAttributes: [String]
    public var stages: [StageEntry]
    /// Name of the deciding stage; nil when the steps ran out.
    public var decidedBy: String?
    /// Reply name such as `Access-Accept`, or `silence: <drop reason>`.
    public var outcome: String
    public var reason: RejectReason?
    /// `Name = value` lines, hidden values masked.
    public var replyAttributes: [String]
    /// From receipt to decision.
    public var elapsedNanoseconds: UInt64

    public init(
        requestID: UInt64, epochMicroseconds: Int64, requestName: String, nasName: String, nasAddress: String, userName: String? = nil,
        callingStationID: String? = nil, calledStationID: String? = nil, ssid: String? = nil, method: String? = nil,
        organizationID: String? = nil, requestAttributes: [String] = [], stages: [StageEntry] = [], decidedBy: String? = nil,
        outcome: String, reason: RejectReason? = nil, replyAttributes: [String] = [], elapsedNanoseconds: UInt64 = 0
    ) {
        self.requestID = requestID
        self.epochMicroseconds = epochMicroseconds
        self.requestName = requestName
        self.nasName = nasName
        self.nasAddress = nasAddress
        self.userName = userName
        self.callingStationID = callingStationID
        self.calledStationID = calledStationID
        self.ssid = ssid
        self.method = method
        self.organizationID = organizationID
        self.requestAttributes = requestAttributes
        self.stages = stages
        self.decidedBy = decidedBy
        self.outcome = outcome
        self.reason = reason
        self.replyAttributes = replyAttributes
        self.elapsedNanoseconds = elapsedNanoseconds
    }
}

/// Receives decision records.
public protocol TraceSink: Sendable {
    /// True while somebody listens; read once per request, so it must be cheap.
    var isArmed: Bool { get }
    /// Never blocks.
    func record(_ decision: DecisionRecord)
}
