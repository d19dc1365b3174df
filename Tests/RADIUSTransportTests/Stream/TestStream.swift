import Glibc
import RADIUSWire
import TLSEngine
import Testing

@testable import RADIUSTransport

/// A blocking TCP connection, in clear or with TLS.
final class TestStream {
    let descriptor: Int32
    private(set) var session: TLSSession?
    private var buffer: [UInt8] = []

    init(to server: SocketEndpoint) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        // A sockaddr_in: family in the machine's order, then port and address in the network's.
        let port = [UInt8(server.port >> 8), UInt8(server.port & 255)]
        let address = [UInt8(AF_INET), 0] + port + server.address.bytes + [UInt8](repeating: 0, count: 8)
        let result = address.withUnsafeBytes { connect(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), 16) }
        try #require(result == 0)
    }

    /// Connects and does the handshake.
    convenience init(to server: SocketEndpoint, _ context: TLSContext) throws {
        try self.init(to: server)
        try start(context)
    }

    struct Ended: Error {}

    deinit { Glibc.close(descriptor) }

    func start(_ context: TLSContext) throws {
        let session = try TLSSession(context)
        self.session = session
        var progress = session.receive([])
        while true {
            write(session.takeOutput())
            switch progress {
            case .established: return
            case .failed(let failure): throw failure
            case .closed: throw Ended()
            case .handshaking: break
            }
            guard let octets = read() else { throw Ended() }
            progress = session.receive(octets)
        }
    }

    func send(_ octets: [UInt8]) throws {
        guard let session else { return write(octets) }
        try session.send(octets)
        write(session.takeOutput())
    }

    /// Raw octets, also beside TLS.
    func write(_ octets: [UInt8]) {
        var rest = octets[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Raw octets; nil at the end of the connection.
    func read() -> [UInt8]? {
        var octets = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &octets, octets.count, 0)
        return count > 0 ? Array(octets.prefix(count)) : nil
    }

    /// The next packet; nil at the end of the connection.
    func receive() throws -> [UInt8]? {
        while true {
            if buffer.count >= 4 {
                let length = Int(buffer[2]) << 8 | Int(buffer[3])
                if buffer.count >= length {
                    defer { buffer.removeFirst(length) }
                    return Array(buffer.prefix(length))
                }
            }
            if let session {
                let plaintext = session.takePlaintext()
                if !plaintext.isEmpty {
                    buffer += plaintext
                    continue
                }
            }
            guard let octets = read() else { return nil }
            guard let session else {
                buffer += octets
                continue
            }
            if case .failed(let failure) = session.receive(octets) { throw failure }
        }
    }

    func exchange(_ octets: [UInt8]) throws -> [UInt8] {
        try send(octets)
        return try #require(try receive())
    }

    /// Whether the server ends the connection; fails the test when it sends something else or nothing happens for ten seconds.
    func isClosedByServer() -> Bool {
        while true {
            var octets = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &octets, octets.count, 0)
            if count == 0 { return true }
            if count < 0 { return errno == ECONNRESET }
            if session == nil { return false }
        }
    }
}
