import COpenSSL
import Digests
import Testing

@testable import TLSEngine

@Suite struct TLSKeysTests {
    /// Vector for P_SHA256 of TLS 1.2, posted to the IETF's TLS list in 2009.
    @Test func prfVector() throws {
        let secret = try #require(Hexadecimal.decode("9bbe436ba940f017b17652849a71db35".utf8))
        let seed = try #require(Hexadecimal.decode("a0ba9f936cda311827a6f796ffd5198c".utf8))
        let expected = """
            e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af\
            0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66
            """
        let made = try #require(TLSHash.sha256.prf(secret: secret, label: "test label", seed: seed, length: 100))
        #expect(Hexadecimal.encode(made) == expected)
    }

    /// RFC 4231 §4.3.
    @Test func hmacVector() {
        let made = TLSHash.sha384.hmac(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8)) ?? []
        #expect(Hexadecimal.encode(made).hasPrefix("af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"))
        #expect(TLSHash.md5AndSHA1.hmac(key: [1], []) == nil)
    }

    /// RFC 5705 §4: without a context the exporter is the PRF over both randoms.
    @Test(arguments: [TLSVersion.v1_0, .v1_1, .v1_2]) func theExporterIsThePRF(version: TLSVersion) throws {
        for ciphers in ["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA"] {
            var client = Fixture.client()
            client.minimumVersion = .v1_0
            client.maximumVersion = version
            client.ciphers = version < .v1_2 ? "ECDHE-ECDSA-AES128-SHA" : ciphers
            var server = Fixture.server()
            server.minimumVersion = .v1_0
            let session = try Pair(client, server).run().server
            let hash = try #require(session.handshakeHash)
            #expect(hash == (version < .v1_2 ? .md5AndSHA1 : ciphers.hasSuffix("SHA384") ? .sha384 : .sha256))
            let made = hash.prf(
                secret: session.masterSecret, label: "ttls keying material", seed: session.clientRandom + session.serverRandom, length: 64)
            #expect(made == session.export(label: "ttls keying material", context: nil, length: 64))
        }
    }

    @Test(arguments: [
        ("ECDHE-ECDSA-AES128-SHA", 2 * (20 + 16 + 16)), ("ECDHE-ECDSA-AES256-SHA384", 2 * (48 + 32 + 16)),
        ("ECDHE-ECDSA-AES128-GCM-SHA256", 2 * (16 + 4)), ("ECDHE-ECDSA-CHACHA20-POLY1305", 2 * (32 + 12)),
    ])
    func keyBlocksAreAsLongAsTheirSuiteNeeds(cipher: String, length: Int) throws {
        var client = Fixture.client()
        client.maximumVersion = .v1_2
        client.ciphers = cipher
        #expect(try Pair(client, Fixture.server()).run().server.keyBlockLength == length)
    }

    @Test(arguments: [TLSVersion.v1_2, .v1_3]) func preSharedKeys(version: TLSVersion) throws {
        var server = TLSConfiguration(role: .server)
        server.preSharedKeys = .server { $0 == "nas-1" ? [UInt8](repeating: 7, count: 32) : nil }
        server.resumption = TLSResumption(lifetimeSeconds: 60, capacity: 10)
        func connect(_ identity: String, _ key: UInt8) throws -> Pair {
            var client = TLSConfiguration(role: .client)
            client.maximumVersion = version
            client.verification = .required
            client.preSharedKeys = .client(identity: identity, key: [UInt8](repeating: key, count: 32))
            return try Pair(client, server).run()
        }
        let good = try connect("nas-1", 7)
        #expect(good.isEstablished)
        #expect(good.server.preSharedKeyIdentity == "nas-1")
        #expect(!good.server.isResumed)
        #expect(try !connect("nas-1", 8).isEstablished)
        let unknown = try connect("nas-2", 7)
        #expect(!unknown.isEstablished)
        #expect(unknown.server.preSharedKeyIdentity == nil)
    }

    @Test func anonymousOnlyWhereAllowed() throws {
        var client = TLSConfiguration(role: .client)
        client.allowsAnonymous = true
        client.ciphers = "ADH-AES128-SHA:ADH-AES256-SHA"
        var server = TLSConfiguration(role: .server)
        server.allowsAnonymous = true
        let pair = try Pair(client, server).run()
        #expect(pair.isEstablished)
        #expect(pair.server.cipherName?.hasPrefix("ADH-") == true)
        #expect(pair.server.version == .v1_2)
        #expect(try Pair(client, Fixture.server()).run().serverProgress.failure?.alert?.code == 40)
    }

    /// As EAP-FAST uses it: the ticket names a PAC, and both ends derive the master secret from its key.
    @Test func aTicketMayBringTheMasterSecret() throws {
        let derive: SessionTicketHandler = { ticket, clientRandom, serverRandom in
            guard ticket == [1, 2, 3, 4], clientRandom.count == 32, serverRandom.count == 32 else { return nil }
            return TLSHash.sha256.prf(secret: [9], label: "PAC", seed: serverRandom + clientRandom, length: 48)
        }
        var configuration = Fixture.client()
        configuration.maximumVersion = .v1_2
        func connect(_ ticket: [UInt8]) throws -> Pair {
            let pair = try Pair(configuration, Fixture.server())
            pair.server.setSessionTicketHandler(derive)
            if !ticket.isEmpty { pair.client.presentSessionTicket(ticket, masterSecret: { derive($0, $1, $2) ?? [1] }) }
            return pair.run()
        }
        let short = try connect([1, 2, 3, 4])
        #expect(short.isEstablished)
        #expect(short.server.masterSecret == derive([1, 2, 3, 4], short.client.clientRandom, short.client.serverRandom))
        #expect(short.server.peerCertificate == nil)
        #expect(!short.server.isResumed)
        for ticket in [[], [5]] as [[UInt8]] {
            let full = try connect(ticket)
            #expect(full.isEstablished)
            #expect(full.server.peerCertificate != nil)
        }
    }
}
