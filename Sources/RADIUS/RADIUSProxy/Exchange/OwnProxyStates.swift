import NIOConcurrencyHelpers
import RADIUSWire

/// The Proxy-State that this process adds: eight octets, of which the first four are its own (RFC 2865 §5.33).
final class OwnProxyStates: Sendable {
    private let mark: UInt32
    private let next = NIOLockedValueBox(UInt32.random(in: 0...UInt32.max))

    init(mark: UInt32 = .random(in: 0...UInt32.max)) { self.mark = mark }

    func make() -> [UInt8] {
        let number = next.withLockedValue { next in
            next &+= 1
            return next
        }
        return Self.octets(mark) + Self.octets(number)
    }

    /// Whether this process has passed the request on before.
    func isLoop(_ packet: Packet) -> Bool {
        let mark = Self.octets(mark)
        return packet.attributes.contains {
            $0.type == AttributeType.proxyState && $0.length == 8 && packet.bytes[$0.range].starts(with: mark)
        }
    }

    private static func octets(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
}
