import Foundation
import RADIUSCapture
import RADIUSTransport
import RADIUSWire
import Testing

let testSecret = SharedSecret(Array("testing123".utf8))

/// Frames as networks carry them, made octet by octet.
enum TestFrame {
    static let nas = "192.0.2.10:40000"
    static let server = "192.0.2.1:1812"

    static func udp(_ payload: [UInt8], from source: String = nas, to destination: String = server) throws -> [UInt8] {
        let (source, destination) = (try #require(SocketEndpoint(source)), try #require(SocketEndpoint(destination)))
        let udp = word(source.port) + word(destination.port) + word(UInt16(payload.count + 8)) + [0, 0] + payload
        if source.address.version == 6 {
            return [0x60, 0, 0, 0] + word(UInt16(udp.count)) + [17, 64] + source.address.bytes + destination.address.bytes + udp
        }
        return [0x45, 0] + word(UInt16(udp.count + 20)) + [0, 0, 0, 0, 64, 17, 0, 0] + source.address.bytes + destination.address.bytes
            + udp
    }

    static func ethernet(_ packet: [UInt8], tags: [UInt16] = []) -> [UInt8] {
        let type: [UInt8] = packet[0] >> 4 == 6 ? [0x86, 0xdd] : [0x08, 0x00]
        return [UInt8](repeating: 2, count: 12) + tags.flatMap { [0x81, 0x00] + word($0) } + type + packet
    }

    static func word(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }

    static func frame(_ packet: [UInt8], at microseconds: Int64) -> CapturedFrame {
        CapturedFrame(epochMicroseconds: 1_700_000_000_000_000 + microseconds, octets: ethernet(packet))
    }
}

enum TestPacket {
    static func access(_ identifier: UInt8, secret: SharedSecret = testSecret, signed: Bool = true, user: String = "bob") throws -> Packet {
        var generator = SystemRandomNumberGenerator()
        return try Packet(
            validating: Packet.request(
                .accessRequest, identifier: identifier, authenticator: .random(using: &generator),
                attributes: [1, UInt8(user.utf8.count + 2)] + user.utf8, secret: secret, messageAuthenticator: signed))
    }

    static func request(_ code: PacketCode, _ identifier: UInt8) throws -> Packet {
        try Packet(
            validating: Packet.request(
                code, identifier: identifier, authenticator: nil, attributes: [44, 3, 0x31], secret: testSecret, messageAuthenticator: false
            ))
    }

    static func reply(_ code: PacketCode, to request: Packet, secret: SharedSecret = testSecret) throws -> Packet {
        try Packet(validating: Packet.reply(code, to: request, attributes: [27, 6, 0, 0, 2, 88], secret: secret))
    }
}

/// A directory that is removed with the test.
final class TestDirectory {
    let path = FileManager.default.temporaryDirectory.appending(path: "capture-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
