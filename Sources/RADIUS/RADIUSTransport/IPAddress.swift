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
    @inlinable public init?(bytes: some Collection<UInt8>) {
        let count = bytes.count
        guard count == 4 || count == 16 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for byte in bytes {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(byte)
        }
        if count == 4 { self.init(ipv4: UInt32(truncatingIfNeeded: low)) } else { self.init(ipv6High: high, low: low) }
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
        if version == 4 { return dottedQuad }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard bytes.withUnsafeBytes({ inet_ntop(AF_INET6, $0.baseAddress, &text, socklen_t(text.count)) }) != nil else { return "::" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private var dottedQuad: String {
        String(unsafeUninitializedCapacity: 15) { text in
            var count = 0
            func put(_ octet: UInt8) {
                text[count] = octet
                count += 1
            }
            for shift in stride(from: 24, through: 0, by: -8) {
                let octet = UInt8(truncatingIfNeeded: low >> shift)
                if count > 0 { put(UInt8(ascii: ".")) }
                if octet >= 100 { put(UInt8(ascii: "0") + octet / 100) }
                if octet >= 10 { put(UInt8(ascii: "0") + octet / 10 % 10) }
                put(UInt8(ascii: "0") + octet % 10)
            }
            return count
        }
    }
}
