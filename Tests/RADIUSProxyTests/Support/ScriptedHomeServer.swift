import Foundation
import NIOConcurrencyHelpers
import RADIUSProxy
import RADIUSWire
import Testing

@testable import RADIUSTransport

let homeSecret = SharedSecret(Array("home-secret".utf8))

/// A home server on loopback that does with each request what the test says.
final class ScriptedHomeServer: Sendable {
    /// Sends a datagram to whoever sent the request; may be kept and called later, from any thread.
    typealias Reply = @Sendable ([UInt8]) -> Void
    typealias Script = @Sendable (_ request: Packet, _ number: Int, _ reply: @escaping Reply) -> Void

    let name: String
    private let socket: UDPSocket
    private let received = NIOLockedValueBox<[Packet]>([])
    private let isStopped = NIOLockedValueBox(false)
    private let script: NIOLockedValueBox<Script>
    private let thread = NIOLockedValueBox<NamedThread?>(nil)

    init(_ name: String, _ script: @escaping Script) throws {
        self.name = name
        self.script = NIOLockedValueBox(script)
        socket = try UDPSocket(boundTo: #require(SocketEndpoint("127.0.0.1:0")), receiveBufferBytes: 1 << 20)
        let loop: @Sendable () -> Void = { [socket, received, isStopped, script = self.script] in
            let batch = DatagramBatch(capacity: 16)
            while !isStopped.withLockedValue({ $0 }) {
                for slot in 0..<max(0, batch.receive(from: socket, wait: true)) {
                    guard let datagram = batch[slot], let packet = try? Packet(validating: datagram.bytes) else { continue }
                    let number = received.withLockedValue { list in
                        list.append(packet)
                        return list.count - 1
                    }
                    let source = datagram.source
                    script.withLockedValue { $0 }(packet, number) { _ = socket.send($0, to: source, from: socket.local) }
                }
            }
        }
        thread.withLockedValue { $0 = NamedThread(name, loop) }
    }

    /// Answers everything with one code.
    convenience init(_ name: String, always code: PacketCode = .accessAccept, attributes: [UInt8] = []) throws {
        try self.init(name) { request, _, reply in reply(Self.signed(code, request, attributes)) }
    }

    /// Answers nothing.
    static func silent(_ name: String) throws -> ScriptedHomeServer { try ScriptedHomeServer(name) { _, _, _ in } }

    deinit { stop() }

    func stop() {
        isStopped.withLockedValue { $0 = true }
        socket.interrupt()
        thread.withLockedValue { thread -> NamedThread? in
            defer { thread = nil }
            return thread
        }?.join()
    }

    func become(_ next: @escaping Script) { script.withLockedValue { $0 = next } }

    var requests: [Packet] { received.withLockedValue { $0 } }

    var configuration: HomeServer {
        var server = HomeServer(name: name, host: "127.0.0.1", address: socket.local.address, port: socket.local.port, secret: homeSecret)
        server.type = .authentication
        server.timers.responseWindow = .milliseconds(400)
        return server
    }

    static func signed(_ code: PacketCode, _ request: Packet, _ attributes: [UInt8] = []) -> [UInt8] {
        (try? Packet.reply(code, to: request, attributes: attributes, secret: homeSecret)) ?? []
    }
}

/// A file of the sources' root.
func source(_ path: String) -> String {
    URL(fileURLWithPath: #filePath).appending(path: "../../../../\(path)").standardized.path
}
