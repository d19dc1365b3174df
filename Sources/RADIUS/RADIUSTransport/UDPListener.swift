import Glibc
public import Logging
import NIOConcurrencyHelpers

/// Serves RADIUS over UDP for one role: sockets, packet threads, duplicate cache and delayed replies.
public final class UDPListener: Sendable {
    private struct Running {
        var sockets: [UDPSocket]
        /// Of the same addresses, for what goes on with a login that was begun.
        var urgentSockets: [UDPSocket]
        var threads: [NamedThread]
        var context: ListenerContext
    }

    private let configuration: ListenerConfiguration
    private let directory: any NASDirectory
    private let handler: any PacketHandler
    private let counters: RADIUSCounters
    private let logger: Logger
    private let clock: TransportClock
    private let running = NIOLockedValueBox<Running?>(nil)

    /// - Parameters:
    ///   - directory: asked for the NAS clients once for each batch.
    ///   - handler: makes a worker on each packet thread.
    ///   - counters: shared by all listeners of the process.
    public convenience init(
        _ configuration: ListenerConfiguration, directory: any NASDirectory, handler: any PacketHandler, counters: RADIUSCounters,
        logger: Logger
    ) {
        self.init(configuration, directory: directory, handler: handler, counters: counters, logger: logger, clock: .system)
    }

    init(
        _ configuration: ListenerConfiguration, directory: any NASDirectory, handler: any PacketHandler, counters: RADIUSCounters,
        logger: Logger, clock: TransportClock
    ) {
        self.configuration = configuration
        self.directory = directory
        self.handler = handler
        self.counters = counters
        self.logger = logger
        self.clock = clock
    }

    /// Binds all addresses, then starts the packet threads. A listener that runs is left as it is.
    /// - Throws: for the first address that cannot be bound; nothing is left open then.
    public func start() throws(ListenerError) {
        guard running.withLockedValue({ $0 == nil }) else { return }
        var sockets: [UDPSocket] = []
        for address in configuration.addresses {
            sockets.append(try UDPSocket(boundTo: address, receiveBufferBytes: configuration.receiveBufferBytes))
        }
        if let granted = sockets.map(\.receiveBufferBytes).min(), granted < configuration.receiveBufferBytes {
            logger.notice(
                "the system grants a smaller receive buffer than configured; raise net.core.rmem_max",
                metadata: ["configured": "\(configuration.receiveBufferBytes)", "granted": "\(granted)"])
        }
        let urgentSockets = openUrgentSockets(beside: sockets)
        let count = max(1, configuration.threads)
        var groups = [ThreadGroup(name: "", sockets: sockets, count: count, duty: .general)]
        if !urgentSockets.isEmpty { groups.append(ThreadGroup(name: "-now", sockets: urgentSockets, count: count, duty: .continuation)) }
        let context = makeContext()
        var threads = groups.flatMap { start($0, context) }
        let (posts, block) = (groups.map { ($0.sockets, $0.activity) }, counters.makeBlock(for: configuration.role))
        threads.append(NamedThread("\(configuration.role.threadName)-away") { StandIn(context, posts, counters: block).run() })
        running.withLockedValue { $0 = Running(sockets: sockets, urgentSockets: urgentSockets, threads: threads, context: context) }
        counters.setRole(configuration.role, at: sockets.map(\.local))
    }

    /// Under overload, most new requests are lost, in the socket or for their age. A login takes up to a dozen packets and would hardly ever come
    /// to its end; so those that go on with one have a queue and threads of their own, and what was begun is finished first. Status-Server is
    /// answered there too, while all other threads wait for a database.
    private func openUrgentSockets(beside sockets: [UDPSocket]) -> [UDPSocket] {
        guard configuration.role != .dynamicAuthorization else { return [] }
        do throws(ListenerError) {
            return try sockets.map { first throws(ListenerError) in
                try UDPSocket(urgentBeside: first, receiveBufferBytes: configuration.receiveBufferBytes)
            }
        } catch {
            logger.notice(
                "the system cannot sort packets; under overload logins of several rounds suffer most", metadata: ["error": "\(error)"])
            return []
        }
    }

    /// Packet threads of the same sockets.
    private struct ThreadGroup {
        let name: String
        let sockets: [UDPSocket]
        let count: Int
        let duty: PacketDuty
        let activity: ListenerActivity

        init(name: String, sockets: [UDPSocket], count: Int, duty: PacketDuty) {
            self.name = name
            self.sockets = sockets
            self.count = count
            self.duty = duty
            activity = ListenerActivity(threads: count)
        }
    }

    private func start(_ group: ThreadGroup, _ context: ListenerContext) -> [NamedThread] {
        let role = context.configuration.role
        return (0..<group.count).map { index in
            let block = counters.makeBlock(for: role)
            return NamedThread("\(role.threadName)\(group.name)-\(index)") {
                let worker = context.handler.makeWorker(for: role, duty: group.duty)
                PacketLoop(context, sockets: group.sockets, counters: block, worker: worker, place: (group.activity, index)).run()
            }
        }
    }

    /// The bound addresses in the order of the configuration, with real ports; empty unless running.
    public var boundEndpoints: [SocketEndpoint] {
        running.withLockedValue { $0?.sockets.map(\.local) ?? [] }
    }

    /// Finishes the batches in hand, waits up to `drainTime` for deferred requests, sends delayed replies at once and closes the sockets.
    public func stop() {
        let stopped = running.withLockedValue { running in
            defer { running = nil }
            return running
        }
        guard let stopped else { return }
        counters.setRole(nil, at: stopped.sockets.map(\.local))
        stopped.context.isStopping.withLockedValue { $0 = true }
        for socket in stopped.sockets + stopped.urgentSockets { socket.interrupt() }
        for thread in stopped.threads { thread.join() }
        let end = clock.monotonic() &+ configuration.drainTime.nanoseconds
        while stopped.context.cache.inProgressCount > 0, clock.monotonic() < end { usleep(2000) }
        stopped.context.dispatcher.stop()
        for socket in stopped.sockets + stopped.urgentSockets { socket.close() }
    }

    private func makeContext() -> ListenerContext {
        let log = DropLog(logger: logger, interval: configuration.logInterval)
        let cache = DuplicateCacheShards(
            entries: configuration.duplicateCacheEntries, lifetime: Duration.seconds(configuration.duplicateCacheSeconds).nanoseconds,
            deadline: configuration.maximumRequestTime.nanoseconds, clock: clock)
        let dispatcher = ReplyDispatcher(
            configuration, cache: cache, counters: counters.makeBlock(for: configuration.role), log: log, clock: clock)
        return ListenerContext(
            configuration: configuration, directory: directory, handler: handler, cache: cache, dispatcher: dispatcher, log: log,
            bindings: SecretBindings(),
            statistics: StatusStatistics(
                counters: counters, directory: directory, askers: configuration.statisticsAskers, proxy: configuration.proxyStatistics),
            clock: clock)
    }
}

extension ListenerRole {
    /// Short, since the kernel keeps 15 octets of a thread's name.
    fileprivate var threadName: String {
        switch self {
        case .authentication: "auth"
        case .accounting: "acct"
        case .dynamicAuthorization: "coa"
        }
    }
}
