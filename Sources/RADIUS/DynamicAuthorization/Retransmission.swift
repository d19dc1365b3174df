/// When a Disconnect- or CoA-Request is sent again (RFC 5080 §2.2.1, RFC 5176 §2.3).
public struct RetransmissionTimers: Sendable, Hashable {
    /// IRT: first wait for a reply.
    public var initial: Duration = .seconds(2)
    /// MRT: longest wait between two packets; zero for no limit.
    public var longest: Duration = .seconds(16)
    /// MRC: packets sent at most; 0 for no limit.
    public var count = 5
    /// MRD: time after which the request has failed.
    public var total: Duration = .seconds(30)

    public init() {}
}

/// The waits of one request. Without clock: time passes by the waits it hands out.
struct Retransmission {
    private let timers: RetransmissionTimers
    private var wait: Duration
    private var elapsed: Duration
    /// Packets sent so far.
    private(set) var transmissions = 1

    /// The first packet has been sent.
    /// - Parameter jitter: -0.1...0.1, drawn anew for each wait.
    init(_ timers: RetransmissionTimers, jitter: Double) {
        self.timers = timers
        wait = timers.initial * (1 + jitter)
        elapsed = .zero
        wait = min(wait, timers.total)
    }

    /// How long to wait for a reply to the last packet.
    var currentWait: Duration { wait }

    /// The wait is over without a reply.
    /// - Returns: whether to send again; otherwise the request has failed.
    mutating func expire(jitter: Double) -> Bool {
        elapsed += wait
        guard timers.count == 0 || transmissions < timers.count, elapsed < timers.total else { return false }
        transmissions += 1
        var next = wait * (2 + jitter)
        if timers.longest > .zero, next > timers.longest { next = timers.longest * (1 + jitter) }
        wait = min(next, timers.total - elapsed)
        return true
    }
}
