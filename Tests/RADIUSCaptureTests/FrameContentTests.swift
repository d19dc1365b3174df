import RADIUSCapture
import RADIUSTransport
import Testing

@Suite
struct FrameContentTests {
    private func content(_ octets: [UInt8], _ linkType: Int32 = 1) -> FrameContent {
        FrameContent(CapturedFrame(epochMicroseconds: 0, octets: octets), linkType: linkType)
    }

    @Test("UDP is found behind every link layer that libpcap gives")
    func linkLayers() throws {
        let packet = try TestFrame.udp([1, 2, 3])
        let expected = FrameContent.datagram(
            UDPDatagram(
                source: try #require(SocketEndpoint(TestFrame.nas)), destination: try #require(SocketEndpoint(TestFrame.server)),
                payload: [1, 2, 3]))
        let pad = [UInt8](repeating: 0, count: 40)
        #expect(content(TestFrame.ethernet(packet)) == expected)
        #expect(content(TestFrame.ethernet(packet) + pad) == expected, "Ethernet pads short frames")
        #expect(content(TestFrame.ethernet(packet, tags: [7])) == expected)
        #expect(content(TestFrame.ethernet(packet, tags: [7, 8])) == expected)
        #expect(content(pad.prefix(14) + [0x08, 0x00] + packet, 113) == expected)
        #expect(content([0x08, 0x00] + pad.prefix(18) + packet, 276) == expected)
        #expect(content([2, 0, 0, 0] + packet, 0) == expected)
        #expect(content(packet, 12) == expected)
        #expect(content(packet, 147) == .other)
    }

    @Test("IPv6, with and without extension headers")
    func ipv6() throws {
        let packet = try TestFrame.udp([9], from: "[2001:db8::1]:40000", to: "[2001:db8::2]:1813")
        guard case .datagram(let datagram) = content(TestFrame.ethernet(packet)) else {
            Issue.record("no datagram")
            return
        }
        #expect(datagram.source.description == "[2001:db8::1]:40000")
        #expect(datagram.destination.port == 1813)
        #expect(datagram.payload == [9])
        var extended = packet
        extended[5] += 8
        extended[6] = 60
        extended.insert(contentsOf: [17, 0, 1, 4, 0, 0, 0, 0], at: 40)
        #expect(content(TestFrame.ethernet(extended)) == .datagram(datagram))
        extended[6] = 44
        #expect(content(TestFrame.ethernet(extended)) == .fragment)
    }

    @Test("parts of datagrams are told from whole ones")
    func fragments() throws {
        for (offset, value) in [(6, 0x20), (7, 3)] as [(Int, UInt8)] {
            var packet = try TestFrame.udp([1, 2, 3])
            packet[offset] = value
            #expect(content(TestFrame.ethernet(packet)) == .fragment)
        }
    }

    @Test("TCP, cut frames and lengths that lie are nothing")
    func others() throws {
        let frame = TestFrame.ethernet(try TestFrame.udp([1, 2, 3]))
        for count in 0..<frame.count { #expect(content(Array(frame.prefix(count))) == .other) }
        for (offset, value) in [(14, 0x41), (14, 0x4f), (23, 6), (38, 0xff), (39, 7), (17, 27)] as [(Int, UInt8)] {
            var broken = frame
            broken[offset] = value
            #expect(content(broken) == .other, "octet \(offset)")
        }
    }

    @Test("no octets make it fail")
    func noise() throws {
        var generator = SystemRandomNumberGenerator()
        let frames = [
            TestFrame.ethernet(try TestFrame.udp([1, 2, 3], from: "[2001:db8::1]:4", to: "[::1]:5")),
            TestFrame.ethernet(try TestFrame.udp([])),
        ]
        for round in 0..<50_000 {
            var octets = frames[round % 2]
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                octets[Int.random(in: 0..<octets.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            octets.removeLast(Int.random(in: 0...8, using: &generator))
            _ = content(octets, [1, 113, 276, 0, 12][round % 5])
        }
    }
}
