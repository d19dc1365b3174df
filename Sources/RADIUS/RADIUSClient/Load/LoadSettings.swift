public import RADIUSWire

/// What a load run sends, how fast and for how long.
public struct LoadSettings: Sendable {
    /// The requests of a run. Raw values are those of the command line.
    public enum Kind: String, CaseIterable, Encodable, Sendable {
        /// Access-Request with User-Password.
        case pap
        /// Access-Request with CHAP-Password; the challenge is the Request Authenticator.
        case chap
        /// Access-Request with MS-CHAP2-Response, of one pair of challenges for each thread.
        case mschapv2
        /// Accounting-Request: Start, some Interim-Updates and Stop of sessions that go on side by side.
        case accounting = "acct"
    }

    public enum Pace: Equatable, Sendable {
        /// As many requests under way at any time; the next goes out when one is answered or timed out.
        case closed(window: Int)
        /// Requests at equal intervals whatever the server does. A latency counts from the time at which its request was due.
        case open(requestsPerSecond: Double)
    }

    public enum Limit: Equatable, Sendable {
        case duration(Duration)
        /// As many requests after the warm-up.
        case count(Int)
    }

    public var server: ServerAddress
    /// Further servers of the same secret. Sockets are shared out among all; a request without a reply goes to the next one.
    public var alternates: [ServerAddress]
    public var secret: SharedSecret
    public var kind: Kind
    public var users: LoadUsers
    /// Takes users one after the other, each thread from its own part of them on, instead of drawing them at random.
    public var usersInOrder: Bool
    public var pace: Pace
    public var limit: Limit
    /// Requests sent in this time are not counted.
    public var warmUp: Duration
    /// After this time without a reply a request is sent again, or counted as timed out.
    public var timeout: Duration
    /// How often a request is sent again before it counts as timed out.
    public var retransmissions: Int
    /// Threads of the generator; window, rate and count are divided among them.
    public var threads: Int
    /// Source sockets of each thread, with 256 identifiers each.
    public var socketsPerThread: Int
    /// Signs Access-Requests with a Message-Authenticator, as a client should since RFC 5080 §2.2.2; servers that do not ask for it are
    /// faster without.
    public var messageAuthenticator: Bool
    /// Accounting sessions of each thread that are open at a time.
    public var sessionsPerThread: Int
    /// Interim-Updates between the Start and the Stop of a session.
    public var interimUpdates: Int
    /// File to which what is sent and acknowledged of accounting is appended; see ``LoadLedger``.
    public var ledger: String?

    /// - Parameter socketsPerThread: nil for 8 in a closed loop, more where the window needs them, and 32 in an open one.
    public init(
        server: ServerAddress, secret: SharedSecret, kind: Kind, users: LoadUsers, usersInOrder: Bool = false,
        pace: Pace = .closed(window: 128), limit: Limit = .duration(.seconds(10)), warmUp: Duration = .seconds(1),
        timeout: Duration = .seconds(1), retransmissions: Int = 0,
        threads: Int = 1, socketsPerThread: Int? = nil, messageAuthenticator: Bool = false, sessionsPerThread: Int = 1000,
        interimUpdates: Int = 3, alternates: [ServerAddress] = [], ledger: String? = nil
    ) {
        self.server = server
        self.alternates = alternates
        self.ledger = ledger
        self.secret = secret
        self.kind = kind
        self.users = users
        self.usersInOrder = usersInOrder
        self.pace = pace
        self.limit = limit
        self.warmUp = warmUp
        self.timeout = timeout
        self.retransmissions = retransmissions
        self.threads = threads
        self.messageAuthenticator = messageAuthenticator
        self.sessionsPerThread = sessionsPerThread
        self.interimUpdates = interimUpdates
        switch pace {
        case .closed(let window):
            let perThread = window / max(1, threads)
            // Half of a socket's identifiers stay free, so that a late reply meets its own request and not the next one of its number.
            self.socketsPerThread = socketsPerThread ?? max(min(8, perThread), perThread / 128 + 1)
        case .open: self.socketsPerThread = socketsPerThread ?? 32
        }
    }

    /// - Throws: ``ClientError/invalidSetting(_:)`` naming the first setting that cannot work.
    func validate() throws(ClientError) {
        try require((1...64).contains(threads), "threads: 1 to 64")
        try require((1...256).contains(socketsPerThread), "sockets per thread: 1 to 256")
        // pselect(2) cannot watch a descriptor above 1023.
        try require(threads * socketsPerThread * (1 + alternates.count) <= 900, "sockets of all threads together: up to 900")
        try require(ledger == nil || kind == .accounting, "a ledger is kept of accounting only")
        try require(timeout > .zero && timeout <= .seconds(60), "timeout: up to 60 seconds")
        try require(warmUp >= .zero && warmUp <= .seconds(3600), "warm-up: up to an hour")
        try require((0...10).contains(retransmissions), "retransmissions: 0 to 10")
        try require((1...1_000_000).contains(sessionsPerThread), "sessions: 1 to 1 000 000 for each thread")
        try require((0...1000).contains(interimUpdates), "Interim-Updates of a session: 0 to 1000")
        switch pace {
        case .closed(let window):
            try require(window >= threads, "window: at least one request for each thread")
            try require(window <= threads * socketsPerThread * 256, "window: more requests than the sockets have identifiers")
            try require(kind != .accounting || window <= threads * sessionsPerThread, "window: more requests than sessions")
        case .open(let rate): try require(rate > 0 && rate <= 10_000_000, "rate: up to 10 000 000 requests a second")
        }
        switch limit {
        case .duration(let duration): try require(duration > .zero && duration <= .seconds(86_400), "duration: up to a day")
        case .count(let count): try require(count >= threads, "count: at least one request for each thread")
        }
    }

    private func require(_ condition: Bool, _ message: String) throws(ClientError) {
        guard condition else { throw .invalidSetting(message) }
    }
}
