import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

@testable import Messaging

/// A short message service center that answers as the test says.
final class ScriptedCenter: Sendable {
    typealias Answer = @Sendable (SMPPPDU) -> [SMPPPDU]

    let port: Int
    private let channel: any Channel
    private let children = NIOLockedValueBox<[any Channel]>([])
    private let seen = NIOLockedValueBox<[SMPPPDU]>([])

    /// - Parameter answer: what to send for a unit that came.
    init(port: Int = 0, _ answer: @escaping Answer) async throws {
        let (seen, children) = (seen, children)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                children.withLockedValue { $0.append(channel) }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(SMPPFrameDecoder()),
                        Handler { pdu in
                            seen.withLockedValue { $0.append(pdu) }
                            return answer(pdu)
                        })
                }
            }.bind(host: "127.0.0.1", port: port).get()
        self.port = channel.localAddress?.port ?? 0
    }

    deinit {
        channel.close(promise: nil)
        dropConnections()
    }

    /// Units that came, by command.
    func received(_ command: UInt32) -> [SMPPPDU] { seen.withLockedValue { $0.filter { $0.command == command } } }

    /// Connections made so far.
    var connections: Int { children.withLockedValue { $0.count } }

    /// Sends a unit over the newest connection.
    func send(_ pdu: SMPPPDU) {
        guard let channel = children.withLockedValue({ $0.last }) else { return }
        channel.writeAndFlush(channel.allocator.buffer(bytes: pdu.octets), promise: nil)
    }

    func dropConnections() {
        for child in children.withLockedValue({ $0 }) { child.close(promise: nil) }
    }

    /// Accepts the bind and every message, which get the ids `id-1`, `id-2` …
    static var friendly: Answer {
        let count = NIOLockedValueBox(0)
        return { pdu in
            switch pdu.command {
            case SMPPPDU.Command.bindTransceiver: [pdu.response(body: Array("center\0".utf8))]
            case SMPPPDU.Command.submit:
                [pdu.response(body: Array("id-\(count.withLockedValue { $0 += 1; return $0 })\0".utf8))]
            case SMPPPDU.Command.enquireLink, SMPPPDU.Command.unbind: [pdu.response()]
            default: []
            }
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = SMPPPDU
        typealias OutboundOut = ByteBuffer
        private let answer: Answer

        init(_ answer: @escaping Answer) {
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            for pdu in answer(unwrapInboundIn(data)) {
                context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: pdu.octets)), promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
