import Testing

@testable import RADIUSTransport

@Suite struct PacketFramerTests {
    private static func packet(_ length: Int) -> [UInt8] {
        [1, 0, UInt8(length >> 8), UInt8(length & 255)] + [UInt8](repeating: 7, count: length - 4)
    }

    /// The same packets come out however the stream is cut.
    @Test(arguments: [1, 3, 19, 20, 21, 64, 5000])
    func cutsAreInvisible(_ size: Int) throws {
        let packets = [20, 21, 4096, 20, 300].map(Self.packet)
        let stream = Array(packets.joined())
        var framer = PacketFramer(maximumLength: 4096)
        var found: [[UInt8]] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            let whole = framer.append(Array(stream[start..<min(start + size, stream.count)]))
            found += try #require(whole)
        }
        #expect(found == packets)
        #expect(!framer.isInsidePacket)
    }

    @Test(arguments: [0, 19, 4097, 65_535])
    func badLengthsEndTheStream(_ length: Int) {
        var framer = PacketFramer(maximumLength: 4096)
        #expect(framer.append([1, 0, UInt8(length >> 8), UInt8(length & 255)]) == nil)
    }

    @Test func longerPacketsWhereAllowed() throws {
        var framer = PacketFramer(maximumLength: 65_535)
        #expect(framer.append(Self.packet(65_535))?.count == 1)
        #expect(framer.append([1, 2]) == [])
        #expect(framer.isInsidePacket)
    }
}
