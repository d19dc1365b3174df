/// How messages are sent.
public struct MessagingSettings: Sendable {
    public var smsLimits = SMSLimits()
    /// Messages of each channel under way at once.
    public var concurrency = 8
    /// Seconds between looks at the outbox that nobody asked for: messages of other processes, ends of pauses.
    public var pollInterval = Duration.seconds(1)
    /// Days for which messages are kept.
    public var retentionDays: Int64 = 30
    /// First pause after a failed attempt, doubled each time, and the longest, in seconds.
    public var firstPauseSeconds = 2.0
    public var longestPauseSeconds = 900.0
    /// Failures in a row after which a gateway rests, and for how many seconds.
    public var restFailures = 5
    public var restSeconds: Int64 = 15
    /// What all e-mails look like.
    public var frame = EmailFrame()
    /// The currency of prices, for people.
    public var currency = "EUR"

    public init() {}
}
