import RADIUSWire

/// What is known about a home server, for operators and metrics.
public struct HomeServerStatus: Sendable, Codable, Equatable {
    public var name: String
    public var role: ProxyRole
    /// `udp 192.0.2.1:1812`.
    public var link: String
    public var condition: HomeServerCondition
    /// Requests under way.
    public var outstanding = 0
    /// Requests passed on, each once for this server.
    public var sent: UInt64 = 0
    public var replies: UInt64 = 0
    /// Replies to logins by what they say.
    public var accepts: UInt64 = 0
    public var rejects: UInt64 = 0
    public var challenges: UInt64 = 0
    /// Requests without an answer within the response window.
    public var timeouts: UInt64 = 0
    /// Status checks sent and answered.
    public var checks: UInt64 = 0
    public var checksAnswered: UInt64 = 0
    /// Moving average of the time to the reply over about the last ten replies, in milliseconds.
    public var recentMilliseconds: Double = 0
    /// The same over about the last hundred.
    public var averageMilliseconds: Double = 0
    /// Seconds since the last request and the last reply; nil: never.
    public var secondsSinceSent: Double?
    public var secondsSinceReply: Double?
    /// Since the condition was another; nil: it never was.
    public var secondsInCondition: Double?
    /// Over UDP, requests sent again.
    public var retransmissions: UInt64 = 0
    /// Over UDP, datagrams that came from there and answered no request, or not as they must.
    public var discarded: UInt64 = 0

    init(name: String, role: ProxyRole, link: String, condition: HomeServerCondition) {
        self.name = name
        self.role = role
        self.link = link
        self.condition = condition
    }

    mutating func countReply(_ code: PacketCode, after time: Duration) {
        switch code {
        case .accessAccept: accepts += 1
        case .accessReject: rejects += 1
        case .accessChallenge: challenges += 1
        default: break
        }
        let milliseconds = Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) / 1e15
        replies += 1
        recentMilliseconds += (milliseconds - recentMilliseconds) / Double(min(replies, 10))
        averageMilliseconds += (milliseconds - averageMilliseconds) / Double(min(replies, 100))
    }
}
