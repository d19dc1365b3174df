import Logging
import NIOConcurrencyHelpers
import NIOCore
import TLSEngine

/// The associations of one DTLS socket by their addresses and ports. An unknown peer gets a cookie and no memory until it has sent that
/// back (RFC 6347 §4.2.1).
///
/// `@unchecked Sendable`: `stopping` has its lock; everything else is touched on `eventLoop` only.
final class DTLSDemultiplexer: @unchecked Sendable {
    struct Datagram: Sendable {
        var octets: [UInt8]
        var source: SocketEndpoint
        var destination: SocketEndpoint
    }

    private struct Path: Hashable {
        var source: SocketEndpoint
        var destination: SocketEndpoint
    }

    let eventLoop: any EventLoop
    let socket: UDPSocket
    private let service: LinkService
    private let settings: StreamCarrier.Settings
    private let sweeper: LinkSweeper
    private let stopping = NIOLockedValueBox(false)
    private var context: TLSContext
    private var cookies: DTLSListener?
    private var cookiesSince: UInt64 = 0
    private var associations: [Path: DTLSCarrier] = [:]

    /// A cookie is good for one to two of these.
    private static let cookieLifetime = Duration.seconds(60).nanoseconds

    init(
        _ service: LinkService, settings: StreamCarrier.Settings, eventLoop: any EventLoop, socket: UDPSocket, context: TLSContext,
        sweeper: LinkSweeper
    ) {
        self.service = service
        self.settings = settings
        self.eventLoop = eventLoop
        self.socket = socket
        self.context = context
        self.sweeper = sweeper
    }

    var isStopping: Bool { stopping.withLockedValue { $0 } }

    /// From any thread.
    func replace(_ context: TLSContext) {
        eventLoop.execute { [self] in
            self.context = context
            cookies = nil
        }
    }

    /// Closes all associations; from any thread but the event loop's.
    func stop() {
        stopping.withLockedValue { $0 = true }
        try? eventLoop.submit { [self] in
            for carrier in associations.values { carrier.close(.stopped) }
        }.wait()
    }

    func received(_ datagrams: [Datagram]) {
        guard !isStopping else { return }
        for datagram in datagrams {
            let path = Path(source: datagram.source, destination: datagram.destination)
            let known = associations[path]
            // A ClientHello in clear inside an association: the peer may have lost its state (RFC 6347 §4.2.8).
            if let known, !known.isEstablished || !Self.isClientHello(datagram.octets) {
                known.received(datagram.octets)
            } else if Self.isClientHello(datagram.octets) {
                greet(datagram, path, instead: known)
            }
        }
    }

    /// A handshake record of epoch 0 with a ClientHello.
    private static func isClientHello(_ octets: [UInt8]) -> Bool {
        octets.count > 13 && octets[0] == 22 && octets[3] == 0 && octets[4] == 0 && octets[13] == 1
    }

    private func greet(_ datagram: Datagram, _ path: Path, instead old: DTLSCarrier?) {
        do {
            switch try currentCookies().receive(datagram.octets, from: Self.octets(path)) {
            case .none: break
            case .challenge(let answer): transmit(answer, path)
            case .session(let session):
                old?.close(.peer)
                guard service.admitConnection() else { return }
                let link = InboundLink(service, eventLoop: eventLoop, source: path.source)
                let carrier = DTLSCarrier(
                    settings, eventLoop: eventLoop, source: path.source, destination: path.destination, session: session, end: link,
                    sweeper: sweeper, transmit: { [weak self] in self?.transmit($0, path) },
                    onEnd: { [weak self] ended in
                        guard let self, associations[path] === ended else { return }
                        associations[path] = nil
                    })
                associations[path] = carrier
                carrier.begin()
            }
        } catch {
            service.logger.error("DTLS cannot answer", metadata: ["error": "\(error)"])
        }
    }

    private func currentCookies() throws -> DTLSListener {
        let now = settings.clock.monotonic()
        guard let cookies else {
            let fresh = try DTLSListener(context)
            cookies = fresh
            cookiesSince = now
            return fresh
        }
        if now &- cookiesSince > Self.cookieLifetime {
            try cookies.rotateSecret()
            cookiesSince = now
        }
        return cookies
    }

    private func transmit(_ octets: [UInt8], _ path: Path) {
        _ = socket.send(octets, to: path.source, from: path.destination)
    }

    private static func octets(_ path: Path) -> [UInt8] {
        path.source.address.bytes + [UInt8(path.source.port >> 8), UInt8(path.source.port & 255)] + path.destination.address.bytes
    }
}
