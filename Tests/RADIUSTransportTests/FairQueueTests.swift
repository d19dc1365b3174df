import RADIUSWire
import Testing

@testable import RADIUSTransport

@Suite struct FairQueueTests {
    private static func request(_ client: String, _ identifier: UInt8) throws -> ReceivedRequest {
        var nas = NASClient.test()
        nas.name = client
        let endpoint = try #require(SocketEndpoint("127.0.0.1:1"))
        return ReceivedRequest(
            packet: try Packet(validating: try TestPacket.access(identifier)), client: nas, source: endpoint, destination: endpoint,
            receivedAt: 0, receivedEpoch: 0, hadMessageAuthenticator: true, blastWarning: nil, responder: ReplyHandle { _ in })
    }

    private static func names(_ requests: [ReceivedRequest]) -> [String] {
        requests.map { "\($0.client.name)\($0.packet.identifier)" }
    }

    @Test func clientsTakeTurnsAndEachKeepsItsOrder() throws {
        var queue = FairQueue(capacity: 100)
        for identifier in 1...4 {
            let shed = queue.append(try Self.request("a", UInt8(identifier)))
            #expect(shed == nil)
        }
        #expect(queue.append(try Self.request("b", 1)) == nil)
        #expect(queue.append(try Self.request("c", 1)) == nil)
        #expect(Self.names(queue.take(4)) == ["a1", "b1", "c1", "a2"])
        #expect(Self.names(queue.take(10)) == ["a3", "a4"])
        #expect(queue.count == 0 && queue.take(5).isEmpty)
    }

    /// A client that floods loses its own oldest requests; what the others sent stays.
    @Test func overflowCostsTheOneWhoFloods() throws {
        var queue = FairQueue(capacity: 10)
        for identifier in 1...9 { _ = queue.append(try Self.request("a", UInt8(identifier))) }
        #expect(queue.append(try Self.request("b", 1)) == nil)
        var shed: [String] = []
        for identifier in 10...20 { shed += Self.names([try #require(queue.append(try Self.request("a", UInt8(identifier))))]) }
        #expect(shed == (1...11).map { "a\($0)" })
        // Another client's first request makes room at the flooder's cost too.
        #expect(Self.names([try #require(queue.append(try Self.request("c", 1)))]) == ["a12"])
        #expect(queue.count == 10)
        #expect(Set(Self.names(queue.take(3))) == ["a13", "b1", "c1"])
    }

    @Test func longRunsKeepTheirOrder() throws {
        var queue = FairQueue(capacity: 1000)
        let request = try Self.request("a", 1)
        var next = 0
        var taken = 0
        while taken < 5000 {
            while queue.count < 300 {
                var numbered = try Self.request("a", UInt8(next % 256))
                if next.isMultiple(of: 7) { numbered = request }
                _ = queue.append(numbered)
                next += 1
            }
            for request in queue.take(170) {
                #expect(request.packet.identifier == (taken.isMultiple(of: 7) ? 1 : UInt8(taken % 256)))
                taken += 1
            }
        }
    }
}
