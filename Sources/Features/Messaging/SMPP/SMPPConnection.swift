import NIOCore

/// Why a request to a center has no answer.
enum SMPPFailure: Error, Equatable, CustomStringConvertible {
    /// The center refused the bind, with this status.
    case bindRefused(UInt32)
    case closed
    case timeout

    var description: String {
        switch self {
        case .bindRefused(let status): "bind refused, status 0x\(String(status, radix: 16))"
        case .closed: "connection closed"
        case .timeout: "timeout"
        }
    }
}

/// One connection, bound as transceiver: matches responses to requests, answers the center's requests, watches whether it lives.
///
/// Everything happens on the channel's event loop.
final class SMPPConnection: ChannelInboundHandler {
    typealias InboundIn = SMPPPDU
    typealias OutboundOut = ByteBuffer

    private let bind: SMPPBind
    private let timeout: TimeAmount
    private let enquireInterval: TimeAmount
    private let bound: EventLoopPromise<Void>
    private let onReceipt: @Sendable (DeliveryReceipt) async -> Bool
    private var context: ChannelHandlerContext?
    private var sequence: UInt32 = 0
    private var pending: [UInt32: EventLoopPromise<SMPPPDU>] = [:]
    private var hasHeard = true
    private var watch: RepeatedTask?

    /// - Parameters:
    ///   - bound: succeeds once the center has accepted the bind.
    ///   - onReceipt: records a receipt and says whether that worked.
    init(
        _ bind: SMPPBind, timeout: TimeAmount, enquireInterval: TimeAmount, bound: EventLoopPromise<Void>,
        onReceipt: @escaping @Sendable (DeliveryReceipt) async -> Bool
    ) {
        self.bind = bind
        self.timeout = timeout
        self.enquireInterval = enquireInterval
        self.bound = bound
        self.onReceipt = onReceipt
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelActive(context: ChannelHandlerContext) {
        let answer = context.eventLoop.makePromise(of: SMPPPDU.self)
        let own = NIOLoopBound(self, eventLoop: context.eventLoop)
        answer.futureResult.whenComplete { own.value.bindAnswered($0) }
        request(SMPPPDU.Command.bindTransceiver, bind.octets, answer)
    }

    private func bindAnswered(_ result: Result<SMPPPDU, any Error>) {
        switch result {
        case .success(let pdu) where pdu.status == SMPPPDU.Status.ok:
            startWatch()
            bound.succeed(())
        case .success(let pdu):
            bound.fail(SMPPFailure.bindRefused(pdu.status))
            context?.close(promise: nil)
        case .failure(let error):
            bound.fail(error)
            context?.close(promise: nil)
        }
    }

    /// Sends a request; the promise gets its response, or ``SMPPFailure``.
    func request(_ command: UInt32, _ body: [UInt8], _ promise: EventLoopPromise<SMPPPDU>) {
        guard let context, context.channel.isActive else { return promise.fail(SMPPFailure.closed) }
        let number = nextSequence()
        pending[number] = promise
        let own = NIOLoopBound(self, eventLoop: context.eventLoop)
        let timer = context.eventLoop.scheduleTask(in: timeout) {
            own.value.pending.removeValue(forKey: number)?.fail(SMPPFailure.timeout)
        }
        promise.futureResult.whenComplete { _ in timer.cancel() }
        write(SMPPPDU(command: command, sequence: number, body: body))
    }

    /// 1 … 0x7FFFFFFF (§3.2).
    private func nextSequence() -> UInt32 {
        sequence = sequence >= 0x7fff_ffff ? 1 : sequence + 1
        return sequence
    }

    private func write(_ pdu: SMPPPDU) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: pdu.octets)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let pdu = unwrapInboundIn(data)
        hasHeard = true
        if pdu.isResponse {
            pending.removeValue(forKey: pdu.sequence)?.succeed(pdu)
            return
        }
        switch pdu.command {
        case SMPPPDU.Command.enquireLink: write(pdu.response())
        case SMPPPDU.Command.deliver: deliver(pdu, context.eventLoop)
        case SMPPPDU.Command.unbind:
            write(pdu.response())
            context.close(promise: nil)
        default:
            write(
                SMPPPDU(command: SMPPPDU.Command.genericNack, status: SMPPPDU.Status.invalidCommand, sequence: pdu.sequence))
        }
    }

    /// A receipt is acknowledged once it is recorded, so that the center repeats one that was not. Messages of subscribers are not wanted.
    private func deliver(_ pdu: SMPPPDU, _ loop: any EventLoop) {
        guard let message = SMPPMessage(pdu.body), let receipt = SMPPReceipt.read(message) else {
            // The message id of the response is unused (§4.6.2).
            return write(pdu.response(body: [0]))
        }
        let recorded = loop.makePromise(of: Bool.self)
        recorded.completeWithTask { [onReceipt] in await onReceipt(receipt) }
        let own = NIOLoopBound(self, eventLoop: loop)
        recorded.futureResult.whenSuccess { isRecorded in
            let status = isRecorded ? SMPPPDU.Status.ok : SMPPPDU.Status.temporaryApplicationError
            own.value.write(pdu.response(status: status, body: [0]))
        }
    }

    private func startWatch() {
        guard let context else { return }
        let own = NIOLoopBound(self, eventLoop: context.eventLoop)
        watch = context.eventLoop.scheduleRepeatedTask(initialDelay: enquireInterval, delay: enquireInterval) { _ in own.value.look() }
    }

    /// Nothing heard since the last look, whose question should have been answered: the center is gone.
    private func look() {
        guard hasHeard else {
            context?.close(promise: nil)
            return
        }
        hasHeard = false
        write(SMPPPDU(command: SMPPPDU.Command.enquireLink, sequence: nextSequence()))
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func end() {
        watch?.cancel()
        watch = nil
        let unanswered = pending
        pending = [:]
        for promise in unanswered.values { promise.fail(SMPPFailure.closed) }
        // One that is kept already stays kept.
        bound.fail(SMPPFailure.closed)
    }
}
