import Testing

@testable import TLSEngine

@Suite struct DTLSTests {
    private static let address: [UInt8] = [127, 0, 0, 1, 0x20, 0x00]

    @Test func aSourceMustReturnItsCookie() throws {
        let listener = try DTLSListener(TLSContext(Fixture.server(.datagram)))
        let client = try TLSSession(TLSContext(Fixture.client(.datagram)))
        _ = client.receive([])
        let hello = try #require(client.takeDatagrams().first)
        guard case .challenge(let challenge) = try listener.receive(hello, from: Self.address) else {
            Issue.record("no challenge")
            return
        }
        #expect(challenge.count < hello.count, "an answer to a spoofed source must not amplify")
        _ = client.receive(challenge)
        let withCookie = try #require(client.takeDatagrams().first)

        if case .session = try listener.receive(withCookie, from: [10, 0, 0, 1, 0x20, 0x00]) { Issue.record("another source's cookie") }
        try listener.rotateSecret()
        guard case .session(let server) = try listener.receive(withCookie, from: Self.address) else {
            Issue.record("no session")
            return
        }
        // Others knock before the handshake goes on.
        _ = try listener.receive(hello, from: [10, 0, 0, 2, 0x20, 0x00])
        _ = server.receive([])
        for datagram in server.takeDatagrams() { _ = client.receive(datagram) }
        let pair = Pair(client, server).run()
        #expect(pair.isEstablished)
        #expect(server.peerCertificate?.commonName == "alice")

        try listener.rotateSecret()
        if case .session = try listener.receive(withCookie, from: Self.address) { Issue.record("an outdated cookie") }
    }

    @Test func noiseIsDropped() throws {
        let listener = try DTLSListener(TLSContext(Fixture.server(.datagram)))
        for datagram in [[], [22], [UInt8](repeating: 0, count: 2000), [22, 254, 253] + [UInt8](repeating: 255, count: 30)] as [[UInt8]] {
            guard case .none = try listener.receive(datagram, from: Self.address) else {
                Issue.record("an answer to noise")
                continue
            }
        }
        #expect(throws: TLSError.self) { try DTLSListener(TLSContext(Fixture.server())) }
    }

    @Test(arguments: [400, 1200]) func datagramsFit(size: Int) throws {
        var client = Fixture.client(.datagram)
        var server = Fixture.server(.datagram)
        client.maximumDatagramSize = size
        server.maximumDatagramSize = size
        let pair = try Pair(client, server).run()
        #expect(pair.isEstablished)
        let largest = (pair.toClient + pair.toServer).map(\.count).max() ?? 0
        #expect(largest <= size)
        #expect(largest > 300)
    }

    @Test func lostFlightsAreSentAgain() throws {
        var configuration = Fixture.client(.datagram)
        configuration.retransmissionMilliseconds = 40
        let client = try TLSSession(TLSContext(configuration))
        let server = try TLSSession(TLSContext(Fixture.server(.datagram)))
        #expect(server.nanosecondsUntilTimeout == nil)
        _ = client.receive([])
        let lost = client.takeDatagrams()
        #expect(!lost.isEmpty)
        let wait = try #require(client.nanosecondsUntilTimeout)
        #expect(wait <= 40_000_000)
        // Too early: nothing to do yet.
        if wait > 20_000_000 {
            _ = client.handleTimeout()
            #expect(client.takeDatagrams().isEmpty)
        }
        while client.nanosecondsUntilTimeout != 0 {}
        guard case .handshaking = client.handleTimeout() else {
            Issue.record("not handshaking")
            return
        }
        let again = client.takeDatagrams()
        #expect(again.map(\.count) == lost.map(\.count))
        for datagram in again { _ = server.receive(datagram) }
        for datagram in server.takeDatagrams() { _ = client.receive(datagram) }
        #expect(Pair(client, server).run().isEstablished)
        #expect(client.nanosecondsUntilTimeout == nil)
    }

    @Test func duplicatesAndStrangersDoNoHarm() throws {
        let client = try TLSSession(TLSContext(Fixture.client(.datagram)))
        let server = try TLSSession(TLSContext(Fixture.server(.datagram)))
        _ = client.receive([])
        for _ in 0..<6 {
            for datagram in client.takeDatagrams() {
                _ = server.receive(datagram)
                _ = server.receive(datagram)
                _ = server.receive([1, 2, 3])
            }
            for datagram in server.takeDatagrams().reversed() { _ = client.receive(datagram) }
        }
        #expect(client.isEstablished && server.isEstablished)
    }
}
