import Logging
import NIOCore
import RADIUSWire
import TLSEngine

/// One connection of a ``ConnectedLink``.
///
/// `@unchecked Sendable`: every variable is touched on the pool's event loop only.
final class OutboundConnection: LinkEnd, Sweepable, @unchecked Sendable {
    /// Lets go of the connection when it has ended.
    private let pool: ConnectionPool
    private var carrier: (any LinkCarrier)?
    private var exchanges: ExchangeTable?
    private var openedAt: UInt64 = 0
    private var lastReceived: UInt64 = 0
    private var lastUsed: UInt64 = 0
    private var watchdogInterval: UInt64 = 0
    private var watchdog: PendingRequest?
    private var isOver = false

    init(_ pool: ConnectionPool) {
        self.pool = pool
    }

    private var clock: TransportClock { pool.environment.clock }
    private var configuration: ConnectedLink.Configuration { pool.configuration }

    var isConnecting: Bool { exchanges == nil }
    var hasRoom: Bool { exchanges?.hasRoom ?? false }
    /// Requests under way.
    var count: Int { exchanges?.count ?? 0 }

    // MARK: Requests

    /// - Returns: false where no identifier is free.
    func start(_ pending: PendingRequest) -> Bool {
        guard let carrier, let result = exchanges?.start(pending, now: clock.monotonic()) else { return false }
        lastUsed = clock.monotonic()
        switch result {
        case .packet(let octets): carrier.send(octets)
        case .full: return false
        case .failed(let error): pending.finish(.failure(.unencodable(error)))
        }
        return true
    }

    func cancel(_ pending: PendingRequest) { exchanges?.cancel(pending, now: clock.monotonic()) }

    func retransmit(_ pending: PendingRequest) {
        if let octets = exchanges?.packet(of: pending) { carrier?.send(octets) }
    }

    func close(_ closure: LinkClosure) {
        if let carrier { carrier.close(closure) } else { failed(closure, "") }
    }

    /// The connection has not come about.
    func failed(_ closure: LinkClosure, _ detail: String) {
        guard pool.eventLoop.inEventLoop else { return pool.eventLoop.execute { [self] in failed(closure, detail) } }
        closed(closure, detail: detail)
    }

    // MARK: LinkEnd

    func opened(_ carrier: any LinkCarrier, peer: LinkPeer) {
        self.carrier = carrier
        guard !isOver else { return carrier.close(.stopped) }
        let transport = configuration.transport
        let speaks11 = peer.applicationProtocol == "radius/1.1"
        let offered = pool.context?.configuration.applicationProtocols ?? []
        // A peer without ALPN speaks RADIUS/1.0; RADIUS/1.1 needs TLS 1.3 (RFC 9765 §3.3).
        guard speaks11 ? peer.tlsVersion == .v1_3 : offered.isEmpty || offered.contains("radius/1.0") else {
            return carrier.close(.handshakeFailed)
        }
        let dialect = LinkDialect(transport: transport, radius11: speaks11 ? RADIUS11(dictionary: pool.environment.dictionary) : nil)
        exchanges = ExchangeTable(
            dialect, secret: dialect.radius11?.secret ?? configuration.secret,
            requiresMessageAuthenticator: configuration.requireMessageAuthenticator == .yes, maximumLength: configuration.maximumLength)
        openedAt = clock.monotonic()
        lastUsed = openedAt
        heard()
        pool.environment.counters.update(transport) { counts in
            counts.opened += 1
            counts.current += 1
            if speaks11 { counts.opened11 += 1 }
        }
        pool.environment.logger.info("connection open", metadata: ["link": "\(pool.name)", "version": speaks11 ? "1.1" : "1.0"])
        pool.opened(self)
    }

    func received(_ packet: [UInt8]) {
        heard()
        switch exchanges?.match(packet) {
        case .reply(let pending, let reply): pending.finish(.success(reply))
        case .notAuthentic: carrier?.close(.notAuthentic)
        case .unknown, nil: break
        }
    }

    func closed(_ closure: LinkClosure, detail: String) {
        guard !isOver else { return }
        isOver = true
        let wasOpen = exchanges != nil
        let lost = exchanges?.removeAll() ?? []
        exchanges = nil
        carrier = nil
        pool.closed(self, closure, detail: detail, wasOpen: wasOpen)
        for pending in lost { pending.finish(.failure(.linkDown(closure.rawValue))) }
    }

    // MARK: Watchdog

    func sweep(_ now: UInt64) {
        guard let carrier else { return }
        if !configuration.keepsConnection, count == 0, now &- min(lastUsed, now) > configuration.idleTimeout.nanoseconds {
            return carrier.close(.idle)
        }
        guard configuration.statusInterval > .zero, now &- min(lastReceived, now) > watchdogInterval else { return }
        guard watchdog == nil else { return carrier.close(.watchdog) }
        ask(now)
    }

    /// RFC 3539 §3.4: the second silence in a row means that the connection is dead.
    private func ask(_ now: UInt64) {
        let status = PendingRequest(
            OutgoingRequest(code: .statusServer) { _, _ in [] }, completion: { _ in }, onCancel: { _ in })
        watchdog = status
        lastReceived = now
        _ = start(status)
    }

    private func heard() {
        lastReceived = clock.monotonic()
        watchdog = nil
        // Two seconds of jitter either way, so that the peers of a server do not fall into step.
        let interval = configuration.statusInterval.nanoseconds
        let jitter = min(Duration.seconds(2).nanoseconds, interval / 2)
        watchdogInterval = interval - jitter + UInt64.random(in: 0...(2 * jitter))
    }
}
