import NIOCore
import TLSEngine

/// One DTLS association as a carrier of packets; each record holds one packet (RFC 7360 §5.1). Handshakes run on the threads of a
/// ``WorkPool``.
///
/// `@unchecked Sendable`: everything stored is touched on `eventLoop` only, but `session` while a handshake step is on its way: then by
/// that step's thread alone.
final class DTLSCarrier: LinkCarrier, Sweepable, @unchecked Sendable {
    private enum Phase { case handshake, open, closed }

    /// Datagrams kept while a handshake step is on its way; the peer repeats what is dropped.
    private static let waitingLimit = 32

    let eventLoop: any EventLoop
    let source: SocketEndpoint
    let destination: SocketEndpoint
    private let settings: StreamCarrier.Settings
    private let session: TLSSession
    private let end: any LinkEnd & Sweepable
    private let sweeper: LinkSweeper
    private let transmit: ([UInt8]) -> Void
    /// Called once, after the end has heard of it.
    private let onEnd: (DTLSCarrier) -> Void
    private var phase = Phase.handshake
    private var isStepping = false
    private var waiting: [[UInt8]] = []
    private var startedAt: UInt64
    private var timer: Scheduled<Void>?
    private var detail = ""

    /// - Parameter transmit: sends one datagram to the peer.
    init(
        _ settings: StreamCarrier.Settings, eventLoop: any EventLoop, source: SocketEndpoint, destination: SocketEndpoint,
        session: TLSSession, end: any LinkEnd & Sweepable, sweeper: LinkSweeper, transmit: @escaping ([UInt8]) -> Void,
        onEnd: @escaping (DTLSCarrier) -> Void
    ) {
        self.settings = settings
        self.eventLoop = eventLoop
        self.source = source
        self.destination = destination
        self.session = session
        self.end = end
        self.sweeper = sweeper
        self.transmit = transmit
        self.onEnd = onEnd
        startedAt = settings.clock.monotonic()
    }

    /// Takes up the handshake.
    func begin() {
        sweeper.insert(self)
        step { $0.receive([]) }
    }

    /// Whether a ClientHello comes from a peer that has lost this association, rather than repeats one of its handshake.
    var isEstablished: Bool { phase == .open }

    var isReading = true

    /// A datagram from the peer.
    func received(_ datagram: [UInt8]) {
        switch phase {
        case .handshake:
            if !isStepping {
                step { $0.receive(datagram) }
            } else if waiting.count < Self.waitingLimit {
                waiting.append(datagram)
            }
        case .open: open(datagram)
        case .closed: break
        }
    }

    // MARK: Handshake

    private func step(_ advance: @escaping @Sendable (TLSSession) -> TLSSession.Progress) {
        isStepping = true
        timer?.cancel()
        let lent = LentSession(session)
        settings.pool.submit { [self] in
            let progress = advance(lent.session)
            let datagrams = lent.session.takeDatagrams()
            eventLoop.execute { [self] in stepped(progress, datagrams) }
        } onShed: { [self] in
            eventLoop.execute { [self] in
                isStepping = false
                detail = "too many handshakes"
                close(.handshakeFailed)
            }
        }
    }

    private func stepped(_ progress: TLSSession.Progress, _ datagrams: [[UInt8]]) {
        isStepping = false
        guard phase == .handshake else { return }
        datagrams.forEach(transmit)
        switch progress {
        case .handshaking:
            guard waiting.isEmpty else {
                let datagram = waiting.removeFirst()
                return step { $0.receive(datagram) }
            }
            schedule()
        case .established: established()
        case .closed: close(.peer)
        case .failed(let failure):
            detail = failure.reason
            close(.handshakeFailed)
        }
    }

    private func established() {
        phase = .open
        end.opened(
            self,
            peer: LinkPeer(
                certificate: session.peerCertificate, chain: session.peerChain, preSharedKeyIdentity: session.preSharedKeyIdentity,
                applicationProtocol: session.applicationProtocol, tlsVersion: session.version))
        deliver()
        let rest = waiting
        waiting = []
        rest.forEach(open)
        schedule()
    }

    /// Repeats the last flight when nothing answers it.
    private func schedule() {
        timer?.cancel()
        timer = nil
        guard phase != .closed, let wait = session.nanosecondsUntilTimeout else { return }
        timer = eventLoop.scheduleTask(in: .nanoseconds(wait)) { [weak self] in self?.timedOut() }
    }

    private func timedOut() {
        guard phase != .closed, !isStepping else { return }
        let progress = session.handleTimeout()
        session.takeDatagrams().forEach(transmit)
        if case .failed(let failure) = progress {
            detail = failure.reason
            return close(phase == .handshake ? .handshakeTimeout : .tlsError)
        }
        schedule()
    }

    // MARK: Packets

    private func open(_ datagram: [UInt8]) {
        guard phase == .open else { return }
        let progress = session.receive(datagram)
        session.takeDatagrams().forEach(transmit)
        deliver()
        switch progress {
        case .closed: close(.peer)
        case .failed(let failure):
            detail = failure.reason
            close(.tlsError)
        case .handshaking, .established: break
        }
    }

    /// What the end does not want now is dropped, as on UDP: the peer sends it again.
    private func deliver() {
        for record in session.takePlaintextRecords() where phase == .open && isReading {
            guard record.count >= 20 else { return close(.malformed) }
            let length = Int(record[2]) << 8 | Int(record[3])
            guard length >= 20, length <= record.count, length <= settings.maximumLength else { return close(.malformed) }
            end.received(Array(record[..<length]))
        }
    }

    func send(_ packet: [UInt8]) {
        guard phase == .open else { return }
        do throws(TLSFailure) {
            try session.send(packet)
            session.takeDatagrams().forEach(transmit)
        } catch {
            detail = error.reason
            close(.tlsError)
        }
    }

    func close(_ closure: LinkClosure) {
        guard phase != .closed else { return }
        if phase == .open, !isStepping, closure != .tlsError {
            session.close()
            session.takeDatagrams().forEach(transmit)
        }
        phase = .closed
        timer?.cancel()
        sweeper.remove(self)
        waiting = []
        end.closed(closure, detail: detail)
        onEnd(self)
    }

    // MARK: Sweepable

    func sweep(_ now: UInt64) {
        switch phase {
        case .handshake:
            if now &- min(startedAt, now) > settings.handshakeTimeout { close(.handshakeTimeout) }
        case .open: end.sweep(now)
        case .closed: break
        }
    }
}
