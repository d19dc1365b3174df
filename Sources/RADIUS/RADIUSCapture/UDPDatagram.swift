public import RADIUSTransport

/// One UDP datagram out of a captured frame.
public struct UDPDatagram: Sendable, Equatable {
    public var source: SocketEndpoint
    public var destination: SocketEndpoint
    public var payload: [UInt8]

    public init(source: SocketEndpoint, destination: SocketEndpoint, payload: [UInt8]) {
        self.source = source
        self.destination = destination
        self.payload = payload
    }
}

/// What a frame holds.
public enum FrameContent: Sendable, Equatable {
    case datagram(UDPDatagram)
    /// A part of a UDP datagram; parts are not put together.
    case fragment
    /// Something else, or not all of it.
    case other

    /// Takes a frame apart: link layer, VLAN tags, IPv4 or IPv6, UDP.
    /// - Parameter linkType: libpcap's number (`DLT_…`).
    public init(_ frame: CapturedFrame, linkType: Int32) {
        var reader = FrameReader(frame.octets)
        self = reader.content(linkType: linkType) ?? .other
    }
}

/// Walks a frame's octets; every step fails softly where they end.
private struct FrameReader {
    private var rest: ArraySlice<UInt8>

    init(_ octets: [UInt8]) { rest = octets[...] }

    mutating func content(linkType: Int32) -> FrameContent? {
        switch linkType {
        case 1:  // Ethernet
            guard skip(12), var type = integer(2) else { return nil }
            // IEEE 802.1Q and 802.1ad tags, one in another.
            while type == 0x8100 || type == 0x88a8 || type == 0x9100 {
                guard skip(2), let inner = integer(2) else { return nil }
                type = inner
            }
            return network(etherType: type)
        case 113:  // Linux "cooked", of the interface `any`
            guard skip(14), let type = integer(2) else { return nil }
            return network(etherType: type)
        case 276:  // its second version
            guard let type = integer(2), skip(18) else { return nil }
            return network(etherType: type)
        case 0, 108:  // BSD's loopback: an address family in the writer's byte order
            return skip(4) ? network() : nil
        case 12, 14, 101, 228, 229:  // IP without anything before it
            return network()
        default:
            return nil
        }
    }

    private mutating func network(etherType: Int) -> FrameContent? {
        etherType == 0x0800 || etherType == 0x86dd ? network() : nil
    }

    private mutating func network() -> FrameContent? {
        switch rest.first.map({ $0 >> 4 }) {
        case 4: return ipv4()
        case 6: return ipv6()
        default: return nil
        }
    }

    private mutating func ipv4() -> FrameContent? {
        guard let first = integer(1), skip(1), let length = integer(2), skip(2), let fragment = integer(2), skip(1),
            let transport = integer(1), skip(2), let source = bytes(4), let destination = bytes(4)
        else { return nil }
        let header = (first & 0x0f) * 4
        guard header >= 20, length >= header, skip(header - 20), transport == 17 else { return nil }
        // More fragments, or an offset (RFC 791 §3.1).
        if fragment & 0x3fff != 0 { return .fragment }
        return udp(length - header, source, destination)
    }

    private mutating func ipv6() -> FrameContent? {
        guard skip(4), var length = integer(2), var next = integer(1), skip(1), let source = bytes(16), let destination = bytes(16)
        else { return nil }
        // Extension headers (RFC 8200 §4); a chain ends with the packet.
        while true {
            switch next {
            case 17: return udp(length, source, destination)
            case 0, 43, 60:
                guard let following = integer(1), let units = integer(1), skip(units * 8 + 6) else { return nil }
                next = following
                length -= units * 8 + 8
            case 44: return rest.first == 17 ? .fragment : nil
            default: return nil
            }
        }
    }

    private mutating func udp(_ available: Int, _ source: ArraySlice<UInt8>, _ destination: ArraySlice<UInt8>) -> FrameContent? {
        guard let from = IPAddress(bytes: source), let to = IPAddress(bytes: destination), let sourcePort = integer(2),
            let destinationPort = integer(2), let length = integer(2), skip(2), length >= 8, length <= available,
            let payload = bytes(length - 8)
        else { return nil }
        return .datagram(
            UDPDatagram(
                source: SocketEndpoint(address: from, port: UInt16(sourcePort)),
                destination: SocketEndpoint(address: to, port: UInt16(destinationPort)), payload: Array(payload)))
    }

    private mutating func skip(_ count: Int) -> Bool { bytes(count) != nil }

    private mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private mutating func integer(_ count: Int) -> Int? { bytes(count).map { $0.reduce(0) { $0 << 8 | Int($1) } } }
}
