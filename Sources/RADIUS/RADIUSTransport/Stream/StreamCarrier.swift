import NIOConcurrencyHelpers
import NIOCore
import TLSEngine

/// One TCP connection, in clear or with TLS, as a carrier of packets.
///
/// Handshakes run on the threads of a ``WorkPool``, since private-key work would hold up every other link of the event loop; once the
/// session is established, the event loop uses it itself.
///
/// `@unchecked Sendable`: everything stored is touched on `eventLoop` only, but `session` while a handshake step is on its way: then by
/// that step's thread alone.
final class StreamCarrier: ChannelInboundHandler, LinkCarrier, Sweepable, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What all carriers of a listener or link have in common.
    struct Settings: Sendable {
        var maximumLength: Int
        var handshakeTimeout: UInt64
        var packetTimeout: UInt64
        /// Runs handshakes.
        var pool: WorkPool
        var clock: TransportClock
    }

    /// What a peer may send behind its part of a handshake before that is done; octets.
    private static let waitingLimit = 1 << 18

    private enum Phase { case idle, proxyHeader, handshake, open, closed }

    let eventLoop: any EventLoop
    private(set) var source: SocketEndpoint
    private(set) var destination: SocketEndpoint
    private let settings: Settings
    private let session: TLSSession?
    private let end: any LinkEnd & Sweepable
    private let sweeper: LinkSweeper
    private var expectsProxyHeader: Bool
    private var context: ChannelHandlerContext?
    private var phase = Phase.idle
    private var header: [UInt8] = []
    private var framer: PacketFramer
    /// Packets read while the end did not want any more.
    private var backlog: ArraySlice<[UInt8]> = []
    private var isStepping = false
    /// Came while a step was on its way: at the end of the stream the channel hands over what is left, asked or not.
    private var waiting: [UInt8] = []
    private var startedAt: UInt64 = 0
    private var packetSince: UInt64?
    private var closure: LinkClosure?
    private var detail = ""

    /// - Parameters:
    ///   - session: nil for TCP in clear.
    ///   - expectsProxyHeader: whether a PROXY header comes before everything else.
    init(
        _ settings: Settings, eventLoop: any EventLoop, source: SocketEndpoint, destination: SocketEndpoint, session: TLSSession?,
        expectsProxyHeader: Bool, end: any LinkEnd & Sweepable, sweeper: LinkSweeper
    ) {
        self.settings = settings
        self.eventLoop = eventLoop
        self.source = source
        self.destination = destination
        self.session = session
        self.expectsProxyHeader = expectsProxyHeader
        self.end = end
        self.sweeper = sweeper
        framer = PacketFramer(maximumLength: settings.maximumLength)
    }

    var isReading = true {
        didSet {
            guard isReading, !oldValue, phase == .open else { return }
            // Not in place: the caller is often in the middle of a packet.
            eventLoop.execute { [self] in
                deliver()
                readMore()
            }
        }
    }

    // MARK: Channel

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        startedAt = settings.clock.monotonic()
        sweeper.insert(self)
        if expectsProxyHeader { phase = .proxyHeader } else { begin() }
        readMore()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        received(buffer.readBytes(length: buffer.readableBytes) ?? [])
    }

    func channelReadComplete(context: ChannelHandlerContext) { readMore() }

    func channelWritabilityChanged(context: ChannelHandlerContext) { readMore() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        detail = "\(error)"
        close(.networkError)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        // The step that is on its way may know why.
        if !isStepping { finish() }
    }

    private func finish() {
        sweeper.remove(self)
        let inHandshake = phase == .handshake || phase == .proxyHeader
        phase = .closed
        end.closed(closure ?? (inHandshake && session != nil ? .handshakeFailed : .peer), detail: detail)
    }

    /// Reads on unless the end, the handshake or the peer, who does not take what is sent to it, holds it up.
    private func readMore() {
        guard let context, phase != .closed, phase != .idle, isReading, backlog.isEmpty, !isStepping, context.channel.isWritable else {
            return
        }
        context.read()
    }

    // MARK: Octets

    private func received(_ octets: [UInt8]) {
        switch phase {
        case .idle, .closed: break
        case .proxyHeader: readHeader(octets)
        case .handshake where isStepping:
            waiting += octets
            if waiting.count > Self.waitingLimit {
                detail = "too much data at once"
                close(.handshakeFailed)
            }
        case .handshake: step(octets)
        case .open: open(octets)
        }
    }

    private func readHeader(_ octets: [UInt8]) {
        header += octets
        switch ProxyHeader.read(header) {
        case .incomplete: break
        case .invalid:
            detail = "no PROXY header"
            close(.malformed)
        case .complete(let proxy):
            source = proxy.source ?? source
            destination = proxy.destination ?? destination
            let rest = Array(header[proxy.length...])
            header = []
            begin()
            if !rest.isEmpty { received(rest) }
        }
    }

    private func begin() {
        guard let session else {
            phase = .open
            return end.opened(self, peer: LinkPeer())
        }
        phase = .handshake
        // A client speaks first.
        if session.context.configuration.role == .client { step([]) }
    }

    private func step(_ octets: [UInt8]) {
        guard let session else { return }
        isStepping = true
        let lent = LentSession(session)
        settings.pool.submit { [self] in
            let step = LentSession.Step(progress: lent.session.receive(octets), output: lent.session.takeOutput())
            eventLoop.execute { [self] in stepped(step) }
        } onShed: { [self] in
            eventLoop.execute { [self] in
                detail = "too many handshakes"
                stepped(LentSession.Step(progress: .handshaking, output: []))
                close(.handshakeFailed)
            }
        }
    }

    private func stepped(_ step: LentSession.Step) {
        isStepping = false
        guard context != nil else {
            if case .failed(let failure) = step.progress { detail = failure.reason }
            return finish()
        }
        guard phase == .handshake else { return }
        write(step.output)
        switch step.progress {
        case .handshaking: resume()
        case .established: established()
        case .closed: close(.peer)
        case .failed(let failure):
            detail = failure.reason
            close(.handshakeFailed)
        }
    }

    /// Takes what came during the last step.
    private func resume() {
        let octets = waiting
        waiting = []
        if !octets.isEmpty { received(octets) }
        readMore()
    }

    private func established() {
        guard let session else { return }
        phase = .open
        end.opened(
            self,
            peer: LinkPeer(
                certificate: session.peerCertificate, chain: session.peerChain, preSharedKeyIdentity: session.preSharedKeyIdentity,
                applicationProtocol: session.applicationProtocol, tlsVersion: session.version))
        guard phase == .open else { return }
        frame(session.takePlaintext())
        resume()
    }

    private func open(_ octets: [UInt8]) {
        guard let session else { return frame(octets) }
        let progress = session.receive(octets)
        let plaintext = session.takePlaintext()
        write(session.takeOutput())
        if !plaintext.isEmpty { frame(plaintext) }
        switch progress {
        case .closed: close(.peer)
        case .failed(let failure):
            detail = failure.reason
            close(.tlsError)
        case .handshaking, .established: break
        }
    }

    private func frame(_ octets: [UInt8]) {
        guard let packets = framer.append(octets) else {
            detail = "bad length"
            return close(.malformed)
        }
        packetSince =
            !framer.isInsidePacket ? nil : packets.isEmpty ? packetSince ?? settings.clock.monotonic() : settings.clock.monotonic()
        backlog += packets
        deliver()
    }

    private func deliver() {
        while phase == .open, isReading, let packet = backlog.popFirst() { end.received(packet) }
    }

    // MARK: LinkCarrier

    func send(_ packet: [UInt8]) {
        guard phase == .open else { return }
        guard let session else { return write(packet) }
        do throws(TLSFailure) {
            try session.send(packet)
            write(session.takeOutput())
        } catch {
            detail = error.reason
            close(.tlsError)
        }
    }

    private func write(_ octets: [UInt8]) {
        guard !octets.isEmpty, let context else { return }
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: octets)), promise: nil)
    }

    func close(_ closure: LinkClosure) {
        guard phase != .closed else { return }
        self.closure = self.closure ?? closure
        if let session, phase == .open, closure != .tlsError {
            session.close()
            write(session.takeOutput())
        }
        phase = .closed
        context?.close(promise: nil)
    }

    // MARK: Sweepable

    func sweep(_ now: UInt64) {
        switch phase {
        case .proxyHeader, .handshake:
            if now &- min(startedAt, now) > settings.handshakeTimeout { close(.handshakeTimeout) }
        case .open:
            if let packetSince, backlog.isEmpty, now &- min(packetSince, now) > settings.packetTimeout { return close(.packetTimeout) }
            end.sweep(now)
        case .idle, .closed: break
        }
    }
}

/// A session on its way to a handshake thread and back.
///
/// `@unchecked Sendable`: the carrier does not touch the session until the step has come back.
struct LentSession: @unchecked Sendable {
    struct Step: Sendable {
        var progress: TLSSession.Progress
        var output: [UInt8]
    }

    let session: TLSSession

    init(_ session: TLSSession) {
        self.session = session
    }
}
