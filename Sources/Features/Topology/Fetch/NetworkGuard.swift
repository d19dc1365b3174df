import Glibc
import WebRouting

/// Which addresses a URL that an operator wrote may lead to: an operator of one organization must not reach through the server what only
/// the server reaches.
struct NetworkGuard: Sendable {
    /// Loopback, this network, private, shared, link-local, benchmarking, protocol assignments, documentation, multicast and reserved.
    private static let closed = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/96", "100::/64",
        "2001:db8::/32", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    ].compactMap { AddressBlock($0) }
    /// Addresses of IPv6 that stand for one of IPv4, with the octet at which it begins: NAT64 and 6to4.
    private static let carriers = [("64:ff9b::/96", 12), ("2002::/16", 2)].compactMap { text, offset in
        AddressBlock(text).map { (block: $0, offset: offset) }
    }

    private let allowed: [AddressBlock]

    /// - Parameter allowed: what is allowed although it is closed.
    init(allowing allowed: [AddressBlock]) {
        self.allowed = allowed
    }

    /// Whether a connection to an address may be made; false for what is no address.
    func permits(_ address: String) -> Bool {
        var four = [UInt8](repeating: 0, count: 4)
        var sixteen = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET, address, &four) == 1 || inet_pton(AF_INET6, address, &sixteen) == 1 else { return false }
        if allowed.contains(where: { $0.contains(address) }) { return true }
        if Self.closed.contains(where: { $0.contains(address) }) { return false }
        for carrier in Self.carriers where carrier.block.contains(address) {
            return permits(sixteen[carrier.offset..<carrier.offset + 4].map(String.init).joined(separator: "."))
        }
        return true
    }
}
