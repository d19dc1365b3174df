import Glibc
import Foundation
import NIOConcurrencyHelpers
import RADIUSWire

/// The port of a simulated NAS for Disconnect- and CoA-Requests: checks them, hands each to whoever has the session, and answers.
///
/// `@unchecked Sendable`: `handlers` is guarded by its own lock, and the rest never changes after `init`.
final class ChangeListener: @unchecked Sendable {
    /// - Returns: whether the request is acknowledged; else it is refused as prohibited.
    typealias Handler = @Sendable (_ code: PacketCode, _ attributes: [String]) -> Bool

    let port: UInt16
    private let descriptor: Int32
    private let secret: SharedSecret
    private let decode: @Sendable (Packet) -> [String]
    /// Error-Cause = Administratively-Prohibited (RFC 5176 §3.5).
    private static let prohibited: [UInt8] = [AttributeType.errorCause, 6, 0, 0, 1, 245]
    private let handlers = NIOLockedValueBox<[String: Handler]>([:])

    /// - Parameter decode: a packet's attributes as `Name = value`.
    init(isIPv6: Bool, secret: SharedSecret, decode: @escaping @Sendable (Packet) -> [String]) throws {
        self.secret = secret
        self.decode = decode
        descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { throw Browser.Failed(description: "no socket for changes") }
        // Port 0: one that is free.
        let bound: Int32
        if isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_addr = in6addr_loopback
            bound = Self.bound(descriptor, &address)
            port = Self.local(descriptor, &address) { UInt16(bigEndian: $0.sin6_port) }
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            bound = Self.bound(descriptor, &address)
            port = Self.local(descriptor, &address) { UInt16(bigEndian: $0.sin_port) }
        }
        guard bound == 0, port > 0 else { throw Browser.Failed(description: "no port for changes") }
        Thread.detachNewThread { [self] in while serve() {} }
    }

    private static func bound<Address>(_ descriptor: Int32, _ address: inout Address) -> Int32 {
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size)) }
        }
    }

    private static func local<Address>(_ descriptor: Int32, _ address: inout Address, _ port: (Address) -> UInt16) -> UInt16 {
        var length = socklen_t(MemoryLayout<Address>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return port(address)
    }

    /// Hands requests about a device to a function.
    /// - Parameter station: with hyphens, in upper case.
    func serve(_ station: String, _ handler: @escaping Handler) { handlers.withLockedValue { $0[station] = handler } }

    private func serve() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var sender = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let count = withUnsafeMutablePointer(to: &sender) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { recvfrom(descriptor, &buffer, buffer.count, 0, $0, &length) }
        }
        guard count > 0 else { return false }
        guard let packet = try? Packet(validating: Array(buffer.prefix(count))), packet.verifyRequestAuthenticator(secret) else {
            return true
        }
        let attributes = decode(packet)
        let station = attributes.first { $0.hasPrefix("Calling-Station-Id = ") }.map { $0.dropFirst(21).filter { $0 != "\"" } } ?? ""
        let isDone = handlers.withLockedValue { $0[station.uppercased().replacing(":", with: "-")] }?(packet.code, attributes) ?? false
        let code: PacketCode =
            packet.code == .disconnectRequest ? (isDone ? .disconnectACK : .disconnectNAK) : (isDone ? .coaACK : .coaNAK)
        let cause = isDone ? [] : Self.prohibited
        guard let reply = try? Packet.reply(code, to: packet, attributes: cause, secret: secret, messageAuthenticator: true) else {
            return true
        }
        withUnsafePointer(to: &sender) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = sendto(descriptor, reply, reply.count, 0, $0, length) }
        }
        return true
    }
}
