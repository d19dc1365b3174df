import Glibc
public import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
public import RADIUSDictionary
public import TLSEngine

/// What the listeners of TCP, TLS and DTLS share with the rest of the server.
public struct LinkEnvironment: Sendable {
    public var directory: any NASDirectory
    /// Decides the requests.
    public var workers: RequestWorkers
    /// Runs TLS handshakes; a few threads.
    public var handshakes: WorkPool
    public var counters: RADIUSCounters
    public var linkCounters: LinkCounters
    /// Where open links are found for requests in the reverse direction.
    public var registry: LinkRegistry
    /// Tells RADIUS/1.1 which attributes RADIUS/1.0 hides.
    public var dictionary: AttributeDictionary
    public var logger: Logger

    public init(
        directory: any NASDirectory, workers: RequestWorkers, handshakes: WorkPool, counters: RADIUSCounters, linkCounters: LinkCounters,
        registry: LinkRegistry, dictionary: AttributeDictionary, logger: Logger
    ) {
        self.directory = directory
        self.workers = workers
        self.handshakes = handshakes
        self.counters = counters
        self.linkCounters = linkCounters
        self.registry = registry
        self.dictionary = dictionary
        self.logger = logger
    }
}

/// Serves RADIUS over TCP (RFC 6613) or TLS (RFC 6614) on one set of addresses.
public final class StreamListener: Sendable {
    private struct Running {
        var channels: [any Channel]
        var sweepers: [LinkSweeper]
    }

    private let configuration: LinkConfiguration
    private let environment: LinkEnvironment
    private let clock: TransportClock
    private let service: LinkService
    private let context: NIOLockedValueBox<TLSContext?>
    private let running = NIOLockedValueBox<Running?>(nil)

    /// - Parameter context: of a server, for TLS; nil for TCP in clear.
    public convenience init(_ configuration: LinkConfiguration, context: TLSContext?, environment: LinkEnvironment) {
        self.init(configuration, context: context, environment: environment, clock: .system)
    }

    init(_ configuration: LinkConfiguration, context: TLSContext?, environment: LinkEnvironment, clock: TransportClock) {
        self.configuration = configuration
        self.environment = environment
        self.clock = clock
        self.context = NIOLockedValueBox(context)
        service = LinkService(configuration, environment: environment, clock: clock)
    }

    /// Binds all addresses and accepts connections. A listener that runs is left as it is. Blocks for a moment.
    /// - Throws: for the first address that cannot be bound; nothing is left open then.
    public func start() throws(ListenerError) {
        guard running.withLockedValue({ $0 == nil }) else { return }
        // Never shut down, so that late replies always find their link's event loop.
        let group = MultiThreadedEventLoopGroup.singleton
        let sweepers = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), LinkSweeper($0, clock: clock)) })
        var channels: [any Channel] = []
        for address in configuration.addresses {
            do {
                channels.append(try bind(address, group, sweepers))
            } catch {
                for channel in channels { try? channel.close().wait() }
                for sweeper in sweepers.values { sweeper.stop() }
                throw ListenerError(endpoint: address, errno: (error as? IOError)?.errnoCode ?? EINVAL)
            }
        }
        running.withLockedValue { $0 = Running(channels: channels, sweepers: Array(sweepers.values)) }
    }

    /// The bound addresses in the order of the configuration, with real ports; empty unless running.
    public var boundEndpoints: [SocketEndpoint] {
        running.withLockedValue { $0?.channels.compactMap { $0.localAddress.flatMap(SocketEndpoint.init) } ?? [] }
    }

    /// Takes a new certificate, trust anchors or revocation lists: new links use them, open ones keep what they have.
    /// - Parameter verifyingAgain: whether open links whose certificate the new context refuses are closed.
    public func replace(_ context: TLSContext, verifyingAgain: Bool = false) {
        self.context.withLockedValue { $0 = context }
        if verifyingAgain { service.verifyAgain(context) }
    }

    /// Accepts no more, reads no more, waits up to `drainTime` for requests under way, then closes all links.
    public func stop() {
        let stopped = running.withLockedValue { running in
            defer { running = nil }
            return running
        }
        guard let stopped else { return }
        for channel in stopped.channels { try? channel.close().wait() }
        service.drain()
        for sweeper in stopped.sweepers { sweeper.stop() }
    }

    private func bind(
        _ address: SocketEndpoint, _ group: MultiThreadedEventLoopGroup, _ sweepers: [ObjectIdentifier: LinkSweeper]
    ) throws -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16_384))
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { [self] channel in accept(channel, sweepers) }
        return try bootstrap.bind(to: address.socketAddress()).wait()
    }

    private func accept(_ channel: any Channel, _ sweepers: [ObjectIdentifier: LinkSweeper]) -> EventLoopFuture<Void> {
        guard let source = channel.remoteAddress.flatMap(SocketEndpoint.init),
            let destination = channel.localAddress.flatMap(SocketEndpoint.init),
            let sweeper = sweepers[ObjectIdentifier(channel.eventLoop)], service.admitConnection()
        else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let link = InboundLink(service, eventLoop: channel.eventLoop, source: source)
        let settings = StreamCarrier.Settings(
            maximumLength: configuration.maximumLength, handshakeTimeout: configuration.handshakeTimeout.nanoseconds,
            packetTimeout: configuration.packetTimeout.nanoseconds, pool: environment.handshakes, clock: clock)
        do {
            let session = try context.withLockedValue { $0 }.map { context throws(TLSError) in try TLSSession(context) }
            try channel.pipeline.syncOperations.addHandler(
                StreamCarrier(
                    settings, eventLoop: channel.eventLoop, source: source, destination: destination, session: session,
                    expectsProxyHeader: configuration.proxyProtocolFrom.contains { $0.contains(source.address) }, end: link,
                    sweeper: sweeper))
            return channel.eventLoop.makeSucceededVoidFuture()
        } catch {
            link.closed(.tlsError, detail: "\(error)")
            return channel.eventLoop.makeFailedFuture(error)
        }
    }
}
