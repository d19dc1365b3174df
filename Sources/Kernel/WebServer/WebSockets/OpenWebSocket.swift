import NIOConcurrencyHelpers
import NIOCore
import NIOWebSocket
import ServiceLifecycle
import WebRouting

/// One open WebSocket: answers pings and closing frames, pings the client itself, and ends when either side does.
final class OpenWebSocket: WebSocketConnection {
    typealias Inbound = NIOAsyncChannelInboundStream<WebSocketFrame>
    typealias Outbound = NIOAsyncChannelOutboundWriter<WebSocketFrame>

    /// Messages that wait to be read; a client that sends faster than it is served is cut off.
    private static let longestQueue = 64
    /// Octets of a frame of a message that many get.
    private static let piece = 64 << 10
    /// Octets of a message of the client.
    private static let longestMessage = 1 << 20
    /// Octets of a message that many get from which on it is compressed.
    private static let worthCompressing = 1024

    /// For a client to take the closing frame.
    private static let farewell: Duration = .seconds(2)

    let messages: AsyncStream<String>
    private let received: AsyncStream<String>.Continuation
    private let outbound: Outbound
    private let pingInterval: Duration
    /// Whether `permessage-deflate` is agreed on.
    private let isCompressed: Bool
    private let isClosed = NIOLockedValueBox(false)
    /// Pings since the client's last sign of life.
    private let silentPings = NIOLockedValueBox(0)

    init(outbound: Outbound, isCompressed: Bool, pingInterval: Duration) {
        self.outbound = outbound
        self.isCompressed = isCompressed
        self.pingInterval = pingInterval
        (messages, received) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.longestQueue))
    }

    /// As it is: most such texts are short, and compressed ones tell by their length what they have in common with a secret.
    func send(_ text: String) async throws {
        try await outbound.write(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)))
    }

    /// In pieces (RFC 6455 §5.4), so that no more of it waits in a connection than the client's pace allows.
    func send(_ message: SharedMessage) async throws {
        let compressed = await compressed(message)
        var rest = compressed ?? message.text
        var opcode = WebSocketOpcode.text
        repeat {
            let piece = rest.readSlice(length: min(rest.readableBytes, Self.piece)) ?? ByteBuffer()
            let isFirst = opcode == .text
            try await outbound.write(
                WebSocketFrame(fin: rest.readableBytes == 0, rsv1: isFirst && compressed != nil, opcode: opcode, data: piece))
            message.sent.add(piece.readableBytes)
            opcode = .continuation
        } while rest.readableBytes > 0
    }

    /// The form of the message that all get who take compressed ones.
    private func compressed(_ message: SharedMessage) async -> ByteBuffer? {
        guard isCompressed, message.text.readableBytes >= Self.worthCompressing else { return nil }
        return await message.form(MessageDeflation.task(for:)).value
    }

    func close(_ code: UInt16) async {
        guard
            isClosed.withLockedValue({ closed in
                defer { closed = true }; return !closed
            })
        else { return }
        var data = ByteBuffer()
        data.writeInteger(code)
        try? await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
    }

    /// Serves until the client leaves, `serve` returns or the server stops, whichever comes first.
    func run(_ inbound: Inbound, serve: @escaping @Sendable (any WebSocketConnection) async throws -> Void) async {
        let code = await cancelWhenGracefulShutdown {
            await withTaskGroup(of: UInt16.self) { group in
                group.addTask { await self.read(inbound) }
                group.addTask {
                    do {
                        try await serve(self)
                        return Self.normal
                    } catch {
                        return Self.failure
                    }
                }
                group.addTask { await self.ping() }
                let first = await group.next() ?? Self.normal
                group.cancelAll()
                return Task.isCancelled ? Self.goingAway : first
            }
        }
        received.finish()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.close(code) }
            group.addTask { try? await Task.sleep(for: Self.farewell) }
            await group.next()
            group.cancelAll()
        }
    }

    // Why the server closes (RFC 6455 §7.4.1).
    private static let normal: UInt16 = 1000
    private static let goingAway: UInt16 = 1001
    private static let tooBusy: UInt16 = 1008
    private static let failure: UInt16 = 1011

    /// Leaves ``messages`` open: `serve` would return at their end, and its code could be taken for this one.
    private func read(_ inbound: Inbound) async -> UInt16 {
        var incoming = IncomingMessages(mayBeCompressed: isCompressed, limit: Self.longestMessage)
        do {
            for try await frame in inbound {
                silentPings.withLockedValue { $0 = 0 }
                if let text = try incoming.take(frame), case .dropped = received.yield(text) { return Self.tooBusy }
                switch frame.opcode {
                case .ping:
                    try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
                case .connectionClose:
                    try await answerClose(frame.unmaskedData)
                    return Self.normal
                default: continue
                }
            }
        } catch let failure as WebSocketFailure {
            return failure.rawValue
        } catch {
            return Self.failure
        }
        return Self.normal
    }

    /// A closing frame is answered with its own code.
    private func answerClose(_ data: ByteBuffer) async throws {
        guard
            isClosed.withLockedValue({ closed in
                defer { closed = true }; return !closed
            })
        else { return }
        let code = data.getSlice(at: data.readerIndex, length: min(2, data.readableBytes)) ?? ByteBuffer()
        try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: code))
    }

    private func ping() async -> UInt16 {
        await withTaskGroup(of: Void.self) { group in
            while !Task.isCancelled {
                try? await Task.sleep(for: pingInterval)
                let silence = silentPings.withLockedValue { pings in
                    pings += 1
                    return pings
                }
                if silence > 3 { break }
                // A client that takes nothing holds the ping up, and must not hold up its own end.
                group.addTask { try? await self.outbound.write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())) }
            }
            group.cancelAll()
        }
        return Self.goingAway
    }
}
