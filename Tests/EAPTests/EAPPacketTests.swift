import Testing

@testable import EAP

@Suite struct EAPPacketTests {
    @Test(
        arguments: [
            [2, 7, 0, 9, 1, 0x6a, 0x6f, 0x68, 0x6e],
            [1, 255, 0, 5, 13],
            [3, 1, 0, 4],
            [4, 2, 0, 4],
        ] as [[UInt8]])
    func roundTrips(_ bytes: [UInt8]) throws {
        #expect(try EAPPacket(bytes).bytes == bytes)
    }

    @Test func paddingAfterTheLengthIsIgnored() throws {
        let packet = try EAPPacket([2, 7, 0, 6, 4, 9, 0xaa, 0xbb])
        #expect(packet == EAPPacket(.response, identifier: 7, type: .md5, data: [9]))
    }

    @Test(
        arguments: [
            ([], "header"), ([2, 1, 0], "header"), ([0, 1, 0, 5, 1], "code"), ([5, 1, 0, 5, 1], "code"), ([2, 1, 0, 6, 1], "length"),
            ([2, 1, 0, 4], "length"), ([2, 1, 0, 3, 1], "length"), ([1, 1, 0, 0, 1], "length"), ([3, 1, 0, 5, 1], "length"),
        ] as [([UInt8], String)])
    func malformed(_ bytes: [UInt8], _ field: String) {
        #expect(throws: EAPFailure.malformed(field)) { try EAPPacket(bytes) }
    }

    @Test func dataBeyondTheLengthFieldIsCut() throws {
        let packet = EAPPacket(.request, identifier: 0, type: .gtc, data: [UInt8](repeating: 1, count: 70_000))
        #expect(packet.bytes.count == 0xffff)
        #expect(try EAPPacket(packet.bytes) == packet)
    }

    @Test func expandedNak() {
        let head: [UInt8] = [0, 0, 0, 0, 0, 0, 3]
        #expect(EAPType.wanted(byExpandedNak: head + [254, 0, 0, 0, 0, 0, 0, 13, 254, 0, 0, 9, 0, 0, 0, 2]) == [13])
        #expect(EAPType.wanted(byExpandedNak: head) == [])
        #expect(EAPType.wanted(byExpandedNak: head + [254]) == nil)
        #expect(EAPType.wanted(byExpandedNak: [0, 0, 9, 0, 0, 0, 3]) == nil)
        #expect(EAPType.wanted(byExpandedNak: []) == nil)
    }
}
