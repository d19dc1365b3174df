import Foundation
import Glibc
import RADIUSWire

/// A NAS that keeps one connection over TLS to the server, on which it is asked as well; `socat` does the TLS.
final class RadSecNAS {
    static let isInstalled = Surroundings.isInstalled(socat)
    private static let socat = "/usr/bin/socat"
    static let secret = SharedSecret(Array("radsec".utf8))

    private let bridge: ChildProcess
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var identifier: UInt8 = 0

    /// Connects with the NAS's certificate.
    init(tlsPort: Int) throws {
        let certificates = try LinkCertificates.shared.get()
        let port = try Surroundings.freePorts(1)[0]
        bridge = try ChildProcess(
            Self.socat,
            [
                "-d", "-d", "TCP-LISTEN:\(port),bind=127.0.0.1",
                "OPENSSL:127.0.0.1:\(tlsPort),cert=\(certificates.nas.certificate),key=\(certificates.nas.key),"
                    + "cafile=\(certificates.authority),verify=0",
            ])
        try bridge.expect("listening on")
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard LoopbackAddress.with(port, { connect(descriptor, $0, $1) }) == 0 else { throw TimedOut(description: "socat: errno \(errno)") }
    }

    deinit { close(descriptor) }

    func send(_ packet: [UInt8]) { _ = Glibc.send(descriptor, packet, packet.count, Int32(MSG_NOSIGNAL)) }

    /// Sends a request of these attributes, `Name = value` each.
    /// - Returns: the request.
    @discardableResult
    func ask(_ code: PacketCode, _ attributes: [String], octets: [UInt8] = []) throws -> Packet {
        var generator = SystemRandomNumberGenerator()
        let authenticator = code == .accessRequest ? Authenticator.random(using: &generator) : .zero
        var encoder = AttributeEncoder(secret: Self.secret, vector: authenticator)
        for text in attributes { try encoder.append(Attribute(text)) }
        identifier &+= 1
        let request = try Packet.request(
            code, identifier: identifier, authenticator: authenticator, attributes: encoder.bytes + octets, secret: Self.secret,
            messageAuthenticator: code == .accessRequest)
        send(request)
        return try Packet(validating: request)
    }

    /// Answers a request of the server's.
    func answer(_ request: Packet, _ code: PacketCode) throws {
        send(try Packet.reply(code, to: request, attributes: [], secret: Self.secret))
    }

    /// The next packet on the connection.
    func receive(seconds: Double = 5) throws -> Packet {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while true {
            if pending.count >= 20 {
                let length = Int(pending[2]) << 8 | Int(pending[3])
                if pending.count >= length {
                    defer { pending.removeFirst(length) }
                    return try Packet(validating: Array(pending[..<length]), maximumLength: 65_535, maximumAttributes: 4096)
                }
            }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let wait = Int32(max(0, deadline.timeIntervalSinceNow) * 1000)
            var buffer = [UInt8](repeating: 0, count: 65_536)
            guard poll(&entry, 1, wait) > 0, case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 else {
                throw TimedOut(description: "no packet came over TLS: \(bridge.output.text)")
            }
            pending += buffer[..<count]
        }
    }

    /// Waits for a packet of a code; what else comes is left out.
    func expect(_ code: PacketCode) throws -> Packet {
        while true {
            let packet = try receive()
            if packet.code == code { return packet }
        }
    }
}
