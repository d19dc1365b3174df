/// What a listener serves; decides which packet codes it takes.
public enum ListenerRole: String, Sendable, Codable, CaseIterable {
    /// Access-Request and Status-Server.
    case authentication
    /// Accounting-Request and Status-Server.
    case accounting
    /// Disconnect-Request and CoA-Request (RFC 5176), from proxies that route them through us.
    case dynamicAuthorization = "dynamic-authorization"
}

/// How a ``UDPListener`` listens.
public struct ListenerConfiguration: Sendable {
    /// Where to listen. IPv6 addresses take IPv6 only, so `0.0.0.0` and `::` are listed both; port 0 picks an unused one.
    public var addresses: [SocketEndpoint]
    public var role: ListenerRole
    /// Packet threads; each serves all addresses with a ``PacketWorker`` of its own. At least 1.
    public var threads = 1
    /// Datagrams read at once: 1...1024.
    public var batchLimit = 64
    /// After a batch of eight and more datagrams the next may gather for so long; a few packets are never waited for. Pays where a
    /// batch costs much whatever it holds, and other threads work meanwhile.
    public var gatherTime: Duration = .zero
    /// Octets of kernel receive buffer for each socket.
    public var receiveBufferBytes = 8 << 20
    /// Datagrams that waited longer in the socket are shed when read, so that a backlog does not make every reply late.
    public var maximumQueueAge: Duration = .seconds(2)
    /// Time for which a reply is resent to retransmissions (RFC 5080 §2.2.2), 0...30; 0 keeps none.
    public var duplicateCacheSeconds = 5
    /// Requests in progress and kept replies together; beyond it the oldest replies go first.
    public var duplicateCacheEntries = 131_072
    /// A request not decided by then is given up and its late reply discarded.
    public var maximumRequestTime: Duration = .seconds(30)
    /// Delay of an Access-Reject, counted from receipt; ``NASClient/rejectDelay`` goes before it.
    public var rejectDelay: Duration = .seconds(1)
    /// Delayed replies held at once; beyond it replies leave at once.
    public var delayedReplyLimit = 65_536
    /// Whether Status-Server (RFC 5997) is answered; never for dynamic authorization, which has no such packet.
    public var statusServer = true
    /// Addresses whose Status-Server may ask for statistics; other clients are told that the server is alive, and nothing else.
    public var statisticsAskers = IPPrefix.loopback
    /// What was passed on to home servers, for those statistics; nil where nothing is.
    public var proxyStatistics: (any ProxyStatistics)?
    /// How far a CoA- or Disconnect-Request's Event-Timestamp may be from now (RFC 5176 §6.3); zero does not look at it.
    public var eventTimestampWindow: Duration = .seconds(300)
    /// Whether CoA- and Disconnect-Requests without Event-Timestamp are refused; they could be replays.
    public var requireEventTimestamp = false
    /// More attributes than this make a packet malformed.
    public var maximumAttributes = 200
    /// In force for clients that stand on `auto`, until they have learned better.
    public var requireMessageAuthenticator: Requirement = .auto
    /// In force for clients that stand on `auto`, until they have learned better.
    public var limitProxyState: Requirement = .auto
    /// At most one log line for each reason and source address in this time.
    public var logInterval: Duration = .seconds(10)
    /// How long ``UDPListener/stop()`` waits for deferred requests.
    public var drainTime: Duration = .seconds(5)

    public init(addresses: [SocketEndpoint], role: ListenerRole) {
        self.addresses = addresses
        self.role = role
    }
}
