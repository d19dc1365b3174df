import Foundation
import Glibc
import NIOConcurrencyHelpers
import RADIUSWire

@testable import RADIUSClient

/// A UDP server on a free loopback port that answers by a closure.
final class ScriptedServer: Sendable {
    private let socket: DatagramSocket
    private let received = NIOLockedValueBox<[[UInt8]]>([])
    private let isStopped = NIOLockedValueBox(false)

    /// - Parameter answer: the datagrams to send for one request; the number counts requests from 0.
    init(_ answer: @escaping @Sendable (_ request: Packet, _ number: Int) throws -> [[UInt8]]) throws {
        socket = try DatagramSocket(boundTo: ServerAddress(host: "127.0.0.1", port: 0).resolve(), waitMilliseconds: 50)
        let thread = Thread { [socket, received, isStopped] in
            while !isStopped.withLockedValue({ $0 }) {
                var buffer = [UInt8](repeating: 0, count: 4096)
                var peer = sockaddr_in()
                var length = socklen_t(MemoryLayout<sockaddr_in>.size)
                let count = withUnsafeMutablePointer(to: &peer) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { recvfrom(socket.descriptor, &buffer, 4096, 0, $0, &length) }
                }
                guard count > 0, let request = try? Packet(validating: Array(buffer[0..<count])) else { continue }
                let number = received.withLockedValue { list in
                    list.append(request.bytes)
                    return list.count - 1
                }
                for datagram in (try? answer(request, number)) ?? [] {
                    withUnsafePointer(to: peer) {
                        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                            _ = sendto(socket.descriptor, datagram, datagram.count, 0, $0, length)
                        }
                    }
                }
            }
        }
        thread.start()
    }

    deinit { isStopped.withLockedValue { $0 = true } }

    var address: ServerAddress { ServerAddress(host: "127.0.0.1", port: socket.localPort) }

    /// The requests so far.
    var requests: [[UInt8]] { received.withLockedValue { $0 } }
}

/// An echo server that runs on a thread until it goes out of scope.
final class RunningEcho: Sendable {
    private let server: EchoServer

    init(secret: SharedSecret) throws {
        server = try EchoServer(address: ServerAddress(host: "127.0.0.1", port: 0), secret: secret)
        Thread.detachNewThread { [server] in server.run() }
    }

    deinit { server.stop() }

    var address: ServerAddress { ServerAddress(host: "127.0.0.1", port: server.port) }
}
