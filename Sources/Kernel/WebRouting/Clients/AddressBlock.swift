import Foundation

/// An IP address, or a block of them by the length of their common prefix: `10.0.0.0/8`, `2001:db8::/32`, `192.0.2.1`.
public struct AddressBlock: Sendable, Hashable {
    /// 4 or 16 octets; addresses of IPv4 in IPv6 (`::ffff:192.0.2.1`) are those of IPv4.
    private let octets: [UInt8]
    private let prefix: Int

    /// - Returns: nil for a text that is no address or block.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let octets = Self.octets(String(parts[0])) else { return nil }
        var prefix = octets.count * 8
        if parts.count == 2 {
            guard let length = Int(parts[1]), (0...prefix).contains(length) else { return nil }
            prefix = length
        }
        self.octets = octets
        self.prefix = prefix
    }

    /// Whether an address lies in the block; false for a text that is no address.
    public func contains(_ address: String) -> Bool {
        guard let other = Self.octets(address), other.count == octets.count else { return false }
        let whole = prefix / 8
        guard octets[..<whole] == other[..<whole] else { return false }
        let rest = prefix % 8
        return rest == 0 || (octets[whole] ^ other[whole]) >> (8 - rest) == 0
    }

    /// The usual form of an address; nil for a text that is none.
    static func normalized(_ address: String) -> String? { octets(address).map(text) }

    /// What stands for a subscriber in throttles: an IPv4 address, or the /64 of an IPv6 address, as one line has a whole /64 to itself.
    static func subscriber(_ address: String) -> String {
        guard let octets = octets(address) else { return address }
        return text(octets.count == 4 ? octets : octets[..<8] + [UInt8](repeating: 0, count: 8))
    }

    private static func octets(_ text: String) -> [UInt8]? {
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 { return four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        let mapped = [UInt8](repeating: 0, count: 10) + [255, 255]
        return sixteen.starts(with: mapped) ? Array(sixteen[12...]) : sixteen
    }

    private static func text(_ octets: [UInt8]) -> String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = octets.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, octets, &buffer, socklen_t(buffer.count)) != nil else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
