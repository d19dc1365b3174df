import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import WebRouting

/// Decides about the first request of a connection, if it wants to be a WebSocket, before NIO's upgrade handler sees it.
///
/// That handler loses the head of a request that carries `Upgrade` and is not upgraded (`Upgrade: h2c`, as curl and Java send it, a wrong
/// path): the field is taken off such a request, so that it is answered as an ordinary one.
final class UpgradeGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// A WebSocket that may be opened.
    struct Accepted: Sendable {
        let route: WebSocketRoute
        let request: WebRequest
    }

    private enum State {
        case head
        /// Parts that arrived meanwhile.
        case deciding([NIOAny])
        case open
        /// Refused; what the client still sends is not read.
        case closed
    }

    private var state = State.head
    private(set) var accepted: Accepted?
    /// Whether the connection is what it will be; from then on that part answers for errors.
    var isSettled = false
    private let isSecure: Bool
    private let decide: @Sendable (IncomingRequest) async -> SocketDecision

    init(isSecure: Bool, decide: @escaping @Sendable (IncomingRequest) async -> SocketDecision) {
        self.isSecure = isSecure
        self.decide = decide
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        // Not unwrapped: after an upgrade these are raw octets.
        case .open: context.fireChannelRead(data)
        case .closed: return
        case .deciding(var held):
            held.append(data)
            state = .deciding(held)
        case .head:
            guard case .head(let head) = Self.unwrapInboundIn(data), head.headers.contains(name: "upgrade") else {
                state = .open
                return context.fireChannelRead(data)
            }
            guard Self.isWebSocket(head), let request = try? HTTPRequest(head, secure: isSecure, splitCookie: false) else {
                return pass(context, head, held: [])
            }
            state = .deciding([])
            let incoming = IncomingRequest(
                head: request, peerAddress: context.channel.remoteAddress?.ipAddress ?? "", isSecure: isSecure)
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.makeFutureWithTask { [decide] in await decide(incoming) }.whenSuccess { decision in
                let (gate, context) = bound.value
                gate.decided(context, head, decision)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isSettled else { return context.fireErrorCaught(error) }
        if case .closed = state { return }
        // Nothing behind this handler would hear of a first request that is no HTTP.
        refuse(context, WebResponse(.badRequest))
    }

    private static func isWebSocket(_ head: HTTPRequestHead) -> Bool {
        head.method == .GET && head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
            && head.headers["sec-websocket-key"].count == 1 && head.headers["sec-websocket-version"] == ["13"]
    }

    private func decided(_ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ decision: SocketDecision) {
        guard case .deciding(let held) = state else { return }
        switch decision {
        case .none: pass(context, head, held: held)
        case .refused(let response): refuse(context, response)
        case .accepted(let route, let request):
            accepted = Accepted(route: route, request: request)
            state = .open
            context.fireChannelRead(Self.wrapInboundOut(.head(head)))
            forward(context, held)
        }
    }

    /// Goes on with an ordinary request.
    private func pass(_ context: ChannelHandlerContext, _ head: HTTPRequestHead, held: [NIOAny]) {
        var head = head
        head.headers.remove(name: "upgrade")
        state = .open
        context.fireChannelRead(Self.wrapInboundOut(.head(head)))
        forward(context, held)
    }

    private func forward(_ context: ChannelHandlerContext, _ held: [NIOAny]) {
        for part in held { context.fireChannelRead(part) }
        context.fireChannelReadComplete()
    }

    /// Answers here: asking the service again as an ordinary request could use up what is good only once.
    private func refuse(_ context: ChannelHandlerContext, _ response: WebResponse) {
        state = .closed
        var headers = HTTPHeaders(response.headers)
        var bytes: [UInt8] = []
        if case .bytes(let body) = response.body { bytes = body }
        headers.replaceOrAdd(name: "content-length", value: String(bytes.count))
        headers.replaceOrAdd(name: "connection", value: "close")
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: response.status.code), headers: headers)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil))).whenComplete { _ in bound.value.close(promise: nil) }
    }
}
