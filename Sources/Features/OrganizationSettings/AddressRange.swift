import Foundation

/// An IP address or a prefix such as `10.0.0.0/8`; IPv4 in IPv6 counts as IPv4.
public struct AddressRange: Sendable, Equatable {
    private let octets: [UInt8]
    private let bits: Int

    /// Reads an address with or without a length; nil for anything else.
    public init?(_ text: String) {
        let parts = text.trimmingCharacters(in: .whitespaces).split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let octets = Self.octets(String(parts[0])) else { return nil }
        let longest = octets.count * 8
        var bits = longest
        if parts.count == 2 {
            guard let length = Int(parts[1]), (0...longest).contains(length) else { return nil }
            bits = length
        }
        self.octets = octets
        self.bits = bits
    }

    /// Whether an address lies in the range; false for what is no address.
    public func contains(_ address: String) -> Bool {
        guard let other = Self.octets(address), other.count == octets.count else { return false }
        let whole = bits / 8
        guard other.prefix(whole) == octets.prefix(whole) else { return false }
        guard bits % 8 > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xff00 >> (bits % 8))
        return other[whole] & mask == octets[whole] & mask
    }

    private static func octets(_ text: String) -> [UInt8]? {
        var v4 = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &v4) == 1 { return v4 }
        var v6 = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        return v6.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] ? Array(v6.suffix(4)) : v6
    }
}
