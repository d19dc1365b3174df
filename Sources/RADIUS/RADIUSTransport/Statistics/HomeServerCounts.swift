/// What was passed on to home servers, of one kind of request, and what came back.
public struct ProxiedCounts: Sendable, Equatable {
    /// Each once for each server asked.
    public var requests: UInt64 = 0
    public var retransmissions: UInt64 = 0
    public var accepts: UInt64 = 0
    public var rejects: UInt64 = 0
    public var challenges: UInt64 = 0
    /// Replies of any code.
    public var responses: UInt64 = 0
    /// Datagrams that were no RADIUS packets.
    public var malformed: UInt64 = 0
    /// Datagrams not made with the shared secret, or without the proof that the server must give.
    public var badAuthenticators: UInt64 = 0
    /// Replies to requests that had one or were given up.
    public var dropped: UInt64 = 0
    /// Replies of codes that do not answer the request's.
    public var unknownTypes: UInt64 = 0

    public init() {}

    public mutating func add(_ other: ProxiedCounts) {
        requests += other.requests
        retransmissions += other.retransmissions
        accepts += other.accepts
        rejects += other.rejects
        challenges += other.challenges
        responses += other.responses
        malformed += other.malformed
        badAuthenticators += other.badAuthenticators
        dropped += other.dropped
        unknownTypes += other.unknownTypes
    }
}

/// A home server, for one kind of request, as FreeRADIUS's statistics tell of it.
public struct HomeServerCounts: Sendable, Equatable {
    /// Values of FreeRADIUS-Stats-Server-State.
    public enum State: UInt32, Sendable {
        case alive = 0
        case zombie = 1
        case dead = 2
    }

    public var endpoint: SocketEndpoint
    public var role: ListenerRole
    public var state: State
    /// Requests under way.
    public var outstanding = 0
    public var counts = ProxiedCounts()
    /// Since the state was another; nil: it never was.
    public var secondsInState: Double?
    /// Nil: never.
    public var secondsSinceReply: Double?
    /// Nil: never.
    public var secondsSinceSent: Double?
    /// Moving average of the time to the reply over about the last ten replies, in microseconds.
    public var recentMicroseconds: Double = 0
    /// The same over about the last hundred.
    public var averageMicroseconds: Double = 0

    public init(endpoint: SocketEndpoint, role: ListenerRole, state: State) {
        self.endpoint = endpoint
        self.role = role
        self.state = state
    }
}

/// Knows what was passed on to home servers, for FreeRADIUS's statistics.
public protocol ProxyStatistics: Sendable {
    /// All home servers together, those that are gone included.
    func totals(_ role: ListenerRole) -> ProxiedCounts
    /// Those in use.
    var homeServers: [HomeServerCounts] { get }
}
