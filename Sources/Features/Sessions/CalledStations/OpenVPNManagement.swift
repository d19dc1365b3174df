import NIOCore
import NIOPosix

/// Reads routing tables from OpenVPN's management interfaces, one short connection each.
struct OpenVPNManagement: Sendable {
    /// For the whole talk.
    var timeout = Duration.seconds(30)

    /// The devices behind the clients of one VPN.
    /// - Throws: ``OpenVPNDialogue/Failure``, or why there is no connection.
    func routes(of endpoint: CalledStationConcentrator.Endpoint, password: String) async throws -> [OpenVPNDialogue.Route] {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let outcome = loop.makePromise(of: [OpenVPNDialogue.Route].self)
        let limit = TimeAmount(timeout)
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: loop).connectTimeout(limit).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(OpenVPNDialogueHandler(password: password, outcome: outcome))
                }
            }.connect(host: endpoint.host, port: endpoint.port).get()
        } catch {
            outcome.fail(error)
            throw error
        }
        let timer = loop.scheduleTask(in: limit) { channel.close(promise: nil) }
        defer { timer.cancel() }
        return try await outcome.futureResult.get()
    }
}

/// Carries a dialogue over a connection.
private final class OpenVPNDialogueHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var dialogue: OpenVPNDialogue
    private let outcome: EventLoopPromise<[OpenVPNDialogue.Route]>
    private var isOver = false

    init(password: String, outcome: EventLoopPromise<[OpenVPNDialogue.Route]>) {
        dialogue = OpenVPNDialogue(password: password)
        self.outcome = outcome
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        do {
            for step in try dialogue.receive(unwrapInboundIn(data).readableBytesView) {
                switch step {
                case .wait: break
                case .say(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                case .done(let routes): end(.success(routes), context)
                }
            }
        } catch {
            end(.failure(error), context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(OpenVPNDialogue.Failure.closed), context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(error), context)
    }

    private func end(_ result: Result<[OpenVPNDialogue.Route], any Error>, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        outcome.completeWith(result)
        context.close(promise: nil)
    }
}
