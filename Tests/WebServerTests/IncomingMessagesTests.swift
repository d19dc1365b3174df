import NIOCore
import NIOWebSocket
import Testing

@testable import WebServer

/// Frames of clients, put together.
@Suite struct IncomingMessagesTests {
    private static let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]

    private func frame(
        _ opcode: WebSocketOpcode, _ octets: some Sequence<UInt8>, isFinal: Bool = true, rsv1: Bool = false, rsv2: Bool = false
    ) -> WebSocketFrame {
        WebSocketFrame(fin: isFinal, rsv1: rsv1, rsv2: rsv2, opcode: opcode, data: ByteBuffer(bytes: octets))
    }

    /// The messages, and why it ended.
    private func messages(_ frames: [WebSocketFrame], mayBeCompressed: Bool = true, limit: Int = 100) -> ([String], WebSocketFailure?) {
        var incoming = IncomingMessages(mayBeCompressed: mayBeCompressed, limit: limit)
        var texts: [String] = []
        for frame in frames {
            do throws(WebSocketFailure) {
                if let text = try incoming.take(frame) { texts.append(text) }
            } catch {
                return (texts, error)
            }
        }
        return (texts, nil)
    }

    @Test func `compressed ones come whole, in pieces with a ping between, and beside others`() {
        let (texts, failure) = messages([
            frame(.text, Self.hello, rsv1: true),
            frame(.text, [], isFinal: false, rsv1: true), frame(.continuation, Self.hello.prefix(3), isFinal: false), frame(.ping, [1]),
            frame(.continuation, Self.hello.dropFirst(3)),
            frame(.binary, "plain".utf8), frame(.text, "pl".utf8, isFinal: false), frame(.continuation, "ain".utf8),
            frame(.text, Self.hello, rsv1: true),
        ])
        #expect(texts == ["Hello", "Hello", "plain", "plain", "Hello"])
        #expect(failure == nil)
    }

    @Test func `bits that were not agreed on, and frames out of order, are errors of the protocol`() {
        let first = frame(.text, Self.hello.prefix(3), isFinal: false, rsv1: true)
        let wrong: [[WebSocketFrame]] = [
            [frame(.continuation, [])], [first, frame(.text, [])], [first, frame(.continuation, [], rsv1: true)],
            [frame(.ping, [], rsv1: true)], [frame(.text, [], rsv2: true)],
        ]
        for (number, frames) in wrong.enumerated() {
            let (texts, failure) = messages(frames)
            #expect(texts.isEmpty && failure == .protocolError, "\(number)")
        }
        #expect(messages([frame(.text, Self.hello, rsv1: true)], mayBeCompressed: false).1 == .protocolError)
    }

    @Test func `the limit is for what comes, in all its pieces, and for what it says`() {
        #expect(messages([frame(.text, "12345".utf8)], limit: 5).0 == ["12345"])
        #expect(messages([frame(.text, "123456".utf8)], limit: 5).1 == .tooLarge)
        #expect(
            messages([frame(.text, "123".utf8, isFinal: false), frame(.continuation, "456".utf8, isFinal: false)], limit: 5).1 == .tooLarge)
        // 99 octets of one letter in few.
        let letters: [UInt8] = [0x4A, 0x4C, 0xA4, 0x39, 0x00, 0x00]
        #expect(messages([frame(.text, letters, rsv1: true)]).0 == [String(repeating: "a", count: 99)])
        #expect(messages([frame(.text, letters, rsv1: true)], limit: 98).1 == .tooLarge)
        #expect(messages([frame(.text, [0xFF, 0xFF], rsv1: true)]).1 == .invalidData)
    }
}
