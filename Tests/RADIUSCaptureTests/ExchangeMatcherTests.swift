import RADIUSCapture
import RADIUSTransport
import RADIUSWire
import Testing

@Suite
struct ExchangeMatcherTests {
    /// Observes packets between the NAS and the server.
    private struct Wire {
        var matcher: ExchangeMatcher
        var summary = CaptureSummary()

        init(_ secrets: @escaping (IPAddress) -> [SharedSecret] = { $0.description == "192.0.2.10" ? [testSecret] : [] }) {
            matcher = ExchangeMatcher(secrets: secrets)
        }

        mutating func send(
            _ packet: Packet, at microseconds: Int64, from source: String = TestFrame.nas, to destination: String = TestFrame.server
        ) throws -> Observation {
            let frame = TestFrame.frame(try TestFrame.udp(packet.bytes, from: source, to: destination), at: microseconds)
            guard case .datagram(let datagram) = FrameContent(frame, linkType: 1) else { throw NoDatagram() }
            guard let observation = matcher.observe(datagram, in: frame) else { throw NoDatagram() }
            summary.add(observation)
            return observation
        }

        mutating func reply(_ packet: Packet, at microseconds: Int64) throws -> Observation {
            try send(packet, at: microseconds, from: TestFrame.server, to: TestFrame.nas)
        }

        mutating func finish() -> CaptureSummary {
            matcher.finish()
            summary.finish(matcher.counts)
            return summary
        }
    }

    private struct NoDatagram: Error {}

    @Test("a reply finds its request, and both are proved")
    func exchange() throws {
        var wire = Wire()
        let request = try TestPacket.access(7)
        let asked = try wire.send(request, at: 0)
        #expect(asked.proof == .good)
        #expect(asked.latencyMicroseconds == nil)
        let answered = try wire.reply(TestPacket.reply(.accessAccept, to: request), at: 2500)
        #expect(answered.proof == .good)
        #expect(answered.latencyMicroseconds == 2500)
        #expect(answered.subject.text(1) == "bob")
        let summary = wire.finish()
        #expect(summary.packets == ["Access-Request": 1, "Access-Accept": 1])
        #expect(summary.latency?.median == 2.5)
        #expect(summary.unanswered == 0)
    }

    @Test("retransmissions and repeated replies are told from first ones")
    func retransmissions() throws {
        var wire = Wire()
        let request = try TestPacket.access(7)
        _ = try wire.send(request, at: 0)
        #expect(try wire.send(request, at: 1_000_000).retransmission == 1)
        #expect(try wire.send(request, at: 3_000_000).retransmission == 2)
        let reply = try TestPacket.reply(.accessReject, to: request)
        #expect(try wire.reply(reply, at: 3_100_000).retransmission == 0)
        #expect(try wire.reply(reply, at: 3_200_000).retransmission == 1)
        #expect(try wire.send(TestPacket.access(7), at: 4_000_000).retransmission == 0, "another request with the same identifier")
        let summary = wire.finish()
        #expect(summary.retransmissions == 2)
        #expect(summary.unanswered == 1)
        #expect(summary.latency?.count == 1)
    }

    @Test("packets with another secret, and those that prove nothing")
    func proofs() throws {
        var wire = Wire()
        let other = SharedSecret(Array("other".utf8))
        #expect(try wire.send(TestPacket.access(1, secret: other), at: 0).proof == .bad)
        #expect(try wire.send(TestPacket.access(2, signed: false), at: 0).proof == .absent)
        let request = try TestPacket.access(3)
        _ = try wire.send(request, at: 0)
        #expect(try wire.reply(TestPacket.reply(.accessAccept, to: request, secret: other), at: 1).proof == .bad)
        #expect(try wire.reply(TestPacket.reply(.accessAccept, to: TestPacket.access(9)), at: 1).proof == .unknown)
        #expect(try wire.send(TestPacket.request(.accountingRequest, 4), at: 2).proof == .good)
        let summary = wire.finish()
        #expect(summary.wrongSecret == ["192.0.2.10": 2])
        #expect(summary.withoutMessageAuthenticator == ["192.0.2.10": 1])
        var blind = Wire { _ in [] }
        #expect(try blind.send(TestPacket.access(1), at: 0).proof == .unknown)
    }

    @Test("the NAS's secret serves the requests that it takes, too")
    func dynamicAuthorization() throws {
        var wire = Wire()
        let request = try TestPacket.request(.disconnectRequest, 1)
        #expect(try wire.send(request, at: 0, from: TestFrame.server, to: "192.0.2.10:3799").proof == .good)
        let reply = try TestPacket.reply(.disconnectACK, to: request)
        #expect(try wire.send(reply, at: 9, from: "192.0.2.10:3799", to: TestFrame.server).proof == .good)
    }

    @Test("of several secrets the one that proves the packet is taken")
    func severalSecrets() throws {
        let other = SharedSecret(Array("other".utf8))
        var wire = Wire { _ in [other, testSecret] }
        let unsigned = try TestPacket.access(1, signed: false)
        #expect(try wire.send(unsigned, at: 0).secret == nil)
        #expect(try wire.reply(TestPacket.reply(.accessAccept, to: unsigned), at: 1).secret == testSecret)
        #expect(try wire.send(TestPacket.access(2), at: 2).secret == testSecret)
    }

    @Test("a request without reply is given up after a while")
    func expiry() throws {
        var wire = Wire()
        let request = try TestPacket.access(1)
        _ = try wire.send(request, at: 0)
        _ = try wire.send(TestPacket.access(2), at: 60_000_000)
        #expect(wire.matcher.counts.unanswered == 1)
        #expect(try wire.reply(TestPacket.reply(.accessAccept, to: request), at: 60_000_001).proof == .unknown)
    }

    @Test("what is no RADIUS packet is counted")
    func malformed() throws {
        var wire = Wire()
        let frame = TestFrame.frame(try TestFrame.udp([1, 2, 3]), at: 0)
        guard case .datagram(let datagram) = FrameContent(frame, linkType: 1) else { throw NoDatagram() }
        #expect(wire.matcher.observe(datagram, in: frame) == nil)
        #expect(wire.finish().malformed == 1)
    }
}
