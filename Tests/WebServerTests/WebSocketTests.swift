import Foundation
import HTTPTypes
import NIOConcurrencyHelpers
import NIOCore
import Testing
import WebRouting
import WebServer

@Suite struct WebSocketTests {
    private static let shared = SharedMessage(Array(String(repeating: "0123456789", count: 20_000).utf8))
    /// Told when a client is flooded no more.
    private static let flooded = DispatchSemaphore(value: 0)
    private static let sockets = [
        WebSocketRoute("/ws/echo/:id/", "", access: .anonymous) { socket, request in
            try await socket.send("hello \(request.parameter("id"))")
            for await text in socket.messages { try await socket.send(text) }
        },
        WebSocketRoute("/ws/mine/", "") { socket, request in try await socket.send(request.principal?.username ?? "-") },
        WebSocketRoute("/ws/shared/", "", access: .anonymous) { socket, _ in
            for message in [shared, SharedMessage([]), shared] { try await socket.send(message) }
        },
        WebSocketRoute("/ws/flood/", "", access: .anonymous) { socket, _ in
            defer { flooded.signal() }
            while true { try await socket.send(shared) }
        },
        WebSocketRoute("/ws/close/", "", access: .anonymous) { socket, _ in await socket.close(4000) },
        WebSocketRoute("/ws/fail/", "", access: .anonymous) { _, _ in throw Problem.forbidden },
        WebSocketRoute("/ws/deaf/", "", access: .anonymous) { _, _ in try await Task.sleep(for: .seconds(3600)) },
    ]
    private static let routes = [Route(.get, "/plain/", "") { _ in WebResponse(contentType: "text/plain", body: "plain") }]

    private func exchange(
        _ path: String, fields: String = "", change: @escaping @Sendable (inout HTTPServerSettings) -> Void = { _ in },
        _ work: @escaping @Sendable (String, RawWebSocket) -> Void
    ) async throws {
        try await RunningServer.with(Self.routes, sockets: Self.sockets, change: change) { port, _, _ in
            try await RunningServer.blocking {
                let (head, socket) = try RawWebSocket.open(path, port: port, fields: fields)
                work(head, socket)
                socket.connection.close()
            }
        }
    }

    @Test func `texts go both ways, whole, in pieces, and as octets`() async throws {
        try await exchange("/ws/echo/7/") { head, socket in
            #expect(head.hasPrefix("HTTP/1.1 101"))
            #expect(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
            #expect(socket.receive()?.text == "hello 7")
            socket.send("one")
            #expect(socket.receive()?.text == "one")
            socket.send(1, Array("tw".utf8), isFinal: false)
            socket.send(0, Array("o".utf8))
            #expect(socket.receive()?.text == "two")
            let long = String(repeating: "x", count: 30_000)
            socket.send(2, Array(long.utf8))
            #expect(socket.receive()?.text == long)
        }
    }

    @Test func `a message that many get comes in pieces, and whole`() async throws {
        try await exchange("/ws/shared/") { _, socket in
            let octets = Array(Self.shared.text.readableBytesView)
            for expected in [octets, [], octets] {
                let first = socket.receive()
                #expect(first?.opcode == 1)
                var octets = first?.payload ?? []
                while octets.count < expected.count, let more = socket.receive() {
                    #expect(more.opcode == 0)
                    octets += more.payload
                }
                #expect(octets == expected)
            }
            #expect(socket.receive()?.opcode == 8)
        }
    }

    @Test func `pings are answered, a closing frame with its own code`() async throws {
        try await exchange("/ws/echo/7/") { _, socket in
            _ = socket.receive()
            socket.send(9, [1, 2, 3])
            #expect(socket.receive() == RawWebSocket.Frame(opcode: 10, payload: [1, 2, 3]))
            socket.send(8, [0x0F, 0xA1])
            #expect(socket.receive() == RawWebSocket.Frame(opcode: 8, payload: [0x0F, 0xA1]))
            #expect(socket.receive() == nil)
        }
    }

    @Test(arguments: [("/ws/close/", 4000), ("/ws/fail/", 1011)]) func `the server closes with a code`(_ path: String, _ code: Int)
        async throws
    {
        try await exchange(path) { _, socket in
            #expect(socket.receive() == RawWebSocket.Frame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 255)]))
            #expect(socket.receive() == nil)
        }
    }

    @Test func `who may not open it gets an answer in HTTP`() async throws {
        try await RunningServer.with(Self.routes, sockets: Self.sockets) { port, _, _ in
            let refused = try await RunningServer.blocking {
                let connection = try RawWebSocket.open("/ws/mine/", port: port)
                defer { connection.socket.connection.close() }
                return (connection.head, connection.socket.connection.receiveToEnd())
            }
            #expect(refused.0.hasPrefix("HTTP/1.1 403"))
            #expect(refused.0.lowercased().contains("connection: close"))
            #expect(refused.1?.contains("detail") == true)
        }
        try await exchange("/ws/mine/", fields: "Authorization: Bearer good\r\n") { head, socket in
            #expect(head.hasPrefix("HTTP/1.1 101"))
            #expect(socket.receive()?.text == "user")
        }
        try await exchange("/ws/echo/1/", fields: "Origin: https://evil.example\r\n") { head, _ in #expect(head.hasPrefix("HTTP/1.1 403")) }
    }

    @Test func `requests for other upgrades are answered as if they had none`() async throws {
        try await RunningServer.with(Self.routes, sockets: Self.sockets) { port, _, _ in
            let base = "http://127.0.0.1:\(port)"
            let upgrade = "-H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13'"
            let key = "-H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='"
            let code = "curl -s -o /dev/null -w '%{http_code}' -m 20"
            let commands = [
                ("curl -s --http2 \(base)/plain/", "plain"), ("\(code) \(upgrade) \(key) \(base)/plain/", "200"),
                ("\(code) \(upgrade) \(key) \(base)/ws/no/", "404"),
                // No key: no upgrade.
                ("\(code) \(upgrade) \(base)/ws/echo/1/", "426"), ("\(code) \(base)/ws/echo/1/", "426"),
            ]
            for (command, expected) in commands {
                let text = try await RunningServer.run(command)
                #expect(text == expected, "\(command)")
            }
        }
    }

    @Test func `a client that sends more than is read is cut off`() async throws {
        try await exchange("/ws/deaf/") { _, socket in
            for index in 0..<80 { socket.send("\(index)") }
            var last: RawWebSocket.Frame?
            while let frame = socket.receive() { last = frame }
            #expect(last?.opcode == 8)
        }
    }

    @Test func `a silent client is pinged and then given up`() async throws {
        try await exchange("/ws/deaf/", change: { $0.pingInterval = .milliseconds(50) }) { _, socket in
            var opcodes: [UInt8] = []
            while let frame = socket.receive() { opcodes.append(frame.opcode) }
            #expect(opcodes == [9, 9, 9, 8])
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a client that takes nothing is given up, and does not keep the server from stopping`() async throws
    {
        let client = NIOLockedValueBox<RawWebSocket?>(nil)
        try await RunningServer.with(sockets: Self.sockets, change: { $0.pingInterval = .milliseconds(50) }) { port, _, _ in
            let isGivenUp = try await RunningServer.blocking {
                let (_, socket) = try RawWebSocket.open("/ws/flood/", port: port)
                client.withLockedValue { $0 = socket }
                return Self.flooded.wait(timeout: .now() + 20) == .success
            }
            #expect(isGivenUp)
        }
        client.withLockedValue { $0?.connection.close() }
    }

    @Test func `open WebSockets do not keep the server from stopping`() async throws {
        try await RunningServer.with(sockets: Self.sockets) { port, _, stop in
            let frame = try await RunningServer.blocking {
                let (_, socket) = try RawWebSocket.open("/ws/deaf/", port: port)
                defer { socket.connection.close() }
                stop()
                return socket.receive()
            }
            #expect(frame == RawWebSocket.Frame(opcode: 8, payload: [3, 0xE9]))
        }
    }
}
