import CUDP
import Glibc

/// Where a RADIUS server listens, as a person writes it: `192.0.2.1:1812`, `radius.example.org`, `[2001:db8::1]:1812` or `::1`.
public struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    public let host: String
    public let port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// - Parameters:
    ///   - text: a host name, an IPv4 or an IPv6 address, with `:PORT` after it where the port is not the default. An IPv6 address that is
    ///     followed by a port stands in brackets.
    ///   - defaultPort: the port of a text without one (1812 and 1813 by RFC 2865 and RFC 2866).
    /// - Returns: nil for an empty host or a port that is not 1…65535.
    public init?(_ text: String, defaultPort: UInt16) {
        var host = Substring(text)
        var portText: Substring?
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            portText = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") {
            host = text[..<colon]
            portText = text[text.index(after: colon)...]
        }
        guard !host.isEmpty else { return nil }
        var port = defaultPort
        if let portText {
            guard let number = UInt16(portText), number > 0 else { return nil }
            port = number
        }
        self.init(host: String(host), port: port)
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The first address that the system's resolver gives for this host.
    /// - Throws: ``ClientError/unresolved(host:reason:)``.
    func resolve() throws(ClientError) -> cudp_endpoint {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0, let address = list?.pointee.ai_addr else {
            throw .unresolved(host: host, reason: String(cString: gai_strerror(code)))
        }
        var endpoint = cudp_endpoint()
        endpoint.port = port
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            let raw = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self)
            endpoint.version = 4
            endpoint.low = UInt64(UInt32(bigEndian: raw.sin_addr.s_addr))
        case AF_INET6:
            let raw = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self)
            endpoint.version = 6
            endpoint.scope = raw.sin6_scope_id
            withUnsafeBytes(of: raw.sin6_addr) {
                endpoint.high = UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self))
                endpoint.low = UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
        default: throw .unresolved(host: host, reason: "neither an IPv4 nor an IPv6 address")
        }
        return endpoint
    }
}
