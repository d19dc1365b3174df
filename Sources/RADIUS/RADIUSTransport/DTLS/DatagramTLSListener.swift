import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
public import TLSEngine

/// Serves RADIUS over DTLS (RFC 7360) on one set of addresses: one thread reads each socket, one event loop holds all associations.
public final class DatagramTLSListener: Sendable {
    private struct Running {
        var sockets: [UDPSocket]
        var threads: [NamedThread]
        var demultiplexers: [DTLSDemultiplexer]
        var sweeper: LinkSweeper
    }

    private let configuration: LinkConfiguration
    private let environment: LinkEnvironment
    private let clock: TransportClock
    private let service: LinkService
    private let context: NIOLockedValueBox<TLSContext>
    private let running = NIOLockedValueBox<Running?>(nil)

    /// - Parameter context: of a server, for datagrams.
    public convenience init(_ configuration: LinkConfiguration, context: TLSContext, environment: LinkEnvironment) {
        self.init(configuration, context: context, environment: environment, clock: .system)
    }

    init(_ configuration: LinkConfiguration, context: TLSContext, environment: LinkEnvironment, clock: TransportClock) {
        self.configuration = configuration
        self.environment = environment
        self.clock = clock
        self.context = NIOLockedValueBox(context)
        service = LinkService(configuration, environment: environment, clock: clock)
    }

    /// Binds all addresses and listens. A listener that runs is left as it is.
    /// - Throws: for the first address that cannot be bound; nothing is left open then.
    public func start() throws(ListenerError) {
        guard running.withLockedValue({ $0 == nil }) else { return }
        var sockets: [UDPSocket] = []
        for address in configuration.addresses { sockets.append(try UDPSocket(boundTo: address, receiveBufferBytes: 4 << 20)) }
        // Never shut down, so that late replies always find their link's event loop.
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let sweeper = LinkSweeper(eventLoop, clock: clock)
        let settings = StreamCarrier.Settings(
            maximumLength: configuration.maximumLength, handshakeTimeout: configuration.handshakeTimeout.nanoseconds,
            packetTimeout: configuration.packetTimeout.nanoseconds, pool: environment.handshakes, clock: clock)
        let demultiplexers = sockets.map {
            DTLSDemultiplexer(
                service, settings: settings, eventLoop: eventLoop, socket: $0, context: context.withLockedValue { $0 }, sweeper: sweeper)
        }
        let threads = demultiplexers.enumerated().map { index, demultiplexer in
            NamedThread("dtls-\(index)") { DTLSReader(demultiplexer).run() }
        }
        running.withLockedValue {
            $0 = Running(sockets: sockets, threads: threads, demultiplexers: demultiplexers, sweeper: sweeper)
        }
    }

    /// The bound addresses in the order of the configuration, with real ports; empty unless running.
    public var boundEndpoints: [SocketEndpoint] {
        running.withLockedValue { $0?.sockets.map(\.local) ?? [] }
    }

    /// Takes a new certificate, trust anchors or revocation lists: new links use them, open ones keep what they have.
    /// - Parameter verifyingAgain: whether open links whose certificate the new context refuses are closed.
    public func replace(_ context: TLSContext, verifyingAgain: Bool = false) {
        self.context.withLockedValue { $0 = context }
        for demultiplexer in running.withLockedValue({ $0?.demultiplexers ?? [] }) { demultiplexer.replace(context) }
        if verifyingAgain { service.verifyAgain(context) }
    }

    /// Takes no more requests, waits up to `drainTime` for those under way, then closes all associations.
    public func stop() {
        let stopped = running.withLockedValue { running in
            defer { running = nil }
            return running
        }
        guard let stopped else { return }
        service.drain()
        for demultiplexer in stopped.demultiplexers { demultiplexer.stop() }
        for socket in stopped.sockets { socket.interrupt() }
        for thread in stopped.threads { thread.join() }
        stopped.sweeper.stop()
        for socket in stopped.sockets { socket.close() }
    }
}

/// Reads one socket and hands what comes to the event loop, a batch at a time; the next batch is not read before the last has been taken,
/// so that a flood waits in the kernel, which drops it.
private struct DTLSReader {
    private let demultiplexer: DTLSDemultiplexer

    init(_ demultiplexer: DTLSDemultiplexer) {
        self.demultiplexer = demultiplexer
    }

    func run() {
        let socket = demultiplexer.socket
        // A record adds up to some hundred octets to a packet.
        let batch = DatagramBatch(capacity: 64, slotBytes: 16_384)
        while !demultiplexer.isStopping {
            let count = batch.receive(from: socket, wait: true)
            guard count > 0 else {
                // A lasting error must not turn the thread into a busy loop.
                if count < 0 { usleep(10_000) }
                continue
            }
            let datagrams = (0..<count).compactMap { slot -> DTLSDemultiplexer.Datagram? in
                guard let datagram = batch[slot], datagram.bytes.count >= 13 else { return nil }
                return DTLSDemultiplexer.Datagram(
                    octets: Array(datagram.bytes), source: datagram.source,
                    destination: SocketEndpoint(
                        address: datagram.destination ?? socket.local.address, port: socket.local.port, scope: datagram.scope))
            }
            guard !datagrams.isEmpty else { continue }
            try? demultiplexer.eventLoop.submit { demultiplexer.received(datagrams) }.wait()
        }
    }
}
