/// A row of `radacct`, as far as it repeats what a NAS said. Times are seconds since 1970 UTC.
public struct RecordedSession: Sendable, Equatable {
    public var userName: String
    public var startedAt: Int64?
    public var stoppedAt: Int64?
    public var seconds: Int64
    public var inputOctets: Int64
    public var outputOctets: Int64
    public var terminateCause: String
    /// Whether a Start was recorded.
    public var hasStart: Bool
    /// Whether it was ended because nobody heard of it any more.
    public var isGivenUp: Bool

    public init(
        userName: String, startedAt: Int64?, stoppedAt: Int64?, seconds: Int64, inputOctets: Int64, outputOctets: Int64,
        terminateCause: String, hasStart: Bool, isGivenUp: Bool = false
    ) {
        self.userName = userName
        self.startedAt = startedAt
        self.stoppedAt = stoppedAt
        self.seconds = seconds
        self.inputOctets = inputOctets
        self.outputOctets = outputOctets
        self.terminateCause = terminateCause
        self.hasStart = hasStart
        self.isGivenUp = isGivenUp
    }
}
