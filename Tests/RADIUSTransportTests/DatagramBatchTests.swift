import Testing

@testable import RADIUSTransport

/// The kernel cuts neighbours of one length out of one message; nobody who receives them may notice.
@Suite struct DatagramBatchTests {
    @Test(arguments: ["127.0.0.1:0", "[::1]:0"]) func `every datagram arrives once, whole and in order`(_ address: String) throws {
        let any = try #require(SocketEndpoint(address))
        let sender = try UDPSocket(boundTo: any, receiveBufferBytes: 1 << 20)
        let peers = try (0..<2).map { _ in try UDPSocket(boundTo: any, receiveBufferBytes: 4 << 20) }
        // Runs of one length for one peer, longer than the kernel takes at once, and what ends them: other lengths, another peer, datagrams
        // that are too long for it, one that the kernel refuses and empty ones.
        let plan: [(peer: Int, length: Int, count: Int)] = [
            (0, 20, 150), (1, 20, 3), (0, 20, 1), (0, 44, 2), (0, 43, 1), (1, 1232, 70), (0, 1300, 3), (0, 4096, 2), (1, 0, 2), (1, 60, 5),
        ]
        let datagrams = plan.flatMap { part in Array(repeating: (part.peer, part.length), count: part.count) }.enumerated()
            .map { index, part in (peer: part.0, bytes: (0..<part.1).map { UInt8(truncatingIfNeeded: $0 &+ index) }) }
        let batch = DatagramBatch(capacity: 1024)
        let nowhere = SocketEndpoint(address: any.address, port: 0)
        for (index, datagram) in datagrams.enumerated() {
            if index == 100 { for _ in 0..<3 { batch.queue([1, 2, 3], to: nowhere, from: sender.local) } }
            batch.queue(datagram.bytes, to: peers[datagram.peer].local, from: sender.local)
        }
        #expect(batch.flush(to: sender) == 3)
        for (number, peer) in peers.enumerated() {
            let expected = datagrams.filter { $0.peer == number }.map(\.bytes)
            let incoming = DatagramBatch(capacity: 64)
            var received: [[UInt8]] = []
            while received.count < expected.count {
                let count = incoming.receive(from: peer, wait: true)
                guard count > 0 else { break }
                for slot in 0..<count {
                    let datagram = try #require(incoming[slot])
                    #expect(datagram.source == sender.local)
                    received.append(Array(datagram.bytes))
                }
            }
            let isSame = received == expected
            #expect(isSame, "peer \(number): \(received.map(\.count)) instead of \(expected.map(\.count))")
        }
    }
}
