import Foundation
import NIOCore
import Testing
import WebRouting

@testable import WebServer

/// `permessage-deflate` (RFC 7692), as clients see it.
@Suite struct CompressedWebSocketTests {
    private static let shared = SharedMessage(
        Array((0..<40_000).map { #"{"id":"\#($0)","label":"node \#(($0 &* 2_654_435_761) & 0xFFFFFF)"}"# }.joined(separator: ",").utf8))
    private static let small = SharedMessage(Array("small".utf8))
    private static let sockets = [
        WebSocketRoute("/ws/shared/", "", access: .anonymous) { socket, _ in
            for message in [shared, small, shared] { try await socket.send(message) }
        },
        WebSocketRoute("/ws/length/", "", access: .anonymous) { socket, _ in
            for await text in socket.messages { try await socket.send("\(text.utf8.count) \(text.suffix(1))") }
        },
    ]
    private static let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    private static let agreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
    static let python = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../.build/python/bin/python").path
    static let hasPython = FileManager.default.isExecutableFile(atPath: python)

    private func exchange(_ path: String, fields: String = offer, _ work: @escaping @Sendable (String, RawWebSocket) -> Void) async throws {
        try await RunningServer.with([], sockets: Self.sockets) { port, _, _ in
            try await RunningServer.blocking {
                let (head, socket) = try RawWebSocket.open(path, port: port, fields: fields)
                work(head, socket)
                socket.connection.close()
            }
        }
    }

    private static func deflated(_ text: ByteBuffer) async throws -> [UInt8] {
        Array(try #require(await MessageDeflation.task(for: text).value).readableBytesView)
    }

    @Test func `a message that many get comes compressed to those who offer it, small ones as they are`() async throws {
        let compressed = try await Self.deflated(Self.shared.text)
        #expect(compressed.count > 128 << 10 && compressed.count < Self.shared.text.readableBytes / 2)
        try await exchange("/ws/shared/") { head, socket in
            #expect(head.contains("\r\nSec-WebSocket-Extensions: \(Self.agreed)\r\n"), "\(head)")
            for number in 0..<3 {
                let first = socket.receive()
                if number == 1 {
                    #expect(first == RawWebSocket.Frame(opcode: 1, payload: Array("small".utf8)))
                    continue
                }
                #expect(first?.opcode == 1 && first?.isCompressed == true)
                var octets = first?.payload ?? []
                while octets.count < compressed.count, let more = socket.receive() {
                    #expect(more.opcode == 0 && !more.isCompressed)
                    octets += more.payload
                }
                #expect(octets == compressed)
            }
        }
    }

    @Test func `whoever does not offer it, or what cannot be kept, gets texts as they are`() async throws {
        for fields in ["", "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9\r\n"] {
            try await exchange("/ws/shared/", fields: fields) { head, socket in
                #expect(!head.lowercased().contains("extensions"))
                let first = socket.receive()
                #expect(first?.isCompressed == false && first?.payload.starts(with: #"{"id":"0""#.utf8) == true)
            }
        }
    }

    @Test func `compressed texts of the client are read, also in pieces; a bomb is refused`() async throws {
        let letters = try await Self.deflated(ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20))
        let bomb = try await Self.deflated(ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20 + 1))
        try await exchange("/ws/length/") { _, socket in
            socket.send(1, letters, isCompressed: true)
            #expect(socket.receive()?.text == "1048576 x")
            socket.send(1, Array(letters.prefix(5)), isFinal: false, isCompressed: true)
            socket.send(9, [7])
            socket.send(0, Array(letters.dropFirst(5)))
            #expect(socket.receive()?.opcode == 10)
            #expect(socket.receive()?.text == "1048576 x")
            socket.send("as it is")
            #expect(socket.receive()?.text == "8 s")
            socket.send(1, bomb, isCompressed: true)
            #expect(socket.receive() == RawWebSocket.Frame(opcode: 8, payload: [3, 0xF1]))
            #expect(socket.receive() == nil)
        }
    }

    @Test(arguments: [(offer, 1007), ("", 1002)]) func `what is no compressed text ends it with a code`(_ fields: String, _ code: Int)
        async throws
    {
        try await exchange("/ws/length/", fields: fields) { _, socket in
            socket.send(1, [0xFF, 0xFF], isCompressed: true)
            #expect(socket.receive() == RawWebSocket.Frame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 255)]))
        }
    }

    @Test("Python's websockets, with compression and without", .enabled(if: hasPython))
    func pythonClient() async throws {
        let text = String(buffer: Self.shared.text)
        try await RunningServer.with([], sockets: Self.sockets) { port, _, _ in
            let script = """
                import asyncio, hashlib, websockets
                async def main():
                    for compression in ("deflate", None):
                        options = {"compression": compression, "max_size": None}
                        async with websockets.connect("ws://127.0.0.1:\(port)/ws/shared/", **options) as ws:
                            names = [extension.name for extension in ws.protocol.extensions]
                            sizes = [len(await ws.recv()) for _ in range(3)]
                            print(names, sizes)
                        async with websockets.connect("ws://127.0.0.1:\(port)/ws/length/", **options) as ws:
                            for message in ("", "é" * 30000, ["ab", "", "c" * 5000], b"octets"):
                                await ws.send(message)
                                print(await ws.recv())
                        if compression:
                            async with websockets.connect("ws://127.0.0.1:\(port)/ws/length/", **options) as ws:
                                await ws.send("x" * 5000000)
                                try: await ws.recv()
                                except websockets.ConnectionClosed: print(ws.close_code)
                asyncio.run(main())
                """
            let printed = try await RunningServer.run("'\(Self.python)' - 2>&1 <<'END'\n\(script)\nEND")
            func lines(_ names: String) -> [String] {
                ["[\(names)] [\(text.count), 5, \(text.count)]", "0 ", "60000 é", "5002 c", "6 s"]
            }
            #expect(printed.split(separator: "\n").map(String.init) == lines("'permessage-deflate'") + ["1009"] + lines(""))
        }
    }
}
