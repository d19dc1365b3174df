import Testing

@testable import TLSEngine

@Suite struct TLSFuzzTests {
    /// Sessions meet flights of a good handshake with octets changed, cut and added; they may fail but not crash, hang or hoard.
    @Test(arguments: [TLSVersion.v1_2, .v1_3], [TLSConfiguration.Transport.stream, .datagram])
    func mutatedFlights(version: TLSVersion, transport: TLSConfiguration.Transport) throws {
        var configuration = Fixture.client(transport)
        configuration.maximumVersion = version
        let clientContext = try TLSContext(configuration)
        let serverContext = try TLSContext(Fixture.server(transport))
        var random = SplitMix(seed: 42)
        for _ in 0..<150 {
            let client = try TLSSession(clientContext)
            let server = try TLSSession(serverContext)
            _ = client.receive([])
            for _ in 0..<4 {
                for flight in flights(of: client) { _ = server.receive(mutate(flight, &random)) }
                for flight in flights(of: server) { _ = client.receive(mutate(flight, &random)) }
            }
            #expect(server.takePlaintext().isEmpty && client.takePlaintext().isEmpty)
        }
    }

    @Test func noiseAfterTheHandshake() throws {
        var random = SplitMix(seed: 7)
        let clientContext = try TLSContext(Fixture.client())
        let serverContext = try TLSContext(Fixture.server())
        for _ in 0..<50 {
            let pair = Pair(try TLSSession(clientContext), try TLSSession(serverContext)).run()
            try pair.client.send([1, 2, 3])
            _ = pair.server.receive(mutate(pair.client.takeOutput(), &random, always: true))
            #expect([[], [1, 2, 3]].contains(pair.server.takePlaintext()))
        }
    }

    @Test func decodersTakeAnything() throws {
        var random = SplitMix(seed: 3)
        let certificate = try #require(Fixture.client).certificate
        let issuer = try #require(Fixture.authority).certificate
        let list = try #require(try Fixture.authority?.revocationList([], number: 1, thisUpdate: 0, nextUpdate: 1)).der
        for _ in 0..<2000 {
            if let broken = try? Certificate(der: mutate(certificate.der, &random, always: true)) { _ = broken.pem }
            _ = try? RevocationList(mutate(list, &random, always: true))
            #expect(throws: TLSError.self) {
                try OCSPResponse(der: mutate(list, &random, always: true), certificate: certificate, issuer: issuer)
            }
        }
    }

    @Test func aCallerThatDoesNotListenIsNotFlooded() throws {
        let pair = try Pair(Fixture.client(), Fixture.server()).run()
        var progress = TLSSession.Progress.established
        for _ in 0..<200 where progress.failure == nil {
            try pair.client.send([UInt8](repeating: 1, count: 16000))
            progress = pair.server.receive(pair.client.takeOutput())
        }
        #expect(progress.failure?.reason == "too much data at once")
    }

    private func flights(of session: TLSSession) -> [[UInt8]] {
        session.context.configuration.transport == .datagram ? session.takeDatagrams() : [session.takeOutput()]
    }

    private func mutate(_ bytes: [UInt8], _ random: inout SplitMix, always: Bool = false) -> [UInt8] {
        var bytes = bytes
        guard always || Int.random(in: 0..<3, using: &random) == 0, !bytes.isEmpty else { return bytes }
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[index] ^= UInt8.random(in: 1...255, using: &random)
            case 1: bytes.removeSubrange(index...)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
            default: bytes.remove(at: index)
            }
        }
        return bytes
    }
}

/// The same numbers in each run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
