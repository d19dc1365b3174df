import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import RADIUSWire
import TLSEngine

/// The connections of one ``ConnectedLink`` and the requests that wait for one.
///
/// `@unchecked Sendable`: `isUp` has its lock; every other variable is touched on `eventLoop` only.
final class ConnectionPool: @unchecked Sendable {
    let configuration: ConnectedLink.Configuration
    let environment: ConnectionEnvironment
    let eventLoop: any EventLoop
    let name: String
    let isUp = NIOLockedValueBox(false)
    private(set) var context: TLSContext?
    private let sweeper: LinkSweeper
    private var connections: [OutboundConnection] = []
    private var waiting: [PendingRequest] = []
    private var failures = 0
    private var retryAt: UInt64 = 0
    private var isRetrying = false
    private var isStopped = false
    private var lastFailure = ""

    /// Pauses between attempts: one second, doubled each time, up to a minute.
    private static let longestPause = Duration.seconds(60).nanoseconds

    init(_ configuration: ConnectedLink.Configuration, context: TLSContext?, environment: ConnectionEnvironment, name: String) {
        self.configuration = configuration
        self.context = context
        self.environment = environment
        self.name = name
        // Never shut down, so that completions and cancellations always find it.
        eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        sweeper = LinkSweeper(eventLoop, clock: environment.clock)
    }

    // MARK: Requests

    func start(_ pending: PendingRequest) {
        guard !pending.isOver else { return }
        guard !isStopped else { return pending.finish(.failure(.linkDown("stopped"))) }
        if let connection = connections.filter(\.hasRoom).min(by: { $0.count < $1.count }), connection.start(pending) { return }
        waiting.removeAll(where: \.isOver)
        guard waiting.count < configuration.maximumWaiting else { return pending.finish(.failure(.tooManyOutstanding)) }
        if !connections.contains(where: \.isConnecting) {
            guard connections.count < configuration.maximumConnections else { return pending.finish(.failure(.tooManyOutstanding)) }
            guard environment.clock.monotonic() >= retryAt else { return pending.finish(.failure(.linkDown(lastFailure))) }
            waiting.append(pending)
            return connect()
        }
        waiting.append(pending)
    }

    /// From any thread.
    func cancelled(_ pending: PendingRequest) {
        eventLoop.execute { [self] in
            for connection in connections { connection.cancel(pending) }
            waiting.removeAll { $0 === pending }
        }
    }

    /// From any thread.
    func retransmit(_ pending: PendingRequest) {
        eventLoop.execute { [self] in
            for connection in connections { connection.retransmit(pending) }
        }
    }

    // MARK: Connections

    /// Takes another context for connections to come.
    func replace(_ next: TLSContext) {
        context = next
        // The last one may have been why connections failed.
        failures = 0
        retryAt = 0
        if configuration.keepsConnection { keep() }
    }

    /// Opens a connection unless there is one.
    func keep() {
        guard !isStopped, connections.isEmpty else { return }
        connect()
    }

    private func connect() {
        environment.counters.update(configuration.transport) { $0.accepted += 1 }
        let connection = OutboundConnection(self)
        connections.append(connection)
        do {
            let session = try context.map { context throws(TLSError) in try TLSSession(context, serverName: configuration.serverName) }
            guard configuration.transport == .tcp || session != nil else {
                return connection.failed(.tlsError, "no TLS context")
            }
            if configuration.transport == .dtls { openDatagrams(connection, session) } else { openStream(connection, session) }
        } catch {
            connection.failed(.tlsError, "\(error)")
        }
    }

    private var settings: StreamCarrier.Settings {
        StreamCarrier.Settings(
            maximumLength: configuration.maximumLength, handshakeTimeout: configuration.handshakeTimeout.nanoseconds,
            packetTimeout: Duration.seconds(30).nanoseconds, pool: environment.handshakes, clock: environment.clock)
    }

    private func openStream(_ connection: OutboundConnection, _ session: TLSSession?) {
        let lent = session.map(LentSession.init)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.nanoseconds(Int64(clamping: configuration.connectTimeout.nanoseconds)))
            .channelOption(.autoRead, value: false)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16_384))
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        StreamCarrier(
                            settings, eventLoop: eventLoop, source: configuration.peer, destination: configuration.peer,
                            session: lent?.session, expectsProxyHeader: false, end: connection, sweeper: sweeper))
                }
            }
        do {
            let source = try configuration.source.map { try SocketEndpoint(address: $0, port: 0).socketAddress() }
            let future = try (source.map { bootstrap.bind(to: $0) } ?? bootstrap).connect(to: configuration.peer.socketAddress())
            connected(future, connection)
        } catch {
            connection.failed(.networkError, "\(error)")
        }
    }

    private func openDatagrams(_ connection: OutboundConnection, _ session: TLSSession?) {
        guard let lent = session.map(LentSession.init) else { return }
        let bootstrap = DatagramBootstrap(group: eventLoop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16_384))
            .channelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        DatagramChannelHandler(
                            settings, peer: configuration.peer, session: lent.session, end: connection, sweeper: sweeper))
                }
            }
        do {
            let peer = try configuration.peer.socketAddress()
            guard let source = configuration.source else { return connected(bootstrap.connect(to: peer), connection) }
            let local = try SocketEndpoint(address: source, port: 0).socketAddress()
            connected(bootstrap.bind(to: local).flatMap { channel in channel.connect(to: peer).map { channel } }, connection)
        } catch {
            connection.failed(.networkError, "\(error)")
        }
    }

    private func connected(_ future: EventLoopFuture<any Channel>, _ connection: OutboundConnection) {
        future.whenFailure { error in connection.failed(.networkError, "\(error)") }
    }

    /// A connection can be used.
    func opened(_ connection: OutboundConnection) {
        failures = 0
        retryAt = 0
        isUp.withLockedValue { $0 = true }
        let queue = waiting
        waiting = []
        for pending in queue { start(pending) }
    }

    /// A connection has ended, or has not come about.
    func closed(_ connection: OutboundConnection, _ closure: LinkClosure, detail: String, wasOpen: Bool) {
        connections.removeAll { $0 === connection }
        let hasOpen = connections.contains { !$0.isConnecting }
        isUp.withLockedValue { $0 = hasOpen }
        lastFailure = detail.isEmpty ? closure.rawValue : "\(closure.rawValue): \(detail)"
        environment.counters.update(configuration.transport) { counts in
            counts.closures[closure, default: 0] += 1
            if wasOpen { counts.current -= 1 }
        }
        guard closure != .idle, closure != .stopped else { return }
        environment.logger.warning(
            "connection lost", metadata: ["link": "\(name)", "reason": "\(closure.rawValue)", "detail": "\(detail)"])
        // A peer that takes the connection and drops it at once is not to be asked again at once either.
        let pause = min(Duration.seconds(1).nanoseconds << UInt64(min(failures, 6)), Self.longestPause)
        failures += 1
        retryAt = environment.clock.monotonic() &+ pause
        if !hasOpen, !connections.contains(where: \.isConnecting) {
            let queue = waiting
            waiting = []
            for pending in queue { pending.finish(.failure(.linkDown(lastFailure))) }
        }
        guard configuration.keepsConnection, !isRetrying, !isStopped else { return }
        isRetrying = true
        // Peers that were lost together do not all come back at the same moment.
        let jitter = UInt64.random(in: 0...(pause / 4))
        eventLoop.scheduleTask(in: .nanoseconds(Int64(clamping: pause + jitter))) { [weak self] in
            self?.isRetrying = false
            self?.keep()
        }
    }

    /// From any thread.
    func stop() {
        eventLoop.execute { [self] in
            guard !isStopped else { return }
            isStopped = true
            let queue = waiting
            waiting = []
            for pending in queue { pending.finish(.failure(.linkDown("stopped"))) }
            for connection in connections { connection.close(.stopped) }
            sweeper.stop()
        }
    }
}
