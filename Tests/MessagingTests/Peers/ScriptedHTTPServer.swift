import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A small HTTP/1.1 server that answers as the test says, and remembers requests as they came.
final class ScriptedHTTPServer: Sendable {
    struct Request: Sendable, Equatable {
        let line: String
        /// Names in lower case.
        let headers: [String: String]
        let body: String
    }

    let url: String
    private let channel: any Channel
    private let seen = NIOLockedValueBox<[Request]>([])

    /// - Parameter answer: status with reason, more headers, body.
    init(_ answer: @escaping @Sendable (Request) -> (status: String, headers: String, body: String)) async throws {
        let seen = seen
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Handler { request in
                            seen.withLockedValue { $0.append(request) }
                            return answer(request)
                        })
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    deinit { channel.close(promise: nil) }

    var requests: [Request] { seen.withLockedValue { $0 } }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var octets: [UInt8] = []
        private let answer: (Request) -> (status: String, headers: String, body: String)

        init(_ answer: @escaping (Request) -> (status: String, headers: String, body: String)) {
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            octets += unwrapInboundIn(data).readableBytesView
            let text = String(decoding: octets, as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { return }
            var lines = text[..<end.lowerBound].split(separator: "\r\n").map(String.init)
            let first = lines.removeFirst()
            let headers = Dictionary(
                lines.compactMap { line -> (String, String)? in
                    let parts = line.split(separator: ":", maxSplits: 1)
                    return parts.count == 2 ? (parts[0].lowercased(), parts[1].drop { $0 == " " }.description) : nil
                }
            ) { first, _ in first }
            let body = text[end.upperBound...]
            guard body.utf8.count >= headers["content-length"].flatMap({ Int($0) }) ?? 0 else { return }
            octets = []
            let (status, more, content) = answer(Request(line: first, headers: headers, body: String(body)))
            let reply = "HTTP/1.1 \(status)\r\n\(more)Content-Length: \(content.utf8.count)\r\nConnection: close\r\n\r\n\(content)"
            context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: reply))).assumeIsolated().whenComplete { _ in
                context.close(promise: nil)
            }
        }
    }
}
