import Glibc
import Logging
import NIOConcurrencyHelpers
import NIOCore
import RADIUSDictionary
import RADIUSWire
import TLSEngine

/// What the links of a listener share.
final class LinkService: Sendable {
    private struct Links {
        var open: [ObjectIdentifier: InboundLink] = [:]
        var byClient: [NASClient.Key: Int] = [:]
        var handshakes = 0
    }

    let configuration: LinkConfiguration
    let directory: any NASDirectory
    let workers: RequestWorkers
    let counters: LinkCounters
    let registry: LinkRegistry
    let dictionary: AttributeDictionary
    let admission: RequestAdmission
    let log: DropLog
    let logger: Logger
    let statistics: StatusStatistics
    let clock: TransportClock
    private let blocks: [ListenerRole: RADIUSCounters.Block]
    private let general: RADIUSCounters.Block
    private let links = NIOLockedValueBox(Links())

    init(_ configuration: LinkConfiguration, environment: LinkEnvironment, clock: TransportClock) {
        self.configuration = configuration
        self.clock = clock
        directory = environment.directory
        workers = environment.workers
        counters = environment.linkCounters
        registry = environment.registry
        dictionary = environment.dictionary
        logger = environment.logger
        log = DropLog(logger: environment.logger, interval: configuration.logInterval)
        statistics = StatusStatistics(
            counters: environment.counters, directory: environment.directory, askers: configuration.statisticsAskers,
            proxy: configuration.proxyStatistics)
        admission = RequestAdmission(configuration, transport: configuration.transport, bindings: SecretBindings())
        let roles = configuration.roles.sorted { $0.rawValue < $1.rawValue }
        blocks = Dictionary(uniqueKeysWithValues: roles.map { ($0, environment.counters.makeBlock(for: $0)) })
        general = blocks[.authentication] ?? roles.first.flatMap { [blocks] in blocks[$0] } ?? RADIUSCounters.Block()
    }

    /// Where packets of a code are counted; those of no role with the first role.
    func block(for code: PacketCode) -> RADIUSCounters.Block {
        ListenerRole(serving: code).flatMap { blocks[$0] } ?? general
    }

    /// Counts a connection before its peer is known.
    /// - Returns: false where there are too many of them or of links.
    func admitConnection() -> Bool {
        let isAdmitted = links.withLockedValue { links in
            guard links.open.count + links.handshakes < configuration.maximumLinks, links.handshakes < configuration.maximumHandshakes
            else { return false }
            links.handshakes += 1
            return true
        }
        counters.update(configuration.transport) { counts in
            counts.accepted += 1
            if !isAdmitted { counts.closures[.tooManyLinks, default: 0] += 1 }
        }
        return isAdmitted
    }

    /// The handshake of an admitted connection ended, well or not.
    func handshakeEnded() { links.withLockedValue { $0.handshakes -= 1 } }

    /// - Returns: false where the client has as many links as it may.
    func open(_ link: InboundLink, for client: NASClient) -> Bool {
        links.withLockedValue { links in
            guard links.byClient[client.key, default: 0] < client.linkLimits.maximumLinks else { return false }
            links.byClient[client.key, default: 0] += 1
            links.open[ObjectIdentifier(link)] = link
            return true
        }
    }

    func close(_ link: InboundLink, for client: NASClient.Key) {
        links.withLockedValue { links in
            guard links.open.removeValue(forKey: ObjectIdentifier(link)) != nil else { return }
            let count = links.byClient[client, default: 1] - 1
            links.byClient[client] = count == 0 ? nil : count
        }
    }

    /// Closes open links whose certificate a new context refuses.
    func verifyAgain(_ context: TLSContext) {
        for link in openLinks { link.eventLoop.execute { link.verifyAgain(context) } }
    }

    /// Stops reading, waits up to `drainTime` for requests under way, then closes every link. Blocks.
    func drain() {
        let end = clock.monotonic() &+ configuration.drainTime.nanoseconds
        for link in openLinks { link.eventLoop.execute { link.stopReading() } }
        while clock.monotonic() < end {
            let busy = openLinks.map { link in link.eventLoop.submit { !link.outstanding.isEmpty } }
            guard busy.contains(where: { (try? $0.wait()) == true }) else { break }
            usleep(2000)
        }
        let closing = openLinks.map { link in link.eventLoop.submit { link.carrier?.close(.stopped) } }
        for future in closing { try? future.wait() }
    }

    private var openLinks: [InboundLink] { links.withLockedValue { Array($0.open.values) } }

    /// Counts and logs the end of a connection.
    func ended(_ closure: LinkClosure, detail: String, source: SocketEndpoint, client: NASClient?, wasOpen: Bool) {
        counters.update(configuration.transport) { counts in
            counts.closures[closure, default: 0] += 1
            if wasOpen { counts.current -= 1 }
        }
        log.closed(
            closure, detail: detail, transport: configuration.transport, source: source.address, client: client, now: clock.monotonic())
    }
}

extension DropLog {
    /// Tells of links that ended for a reason worth a look.
    func closed(
        _ closure: LinkClosure, detail: String, transport: NASTransport, source: IPAddress, client: NASClient?, now: UInt64
    ) {
        switch closure {
        case .peer, .idle, .lifetime, .stopped: return
        default: break
        }
        var metadata: Logger.Metadata = ["reason": "\(closure.rawValue)", "transport": "\(transport.rawValue)", "source": "\(source)"]
        if let client { metadata["nas"] = "\(client.name)" }
        if !detail.isEmpty { metadata["detail"] = "\(detail)" }
        warning("link closed", reason: "link " + closure.rawValue, source: source, metadata: metadata, now: now)
    }
}
