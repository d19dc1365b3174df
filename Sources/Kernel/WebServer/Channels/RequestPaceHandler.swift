import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends connections of clients that send a body too slowly, or go on sending one that nobody wants; tells those that wait for leave to send
/// (`Expect: 100-continue`) to do so.
///
/// A body has a fixed time and a second more for each 16 KiB of it. After the answer, 256 KiB of it more are thrown away, so that the client
/// gets to read the answer.
final class RequestPaceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private static let octetsPerSecond = 16 * 1024
    private static let mostUnwanted = 256 * 1024

    private let timeout: TimeAmount
    private var started = NIODeadline.now()
    private var received = 0
    private var unwanted = 0
    private var isReading = false
    private var isAnswered = false
    private var deadline: Scheduled<Void>?

    init(timeout: Duration) { self.timeout = TimeAmount(timeout) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            (started, received, unwanted, isReading, isAnswered) = (.now(), 0, 0, true, false)
            if head.headerFields[.expect]?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
            watch(context)
        case .body(let buffer):
            received += buffer.readableBytes
            if isAnswered {
                unwanted += buffer.readableBytes
                if unwanted > Self.mostUnwanted { return context.close(promise: nil) }
            }
        case .end:
            isReading = false
            deadline?.cancel()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data), isReading { isAnswered = true }
        context.write(data, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    /// Looks again when the time of the octets that came so far is over.
    private func watch(_ context: ChannelHandlerContext) {
        let allowed = timeout + .seconds(Int64(received / Self.octetsPerSecond))
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(deadline: started + allowed) {
            let (handler, context) = bound.value
            guard handler.isReading else { return }
            let allowed = handler.timeout + .seconds(Int64(handler.received / Self.octetsPerSecond))
            if handler.started + allowed <= .now() { context.close(promise: nil) } else { handler.watch(context) }
        }
    }
}
