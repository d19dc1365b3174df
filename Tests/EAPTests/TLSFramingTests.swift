import Testing

@testable import EAP

@Suite struct TLSFramingTests {
    private func framing(_ packet: Int, includesLength: Bool = true, version: UInt8? = nil, message: Int = 65536) -> TLSFraming {
        TLSFraming(limits: TLSFraming.Limits(packet: packet, message: message, includesLength: includesLength), version: version)
    }

    @Test(arguments: [64, 65, 100, 256, 1000, 1400], [true, false])
    func messagesOfAnySizeArrive(_ limit: Int, _ includesLength: Bool) throws {
        for count in [1, limit - 11, limit - 10, limit - 7, limit - 6, limit - 5, limit, 3 * limit, 5000] {
            let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            var (server, peer) = (framing(limit, includesLength: includesLength, version: 0), framing(limit, version: 0))
            var data = server.begin(message)
            var received: [UInt8]?
            while received == nil {
                #expect(data.count <= limit - 5)
                switch try peer.receive(data) {
                case .message(let whole): received = whole
                case .fragment:
                    #expect(try server.receive(peer.acknowledgement) == .acknowledged)
                    data = server.nextFragment()
                case .acknowledged: Issue.record("nothing was sent")
                }
            }
            #expect(received == message)
            #expect(!server.hasFragments)
        }
    }

    @Test func lengthIsInEachFragmentOrInTheFirst() {
        var server = framing(64)
        #expect(server.begin([UInt8](repeating: 9, count: 100)).prefix(5) == [0xc0, 0, 0, 0, 100])
        #expect(server.nextFragment().prefix(5) == [0x80, 0, 0, 0, 100])
        server = framing(64, includesLength: false)
        #expect(server.begin([UInt8](repeating: 9, count: 100)).prefix(5) == [0xc0, 0, 0, 0, 100])
        #expect(server.nextFragment().prefix(2) == [0, 9])
        #expect(server.begin([1, 2]) == [0, 1, 2])
        #expect(framing(64).acknowledgement == [0])
        server = framing(64)
        #expect(server.begin([]) == [0])
        #expect(server.begin([1, 2]) == [0x80, 0, 0, 0, 2, 1, 2])
    }

    @Test func startHasNoLength() {
        #expect(framing(100).start() == [0x20])
        #expect(framing(100, version: 1).start([1, 2]) == [0x21, 1, 2])
        #expect(framing(100, version: 1).start([1, 2], isOuterTLVs: true) == [0x31, 0, 0, 0, 2, 1, 2])
    }

    @Test func emptyDataAcknowledges() throws {
        var server = framing(64, version: 0)
        #expect(try server.receive([]) == .message([]))
        #expect(try server.receive([0]) == .message([]))
        #expect(try server.receive([0x80, 0, 0, 0, 0]) == .message([]))
    }

    @Test func outerTLVsAreApart() throws {
        var server = TLSFraming(
            limits: TLSFraming.Limits(packet: 100, message: 100, includesLength: true), version: 1, takesOuterTLVs: true)
        #expect(try server.receive([0x91, 0, 0, 0, 5, 0, 0, 0, 2, 1, 2, 3, 8, 9]) == .message([1, 2, 3]))
        #expect(server.outerTLVs == [8, 9])
        #expect(try server.receive([0x01, 7]) == .message([7]))
        #expect(server.outerTLVs == [])
        #expect(throws: EAPFailure.malformed("outer TLV length")) { try server.receive([0x11, 0, 0, 0, 9, 1]) }
    }

    @Test(
        arguments: [
            ([0x20], "start flag"), ([0x80, 0, 0], "message length"), ([0x40, 1, 2], "message length"),
            ([0xc0, 0, 0, 0, 9], "message length"),
            ([0xc0, 0, 0, 0, 2, 1, 2], "message length"), ([0xc0, 0, 0, 0, 1, 1, 2], "message length"),
            ([0x80, 0, 0, 0, 3, 1], "message length"),
            ([0x80, 0, 0, 0, 1, 1, 2], "message length"), ([0x01], "version 1"),
        ] as [([UInt8], String)])
    func malformed(_ data: [UInt8], _ field: String) {
        var server = framing(100, version: 0)
        #expect(throws: EAPFailure.malformed(field)) { try server.receive(data) }
    }

    @Test func fragmentsKeepToTheAnnouncedLength() throws {
        var server = framing(100)
        #expect(try server.receive([0xc0, 0, 0, 0, 6, 1, 2]) == .fragment)
        #expect(try server.receive([0x40, 3]) == .fragment)
        var other = server
        #expect(throws: EAPFailure.malformed("message length")) { try other.receive([0x80, 0, 0, 0, 7, 4, 5, 6]) }
        other = server
        #expect(throws: EAPFailure.malformed("message length")) { try other.receive([0, 4, 5]) }
        other = server
        #expect(throws: EAPFailure.malformed("message length")) { try other.receive([0, 4, 5, 6, 7]) }
        other = server
        #expect(throws: EAPFailure.malformed("message length")) { try other.receive([0x40]) }
        #expect(try server.receive([0, 4, 5, 6]) == .message([1, 2, 3, 4, 5, 6]))
    }

    @Test func longMessagesAreRefusedBeforeTheyCome() {
        var server = framing(100, message: 1000)
        #expect(throws: EAPFailure.limit("octets")) { try server.receive([0xc0, 0, 0, 3, 0xe9, 1]) }
        #expect(throws: EAPFailure.limit("octets")) { try server.receive([0xc0, 0xff, 0xff, 0xff, 0xff, 1]) }
    }

    @Test func dataBetweenOurFragmentsIsAnError() {
        for data: [UInt8] in [[0, 1], [0x40], [0x80, 0, 0, 0, 1, 1]] {
            var server = framing(64)
            _ = server.begin([UInt8](repeating: 1, count: 500))
            #expect(throws: EAPFailure.unexpected("data between our fragments")) { try server.receive(data) }
        }
    }
}
