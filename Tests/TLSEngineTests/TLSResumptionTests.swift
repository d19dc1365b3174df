import COpenSSL
import NIOConcurrencyHelpers
import Testing

@testable import TLSEngine

@Suite struct TLSResumptionTests {
    /// A client and a server that remember; contexts can be replaced as a reload does.
    private final class Ends {
        var client = Fixture.client()
        var server = Fixture.server()
        let kept = TLSResumption(lifetimeSeconds: 3600, capacity: 100)

        init(_ version: TLSVersion, _ transport: TLSConfiguration.Transport = .stream) {
            client = Fixture.client(transport)
            server = Fixture.server(transport)
            client.maximumVersion = version
            client.resumption = TLSResumption(lifetimeSeconds: 3600, capacity: 100)
            server.resumption = kept
        }

        func connect(scope: String = "") throws -> Pair {
            Pair(try TLSSession(TLSContext(client)), try TLSSession(TLSContext(server), scope: scope)).run()
        }

        /// A full handshake that is remembered.
        func begin(_ data: [UInt8] = [1, 2, 3], scope: String = "") throws -> Pair {
            let pair = try connect(scope: scope)
            pair.server.remember(data)
            return pair.run()
        }
    }

    private static let cases: [(TLSVersion, TLSConfiguration.Transport)] = [(.v1_2, .stream), (.v1_3, .stream), (.v1_2, .datagram)]

    @Test(arguments: cases) func rememberedSessionsComeBackWithTheirData(version: TLSVersion, transport: TLSConfiguration.Transport) throws
    {
        let ends = Ends(version, transport)
        let first = try ends.begin()
        #expect(!first.server.isResumed && !first.client.isResumed)
        // The certificate is there once.
        let entry = try #require(ends.kept.all.values.first)
        let session = try #require(SessionEncoding.decode(entry.session))
        defer { SSL_SESSION_free(session) }
        #expect(SSL_SESSION_get0_peer(session) == nil)
        #expect(entry.chain == first.server.peerChain)
        let second = try ends.connect()
        #expect(second.isEstablished)
        #expect(second.server.isResumed && second.client.isResumed)
        #expect(second.server.rememberedData == [1, 2, 3])
        #expect(second.server.peerCertificate == Fixture.client?.certificate)
        #expect(second.server.peerChain.map(\.commonName) == ["alice", "Example CA"])
        #expect(second.client.peerCertificate == Fixture.server?.certificate)
        #expect(second.server.version == version)
        let key = second.server.export(label: "EXPORTER_EAP_TLS_Key_Material", context: [13], length: 128)
        #expect(key == second.client.export(label: "EXPORTER_EAP_TLS_Key_Material", context: [13], length: 128))
        #expect(key != first.server.export(label: "EXPORTER_EAP_TLS_Key_Material", context: [13], length: 128))
        // Once more, with other data.
        second.server.remember([4])
        second.run()
        let third = try ends.connect()
        #expect(third.server.isResumed)
        #expect(third.server.rememberedData == [4])
    }

    @Test("under the same settings the chain is not looked at again, but where a check of its own may say something else")
    func sameContext() throws {
        for hasCheck in [false, true] {
            let ends = Ends(.v1_2)
            let looks = NIOLockedValueBox(0)
            if hasCheck {
                ends.server.certificateCheck = { _ in
                    looks.withLockedValue { looks in
                        looks += 1
                        return looks > 2 ? "no more" : nil
                    }
                }
            }
            let (client, server) = (try TLSContext(ends.client), try TLSContext(ends.server))
            func connect() throws -> Pair { Pair(try TLSSession(client), try TLSSession(server)).run() }
            let first = try connect()
            first.server.remember([1])
            first.run()
            let second = try connect()
            #expect(second.server.isResumed)
            #expect(second.server.peerChain == first.server.peerChain)
            #expect(second.server.peerChain.map(\.commonName) == ["alice", "Example CA"])
            #expect(looks.withLockedValue { $0 } == (hasCheck ? 2 : 0))
            #expect(try connect().server.isResumed != hasCheck)
        }
    }

    @Test(arguments: cases) func otherSessionsDoNotComeBack(version: TLSVersion, transport: TLSConfiguration.Transport) throws {
        let ends = Ends(version, transport)
        _ = try ends.connect()
        #expect(ends.kept.count == 0)
        let second = try ends.connect()
        #expect(second.isEstablished && !second.server.isResumed)
        #expect(second.server.rememberedData == nil)
    }

    @Test(arguments: cases) func forgottenSessionsNeedAFullHandshake(version: TLSVersion, transport: TLSConfiguration.Transport) throws {
        func isResumed(_ change: (Ends, Pair) -> Void) throws -> Bool {
            let ends = Ends(version, transport)
            change(ends, try ends.begin())
            let next = try ends.connect()
            #expect(next.isEstablished)
            return next.server.isResumed
        }
        #expect(try isResumed { _, _ in })
        #expect(try !isResumed { ends, _ in ends.kept.forgetAll() })
        #expect(try !isResumed { ends, _ in ends.kept.forget { $0 == [1, 2, 3] } })
        #expect(try isResumed { ends, _ in ends.kept.forget { $0 == [9] } })
        #expect(try !isResumed { _, first in first.server.forget() })
        // Other keys than those of before the reload.
        #expect(try !isResumed { ends, _ in ends.server.resumption = TLSResumption(lifetimeSeconds: 3600, capacity: 1) })
        #expect(try !isResumed { ends, _ in ends.server.resumption = nil })
    }

    @Test(arguments: cases) func scopesAreApart(version: TLSVersion, transport: TLSConfiguration.Transport) throws {
        let ends = Ends(version, transport)
        _ = try ends.begin(scope: "PEAP")
        let other = try ends.connect(scope: "TLS")
        #expect(other.isEstablished && !other.server.isResumed)
        _ = try ends.begin(scope: "PEAP")
        #expect(try ends.connect(scope: "PEAP").server.isResumed)
    }

    @Test(arguments: cases) func whoIsRevokedMeanwhileIsRefused(version: TLSVersion, transport: TLSConfiguration.Transport) throws {
        let ends = Ends(version, transport)
        _ = try ends.begin()
        let entry = RevocationList.Entry(serialNumber: try #require(Fixture.client).certificate.serialNumber, revoked: Fixture.now)
        let list = try #require(
            try Fixture.authority?.revocationList([entry], number: 2, thisUpdate: Fixture.now - 60, nextUpdate: Fixture.now + 3600))
        ends.server.revocationLists = [list.der]
        let next = try ends.connect()
        #expect(!next.isEstablished)
        #expect(next.serverProgress.failure?.alert?.code == 44)
    }

    @Test(arguments: cases) func aSessionWithoutCertificateDoesNotOpenAServerThatWantsOne(
        version: TLSVersion, transport: TLSConfiguration.Transport
    ) throws {
        let ends = Ends(version, transport)
        ends.server.verification = .none
        _ = try ends.begin()
        ends.server.verification = .required
        let next = try ends.connect()
        #expect(!next.server.isResumed)
        #expect(next.server.peerCertificate == Fixture.client?.certificate)
    }

    @Test(arguments: cases) func sessionsEndInTime(version: TLSVersion, transport: TLSConfiguration.Transport) throws {
        let ends = Ends(version, transport)
        _ = try ends.begin()
        try ends.kept.change { SSL_SESSION_set_time($0, Int(Fixture.now) - 3700) }
        let next = try ends.connect()
        #expect(next.isEstablished && !next.server.isResumed)
    }

    @Test(arguments: cases) func resumingDoesNotProlong(version: TLSVersion, transport: TLSConfiguration.Transport) throws {
        let ends = Ends(version, transport)
        _ = try ends.begin()
        // As if half of the hour were over.
        try ends.kept.change { SSL_SESSION_set_time($0, Int(Fixture.now) - 1800) }
        let second = try ends.connect()
        #expect(second.server.isResumed)
        ends.kept.forgetAll()
        second.server.remember([1])
        second.run()
        #expect(ends.kept.count == 1)
        try ends.kept.change { session in
            let end = SSL_SESSION_get_time(session) + SSL_SESSION_get_timeout(session)
            #expect(abs(end - Int(Fixture.now) - 1800) <= 120)
        }
    }

    @Test(arguments: cases) func sessionsDoNotOutliveCertificates(version: TLSVersion, transport: TLSConfiguration.Transport) throws {
        let ends = Ends(version, transport)
        let short = Fixture.issue(.client, "short", from: Fixture.now - 86400 + 600, days: 1)
        ends.client.certificateChain = short?.chain ?? ""
        ends.client.privateKey = short?.key ?? ""
        _ = try ends.begin()
        #expect(ends.kept.count == 1)
        try ends.kept.change { session in
            #expect(SSL_SESSION_get_time(session) + SSL_SESSION_get_timeout(session) <= Int(Fixture.now) + 600)
        }
        #expect(try ends.connect().server.isResumed)
    }

    @Test func aPreparedTicketIsWorthNothingUntilItIsRemembered() throws {
        let ends = Ends(.v1_3)
        let first = try ends.connect()
        first.server.prepareTicket()
        #expect(!first.server.takeOutput().isEmpty)
        #expect(ends.kept.count == 0)
        let second = try ends.connect()
        second.server.prepareTicket()
        second.run()
        #expect(try !ends.connect().server.isResumed)
        second.server.remember([5])
        #expect(second.server.takeOutput().isEmpty)
        #expect(ends.kept.count == 1)
        let third = try ends.connect()
        #expect(third.server.isResumed)
        #expect(third.server.rememberedData == [5])
    }

    @Test func contextsJudgeChainsAnew() throws {
        let chain = try Pair(Fixture.client(), Fixture.server()).run().server.peerChain
        var configuration = Fixture.server()
        #expect(try TLSContext(configuration).accepts(chain))
        configuration.trustedCertificates = Fixture.otherAuthority?.certificate.pem ?? ""
        #expect(try !TLSContext(configuration).accepts(chain))
        configuration.verification = .none
        #expect(try !TLSContext(configuration).accepts(chain), "a context that asks for no certificates judges them all the same")
        #expect(try !TLSContext(Fixture.server()).accepts([]))
    }

    @Test func whatEndsWithAnErrorIsNotResumed() throws {
        let ends = Ends(.v1_2)
        let first = try ends.begin()
        #expect(first.server.receive([23, 3, 3, 0, 2, 0, 0]).failure != nil)
        #expect(ends.kept.count == 0)
        #expect(try !ends.connect().server.isResumed)
    }

    @Test func theOldestMakesRoom() {
        let kept = TLSResumption(lifetimeSeconds: 1, capacity: 2)
        let verifier = TLSResumption.Verifier(context: 1, verification: .none)
        func store(_ key: UInt8) { kept.store(.init(session: [], chain: [], verifiedBy: verifier, data: [key]), for: [key]) }
        store(1)
        store(2)
        store(2)
        #expect(kept.count == 2)
        store(3)
        #expect(kept.entry([1]) == nil)
        #expect(kept.entry([2])?.data == [2])
        kept.forget([2])
        store(4)
        store(2)
        #expect(kept.entry([3]) == nil)
        #expect(kept.entry([4])?.data == [4])
        #expect(kept.entry([2])?.data == [2])
        #expect(kept.count == 2)
    }
}

extension TLSResumption {
    /// Changes or looks at every session as OpenSSL sees it.
    func change(_ body: (OpaquePointer) -> Void) throws {
        for (key, entry) in all {
            let session = try #require(
                entry.session.withUnsafeBufferPointer { buffer in
                    var start = buffer.baseAddress
                    return d2i_SSL_SESSION(nil, &start, buffer.count)
                })
            defer { SSL_SESSION_free(session) }
            body(session)
            var changed = entry
            changed.session = OpenSSLText.der { i2d_SSL_SESSION(session, $0) }
            store(changed, for: key)
        }
    }
}
