/// What one generator thread counted; see ``LoadResult`` for the meanings.
struct LoadTally: Sendable {
    var sent = 0
    var accepts = 0
    var rejects = 0
    var challenges = 0
    var accountingResponses = 0
    var timeouts = 0
    var retransmissions = 0
    var badAuthenticators = 0
    var late = 0
    var unexpected = 0
    var unsent = 0
    var warmUpReplies = 0
    var latency = LatencyHistogram()
    /// When the last counted reply came, on ``MonotonicClock``.
    var lastReply: UInt64 = 0
    var cpuNanoseconds: UInt64 = 0

    mutating func merge(_ other: LoadTally) {
        sent += other.sent
        accepts += other.accepts
        rejects += other.rejects
        challenges += other.challenges
        accountingResponses += other.accountingResponses
        timeouts += other.timeouts
        retransmissions += other.retransmissions
        badAuthenticators += other.badAuthenticators
        late += other.late
        unexpected += other.unexpected
        unsent += other.unsent
        warmUpReplies += other.warmUpReplies
        latency.merge(other.latency)
        lastReply = max(lastReply, other.lastReply)
        cpuNanoseconds += other.cpuNanoseconds
    }

    /// - Parameter seconds: from the end of the warm-up to the end of the run.
    func result(_ kind: LoadSettings.Kind, seconds: Double) -> LoadResult {
        func microseconds(_ nanoseconds: UInt64) -> Double { (Double(nanoseconds) / 10).rounded() / 100 }
        let replies = accepts + rejects + challenges + accountingResponses
        return LoadResult(
            kind: kind, seconds: seconds, sent: sent, requestsPerSecond: seconds > 0 ? Double(replies) / seconds : 0, accepts: accepts,
            rejects: rejects, challenges: challenges, accountingResponses: accountingResponses, timeouts: timeouts,
            retransmissions: retransmissions, badAuthenticators: badAuthenticators, late: late, unexpected: unexpected, unsent: unsent,
            warmUpReplies: warmUpReplies,
            latencyMicroseconds: .init(
                p50: microseconds(latency.quantile(0.5)), p99: microseconds(latency.quantile(0.99)),
                p999: microseconds(latency.quantile(0.999)), max: microseconds(latency.maximum)),
            generatorCPUSeconds: Double(cpuNanoseconds) / 1e9)
    }
}
