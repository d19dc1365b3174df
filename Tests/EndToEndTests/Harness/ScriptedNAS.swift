import Glibc
import RADIUSWire

/// A UDP port of the local host that takes requests and answers them as a test says.
final class ScriptedNAS {
    let port: Int
    private let descriptor: Int32
    private var sender = sockaddr_in()

    init() throws {
        port = try Surroundings.freePorts(1)[0]
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0, LoopbackAddress.with(port, { bind(descriptor, $0, $1) }) == 0 else {
            throw TimedOut(description: "NAS: errno \(errno)")
        }
    }

    deinit { close(descriptor) }

    /// The next request.
    func expect(seconds: Double = 10) throws -> Packet {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Int32(seconds * 1000)) > 0 else { throw TimedOut(description: "no request came to the NAS") }
        var buffer = [UInt8](repeating: 0, count: 4096)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = withUnsafeMutablePointer(to: &sender) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { recvfrom(descriptor, &buffer, buffer.count, 0, $0, &length) }
        }
        return try Packet(validating: Array(buffer.prefix(max(0, count))))
    }

    /// Answers the last request.
    func answer(_ code: PacketCode, to request: Packet, attributes: [UInt8]) throws {
        let reply = try Packet.reply(code, to: request, attributes: attributes, secret: Site.secret, messageAuthenticator: true)
        withUnsafePointer(to: &sender) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(descriptor, reply, reply.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
