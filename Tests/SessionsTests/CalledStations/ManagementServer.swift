import NIOCore
import NIOPosix

/// An OpenVPN management interface on a port of its own, with a password and a routing table.
final class ManagementServer: Sendable {
    let port: Int
    private let channel: any Channel

    /// - Parameters:
    ///   - password: nil for an interface that says nothing at all.
    ///   - routes: virtual addresses and common names.
    init(password: String?, routes: [(String, String)]) async throws {
        let lines = routes.map { "ROUTING_TABLE\t\($0)\t\($1)\t192.0.2.7:1194\tnow\t0\r\n" }.joined()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Talk(password: password, table: "TITLE\tOpenVPN\r\n\(lines)END\r\n"))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func stop() async throws { try await channel.close() }

    private final class Talk: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let password: String?
        private let table: String
        private var received = ""
        private var isTrusted = false

        init(password: String?, table: String) {
            self.password = password
            self.table = table
        }

        func channelActive(context: ChannelHandlerContext) {
            if password != nil { say("ENTER PASSWORD:", context) }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            while let end = received.firstIndex(of: "\n") {
                let line = received[..<end]
                received = String(received[received.index(after: end)...])
                switch (isTrusted, line) {
                case (false, _) where password.map { line == $0 } ?? false:
                    isTrusted = true
                    say("SUCCESS: password is correct\r\n>INFO:OpenVPN Management Interface Version 5\r\n", context)
                case (true, "status 3"): say(table, context)
                default: say("ERROR: bad password\r\n", context)
                }
            }
        }

        private func say(_ text: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }
    }
}
