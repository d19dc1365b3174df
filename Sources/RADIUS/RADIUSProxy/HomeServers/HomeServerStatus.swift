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

    init(name: String, role: ProxyRole, link: String, condition: HomeServerCondition) {
        self.name = name
        self.role = role
        self.link = link
        self.condition = condition
    }

    mutating func countReply(after time: Duration) {
        let milliseconds = Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) / 1e15
        replies += 1
        recentMilliseconds += (milliseconds - recentMilliseconds) / Double(min(replies, 10))
        averageMilliseconds += (milliseconds - averageMilliseconds) / Double(min(replies, 100))
    }
}
