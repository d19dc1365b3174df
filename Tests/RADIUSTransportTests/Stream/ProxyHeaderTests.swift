import Testing

@testable import RADIUSTransport

@Suite struct ProxyHeaderTests {
    private static let v2: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]

    @Test func version1() throws {
        let text = Array("PROXY TCP4 192.0.2.1 198.51.100.7 4711 2083\r\nrest".utf8)
        guard case .complete(let header) = ProxyHeader.read(text) else { throw Failure() }
        #expect(header.length == text.count - 4)
        #expect(header.source == SocketEndpoint("192.0.2.1:4711"))
        #expect(header.destination == SocketEndpoint("198.51.100.7:2083"))
        for count in 0..<header.length { #expect(ProxyHeader.read(Array(text.prefix(count))) == .incomplete) }
    }

    @Test func version1OverIPv6AndUnknown() throws {
        guard case .complete(let header) = ProxyHeader.read(Array("PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n".utf8)) else {
            throw Failure()
        }
        #expect(header.source == SocketEndpoint("[2001:db8::1]:1"))
        guard case .complete(let unknown) = ProxyHeader.read(Array("PROXY UNKNOWN\r\n".utf8)) else { throw Failure() }
        #expect(unknown.source == nil)
    }

    @Test func version2() throws {
        let octets = Self.v2 + [0x21, 0x11, 0, 12, 192, 0, 2, 1, 198, 51, 100, 7, 0x12, 0x67, 0x08, 0x23] + [9, 9]
        guard case .complete(let header) = ProxyHeader.read(octets) else { throw Failure() }
        #expect(
            header == ProxyHeader(length: 28, source: SocketEndpoint("192.0.2.1:4711"), destination: SocketEndpoint("198.51.100.7:2083")))
        for count in 0..<28 { #expect(ProxyHeader.read(Array(octets.prefix(count))) == .incomplete) }
        // A health check of the load balancer's own, and TLVs after the addresses.
        #expect(ProxyHeader.read(Self.v2 + [0x20, 0, 0, 0]) == .complete(ProxyHeader(length: 16)))
        let long = Self.v2 + [0x21, 0x11, 0, 15, 192, 0, 2, 1, 198, 51, 100, 7, 0x12, 0x67, 0x08, 0x23, 4, 0, 0]
        guard case .complete(let tagged) = ProxyHeader.read(long) else { throw Failure() }
        #expect(tagged.length == long.count)
    }

    @Test(arguments: [
        Array("GET / HTTP/1.1\r\n".utf8), Array("PROXY TCP4 1.2.3.4 ::1 1 2\r\n".utf8),
        Array("PROXY TCP4 1.2.3.4 1.2.3.4 1 70000\r\n".utf8),
        Array("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n".utf8), Array(("PROXY " + String(repeating: "x", count: 110)).utf8), [22, 3, 1, 0, 5],
        v2 + [0x31, 0x11, 0, 12] + [UInt8](repeating: 0, count: 12), v2 + [0x21, 0x11, 0, 4, 1, 2, 3, 4],
        v2 + [0x21, 0x11, 0xff, 0xff],
    ])
    func anythingElseIsRefused(_ octets: [UInt8]) {
        #expect(ProxyHeader.read(octets) == .invalid)
    }

    @Test func randomOctetsDoNoHarm() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            let tail = (0..<Int.random(in: 0...60, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            _ = ProxyHeader.read(Self.v2 + tail)
            _ = ProxyHeader.read(Array("PROXY TCP".utf8) + tail)
        }
    }

    private struct Failure: Error {}
}
