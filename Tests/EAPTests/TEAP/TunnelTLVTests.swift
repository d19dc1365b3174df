import Testing

@testable import EAP

@Suite struct TunnelTLVTests {
    @Test func roundTrip() throws {
        let tlvs = [
            TunnelTLV(.authorityID, [1, 2, 3], isMandatory: false), .status(.result, isSuccess: false), .error(.tunnelCompromise),
            .nak(type: 300, vendor: [0, 0, 1, 55]),
        ]
        #expect(try TunnelTLV.parse(tlvs.flatMap(\.bytes)) == tlvs)
        #expect(tlvs[0].bytes == [0, 1, 0, 3, 1, 2, 3])
        #expect(tlvs[1].bytes == [0x80, 3, 0, 2, 0, 2])
        #expect(tlvs[2].bytes == [0x80, 5, 0, 4, 0, 0, 7, 0xd1])
    }

    @Test(arguments: [
        "80", "800300", "80030003 0001", "8003000200018003 0002 0001", "80030002 0003", "800a000101", "80040002 0001", "80050001 01",
    ])
    func brokenMessagesThrow(_ data: String) {
        #expect(throws: EAPFailure.self) { try TunnelMessage(octets(data), of: .teap) }
    }

    @Test func unknownMandatoryTLVsAreNamed() throws {
        let message = try TunnelMessage(octets("00630001 00 80630001 00 80070006 00000137 8001 0013 0002 6869"), of: .teap)
        #expect(message.naks.map(\.bytes) == [octets("80040006 00000000 0063"), octets("80040006 00000137 0007")])
    }

    @Test func theMostFatalRequestCounts() throws {
        #expect(try TunnelMessage(octets("80080002 0101 80080002 0202"), of: .teap).requestAction == false)
        #expect(try TunnelMessage(octets("80080002 0102"), of: .teap).requestAction == true)
        #expect(try TunnelMessage(octets("80050004 000003e9 80050004 000007d1"), of: .teap).errorCode == 2001)
    }

    @Test func anyOctetsAreReadWithoutHarm() {
        var generator = SeededGenerator(state: 7)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<60, using: &generator)
            var data = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for index in stride(from: 0, to: max(0, count - 3), by: 8) {
                data.replaceSubrange(index..<index + 3, with: [0x80, UInt8.random(in: 0...20, using: &generator), 0])
            }
            if let tlvs = try? TunnelTLV.parse(data) { #expect(tlvs.flatMap(\.bytes).count == data.count) }
            _ = try? TunnelMessage(data, of: .teap)
        }
    }
}
