import CUDP

/// An address and a UDP port.
public struct SocketEndpoint: Hashable, Sendable {
    public var address: IPAddress
    public var port: UInt16
    /// Interface index of a link-local IPv6 address, else 0. A reply cannot be routed without it.
    public var scope: UInt32

    /// - Parameter port: 0 asks for an unused one when binding.
    public init(address: IPAddress, port: UInt16, scope: UInt32 = 0) {
        self.address = address
        self.port = port
        self.scope = scope
    }

    /// Reads `192.0.2.1:1812` or `[2001:db8::1]:1812`. Nil without a port or with a malformed part.
    public init?(_ text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
        let host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard let address = IPAddress(isBracketed ? host.dropFirst().dropLast() : host), isBracketed == (address.version == 6)
        else { return nil }
        self.init(address: address, port: port)
    }
}

extension SocketEndpoint: CustomStringConvertible {
    /// `address:port`, IPv6 in brackets.
    public var description: String { address.version == 4 ? "\(address):\(port)" : "[\(address)]:\(port)" }
}

extension SocketEndpoint {
    /// Nil where the kernel gave no address.
    init?(_ endpoint: cudp_endpoint) {
        switch endpoint.version {
        case 4: self.init(address: IPAddress(ipv4: UInt32(truncatingIfNeeded: endpoint.low)), port: endpoint.port)
        case 6: self.init(address: IPAddress(ipv6High: endpoint.high, low: endpoint.low), port: endpoint.port, scope: endpoint.scope)
        default: return nil
        }
    }

    var native: cudp_endpoint {
        cudp_endpoint(high: address.high, low: address.low, scope: scope, port: port, version: address.version)
    }
}
