/// The header that a load balancer puts before a connection to tell whose it is (PROXY protocol, versions 1 and 2).
struct ProxyHeader: Equatable {
    enum Reading: Equatable {
        case incomplete
        /// Not a PROXY header.
        case invalid
        case complete(ProxyHeader)
    }

    /// Octets that the header takes.
    var length: Int
    /// Nil for a connection of the load balancer's own, such as a health check: the socket's addresses count.
    var source: SocketEndpoint?
    var destination: SocketEndpoint?

    private static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
    /// Longer headers carry more TLVs than any load balancer sends.
    private static let lengthLimit = 1024

    /// Reads the first octets of a connection.
    static func read(_ octets: [UInt8]) -> Reading {
        let prefix = octets.prefix(signature.count)
        if signature.starts(with: prefix) { return octets.count < 16 ? .incomplete : binary(octets) }
        let word = Array("PROXY ".utf8)
        guard word.starts(with: octets.prefix(word.count)) else { return .invalid }
        return text(octets)
    }

    /// `PROXY TCP4 source destination source-port destination-port`, at most 107 octets with its end of line.
    private static func text(_ octets: [UInt8]) -> Reading {
        guard let end = octets.firstIndex(of: 0x0a) else { return octets.count < 107 ? .incomplete : .invalid }
        guard end < 107, end > 0, octets[end - 1] == 0x0d else { return .invalid }
        let words = String(decoding: octets[..<(end - 1)], as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
        if words.count >= 2, words[1] == "UNKNOWN" { return .complete(ProxyHeader(length: end + 1)) }
        guard words.count == 6, words[1] == "TCP4" || words[1] == "TCP6", let source = IPAddress(words[2]),
            let destination = IPAddress(words[3]), source.version == destination.version, (words[1] == "TCP4") == (source.version == 4),
            let sourcePort = UInt16(words[4]), let destinationPort = UInt16(words[5])
        else { return .invalid }
        return .complete(
            ProxyHeader(
                length: end + 1, source: SocketEndpoint(address: source, port: sourcePort),
                destination: SocketEndpoint(address: destination, port: destinationPort)))
    }

    private static func binary(_ octets: [UInt8]) -> Reading {
        let length = 16 + (Int(octets[14]) << 8 | Int(octets[15]))
        guard octets[12] >> 4 == 2, octets[12] & 15 <= 1, length <= lengthLimit else { return .invalid }
        guard octets.count >= length else { return .incomplete }
        let isLocal = octets[12] & 15 == 0
        let size: Int
        switch octets[13] {
        case 0x11: size = 4
        case 0x21: size = 16
        default: return .complete(ProxyHeader(length: length))
        }
        guard !isLocal else { return .complete(ProxyHeader(length: length)) }
        guard length >= 16 + 2 * size + 4 else { return .invalid }
        func endpoint(_ address: Int, _ port: Int) -> SocketEndpoint? {
            IPAddress(bytes: octets[address..<(address + size)]).map {
                SocketEndpoint(address: $0, port: UInt16(octets[port]) << 8 | UInt16(octets[port + 1]))
            }
        }
        return .complete(
            ProxyHeader(
                length: length, source: endpoint(16, 16 + 2 * size), destination: endpoint(16 + size, 18 + 2 * size)))
    }
}
