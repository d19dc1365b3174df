import Testing

@testable import TLSEngine

@Suite struct TLSSessionTests {
    @Test(arguments: TLSVersion.allCases, [TLSConfiguration.Transport.stream, .datagram])
    func eachVersionGivesBothEndsTheSameKeys(version: TLSVersion, transport: TLSConfiguration.Transport) throws {
        var client = Fixture.client(transport)
        client.minimumVersion = version
        client.maximumVersion = version
        var server = Fixture.server(transport)
        server.minimumVersion = .v1_0
        let pair = try Pair(client, server).run()
        #expect(pair.isEstablished)
        let expected: TLSVersion = transport == .stream ? version : version < .v1_2 ? .v1_1 : .v1_2
        #expect(pair.server.version == expected)
        #expect(pair.client.cipherName == pair.server.cipherName)
        #expect(pair.server.clientRandom == pair.client.clientRandom)
        #expect(pair.server.serverRandom == pair.client.serverRandom)
        #expect(pair.server.clientRandom.count == 32)
        #expect(pair.server.clientRandom != pair.server.serverRandom)
        #expect(pair.server.masterSecret.count == (expected == .v1_3 ? 0 : 48))
        #expect(pair.server.masterSecret == pair.client.masterSecret)
        for context in [nil, [], [13]] as [[UInt8]?] {
            let key = pair.server.export(label: "client EAP encryption", context: context, length: 128)
            #expect(key?.count == 128)
            #expect(key == pair.client.export(label: "client EAP encryption", context: context, length: 128))
        }
        #expect(pair.server.peerCertificate == Fixture.client?.certificate)
        #expect(pair.server.peerChain.map(\.commonName) == ["alice", "Example CA"])
        #expect(pair.client.peerChain.map(\.commonName) == [Fixture.serverName, "Example CA"])
        #expect(!pair.server.isResumed)
    }

    @Test func nothingIsExportedBeforeTheHandshake() throws {
        let session = try TLSSession(TLSContext(Fixture.server()))
        #expect(session.export(label: "x", context: nil, length: 16) == nil)
        #expect(session.masterSecret.isEmpty)
        #expect(session.version == nil)
        #expect(session.handshakeHash == nil)
        #expect(session.keyBlockLength == nil)
        #expect(throws: TLSFailure.self) { try session.send([1]) }
    }

    @Test(arguments: [PrivateKey.Kind.ellipticCurve, .rsa])
    func bothKindsOfKeysServe(kind: PrivateKey.Kind) throws {
        let identity = Fixture.issue(.server, Fixture.serverName, key: kind) { $0.alternativeNames.dnsNames = [Fixture.serverName] }
        var server = Fixture.server()
        server.certificateChain = identity?.chain ?? ""
        server.privateKey = identity?.key ?? ""
        #expect(try Pair(Fixture.client(), server).run().isEstablished)
    }

    @Test(arguments: [TLSVersion.v1_2, .v1_3]) func dataGoesBothWaysAndEndsProperly(version: TLSVersion) throws {
        var client = Fixture.client()
        client.maximumVersion = version
        let pair = try Pair(client, Fixture.server()).run()
        let long = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try pair.client.send(long)
        try pair.server.send([1, 2, 3])
        pair.run()
        #expect(pair.server.takePlaintext() == long)
        #expect(pair.server.takePlaintext() == [])
        #expect(pair.client.takePlaintext() == [1, 2, 3])
        pair.server.close()
        pair.run()
        #expect(pair.clientProgress.isClosed)
        #expect(throws: TLSFailure.self) { try pair.server.send([1]) }
    }

    @Test func octetsMayComeOneByOne() throws {
        let client = try TLSSession(TLSContext(Fixture.client()))
        let server = try TLSSession(TLSContext(Fixture.server()))
        _ = client.receive([])
        for _ in 0..<4 {
            for octet in client.takeOutput() { _ = server.receive([octet]) }
            for octet in server.takeOutput() { _ = client.receive([octet]) }
        }
        #expect(client.isEstablished && server.isEstablished)
    }

    @Test func aDatagramKeepsItsBounds() throws {
        let pair = try Pair(Fixture.client(.datagram), Fixture.server(.datagram)).run()
        try pair.client.send([1, 2])
        try pair.client.send([3])
        pair.run()
        #expect(pair.server.takePlaintextRecords() == [[1, 2], [3]])
    }

    @Test func theServerPrefersItsOwnProtocol() throws {
        var server = Fixture.server()
        server.applicationProtocols = ["radius/1.1", "radius/1.0"]
        var client = Fixture.client()
        client.applicationProtocols = ["radius/1.0", "radius/1.1"]
        let pair = try Pair(client, server).run()
        #expect(pair.server.applicationProtocol == "radius/1.1")
        #expect(pair.client.applicationProtocol == "radius/1.1")
        // No ALPN at all is historic RADIUS/TLS.
        let old = try Pair(Fixture.client(), server).run()
        #expect(old.isEstablished)
        #expect(old.server.applicationProtocol == nil)
    }

    @Test func otherProtocolsAreRefusedUnlessAllowed() throws {
        var server = Fixture.server()
        server.applicationProtocols = ["radius/1.1"]
        var client = Fixture.client()
        client.applicationProtocols = ["h2"]
        let refused = try Pair(client, server).run()
        #expect(refused.serverProgress.failure?.alert?.code == 120)
        #expect(refused.serverProgress.failure?.alert?.sent == true)
        #expect(refused.clientProgress.failure?.alert?.code == 120)
        #expect(refused.clientProgress.failure?.alert?.sent == false)
        server.refusesOtherApplicationProtocols = false
        let allowed = try Pair(client, server).run()
        #expect(allowed.isEstablished)
        #expect(allowed.server.applicationProtocol == nil)
    }

    @Test func noCommonVersionIsAnAlert() throws {
        var server = Fixture.server()
        server.minimumVersion = .v1_3
        var client = Fixture.client()
        client.maximumVersion = .v1_2
        let pair = try Pair(client, server).run()
        #expect(pair.serverProgress.failure?.alert?.code == 70)
        #expect(pair.serverProgress.failure?.reason == "unsupported protocol")
        #expect(!pair.isEstablished)
    }

    @Test func ciphersAndGroupsAreAsConfigured() throws {
        var server = Fixture.server()
        server.maximumVersion = .v1_2
        server.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"
        #expect(try Pair(Fixture.client(), server).run().server.cipherName == "ECDHE-ECDSA-AES128-GCM-SHA256")
        server.maximumVersion = .v1_3
        server.cipherSuites = "TLS_CHACHA20_POLY1305_SHA256"
        server.groups = "P-384"
        #expect(try Pair(Fixture.client(), server).run().server.cipherName == "TLS_CHACHA20_POLY1305_SHA256")
        var client = Fixture.client()
        client.groups = "X25519"
        #expect(try Pair(client, server).run().serverProgress.failure?.alert?.code == 40)
    }

    @Test func plaintextInsteadOfTLSFails() throws {
        let session = try TLSSession(TLSContext(Fixture.server()))
        #expect(session.receive(Array("GET / HTTP/1.0\r\n\r\n".utf8)).failure != nil)
        #expect(session.receive([22, 3, 1]).failure != nil)
    }

    @Test func contextsRefuseWhatCannotWork() throws {
        func error(_ change: (inout TLSConfiguration) -> Void) -> TLSError? {
            var configuration = Fixture.server()
            change(&configuration)
            do { _ = try TLSContext(configuration) } catch { return error }
            return nil
        }
        func kind(_ error: TLSError?) -> String { "\(error.map { "\($0)" } ?? "none")".prefix { $0 != ":" }.description }
        #expect(kind(error { $0.certificateChain = "nonsense" }) == "certificate")
        #expect(kind(error { $0.privateKey = "nonsense" }) == "private key")
        #expect(kind(error { $0.privateKey = Fixture.client?.key ?? "" }) == "private key")
        #expect(kind(error { $0.trustedCertificates = "nonsense" }) == "trusted certificates")
        #expect(kind(error { $0.revocationLists = [[1, 2, 3]] }) == "revocation list")
        #expect(kind(error { $0.ciphers = "NO-SUCH-CIPHER" }) == "ciphers")
        #expect(kind(error { $0.cipherSuites = "NO-SUCH-SUITE" }) == "cipher suites")
        #expect(kind(error { $0.groups = "no-such-group" }) == "groups")
        #expect(kind(error { $0.applicationProtocols = [""] }) == "application protocols")
        #expect(error { _ in } == nil)
    }

    @Test func anEncryptedKeyNeedsItsPassword() throws {
        let directory = try ScratchDirectory()
        try directory.write(Fixture.server?.key ?? "", "key.pem")
        #expect(try directory.openssl("pkcs8", "-topk8", "-in", "key.pem", "-out", "locked.pem", "-passout", "pass:open sesame").code == 0)
        var configuration = Fixture.server()
        configuration.privateKey = String(decoding: try directory.read("locked.pem"), as: UTF8.self)
        #expect(throws: TLSError.self) { try TLSContext(configuration) }
        configuration.privateKeyPassword = "wrong"
        #expect(throws: TLSError.self) { try TLSContext(configuration) }
        configuration.privateKeyPassword = "open sesame"
        _ = try TLSContext(configuration)
    }
}
