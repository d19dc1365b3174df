import Glibc

/// An IPv4 or IPv6 address as a number.
public struct IPAddress: Hashable, Sendable {
    /// 4 or 6.
    public let version: UInt8
    /// The upper 64 bits of an IPv6 address in host order; 0 for IPv4.
    public let high: UInt64
    /// The lower 64 bits of an IPv6 address, or the 32 bits of an IPv4 address, in host order.
    public let low: UInt64

    /// The IPv4 address with this number: `0xC000_0201` is 192.0.2.1.
    public init(ipv4 number: UInt32) {
        version = 4
        high = 0
        low = UInt64(number)
    }

    /// The IPv6 address with these halves, each in host order.
    public init(ipv6High high: UInt64, low: UInt64) {
        version = 6
        self.high = high
        self.low = low
    }

    /// Reads dotted-quad or RFC 4291 text, without brackets, port, prefix length or zone. Nil for anything else.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        var octets = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &octets) == 1 {
            self.init(bytes: octets.prefix(4))
        } else if inet_pton(AF_INET6, text, &octets) == 1 {
            self.init(bytes: octets)
        } else {
            return nil
        }
    }

    /// Reads 4 or 16 octets in network order. Nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4:
            self.init(ipv4: bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            self.init(
                ipv6High: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
                low: bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) })
        default:
            return nil
        }
    }

    /// Number of bits: 32 or 128.
    public var bitWidth: Int { version == 4 ? 32 : 128 }

    /// 4 or 16 octets in network order.
    public var bytes: [UInt8] {
        version == 4
            ? withUnsafeBytes(of: UInt32(truncatingIfNeeded: low).bigEndian) { Array($0) }
            : withUnsafeBytes(of: high.bigEndian) { Array($0) } + withUnsafeBytes(of: low.bigEndian) { Array($0) }
    }

    /// The address with every bit after the first `length` cleared. `length` is held to 0...``bitWidth``.
    public func masked(to length: Int) -> IPAddress {
        let length = min(max(length, 0), bitWidth)
        if version == 4 { return IPAddress(ipv4: UInt32(truncatingIfNeeded: low) & UInt32(truncatingIfNeeded: upperBits(length + 32))) }
        return IPAddress(ipv6High: high & upperBits(min(length, 64)), low: low & upperBits(max(length - 64, 0)))
    }

    private func upperBits(_ count: Int) -> UInt64 { count == 0 ? 0 : ~0 << UInt64(64 - count) }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted quad, or the RFC 5952 form of an IPv6 address.
    public var description: String {
        if version == 4 { return "\(low >> 24).\(low >> 16 & 0xff).\(low >> 8 & 0xff).\(low & 0xff)" }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard bytes.withUnsafeBytes({ inet_ntop(AF_INET6, $0.baseAddress, &text, socklen_t(text.count)) }) != nil else { return "::" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
