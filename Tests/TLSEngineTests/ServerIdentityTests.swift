import Testing

@testable import TLSEngine

/// Certificates by the name that the client asks for.
@Suite struct ServerIdentityTests {
    private static let second = Fixture.issue(.server, "second.example.net", key: .rsa) {
        $0.alternativeNames.dnsNames = ["second.example.net", "*.hotels.example.net"]
    }
    private static let third = Fixture.issue(.server, "third", by: Fixture.otherAuthority) {
        $0.alternativeNames.dnsNames = ["third.example.net", Fixture.serverName]
    }

    private func server(_ change: (inout TLSConfiguration) -> Void = { _ in }) throws -> TLSConfiguration {
        var configuration = Fixture.server()
        configuration.furtherIdentities = try [Self.second, Self.third].map {
            let identity = try #require($0)
            return TLSConfiguration.Identity(certificateChain: identity.chain, privateKey: identity.key)
        }
        change(&configuration)
        return configuration
    }

    private func client(_ name: String?, _ version: TLSVersion = .v1_3, _ transport: TLSConfiguration.Transport = .stream)
        -> TLSConfiguration
    {
        var configuration = Fixture.client(transport)
        configuration.serverName = name
        configuration.checksServerName = false
        configuration.maximumVersion = version
        configuration.trustedCertificates += Fixture.otherAuthority?.certificate.pem ?? ""
        return configuration
    }

    @Test(
        arguments: [
            (nil, Fixture.serverName), ("elsewhere.example.org", Fixture.serverName), ("192.0.2.1", Fixture.serverName),
            // The first certificate is for it, though another is as well.
            (Fixture.serverName, Fixture.serverName), ("second.example.net", "second.example.net"),
            ("SECOND.example.NET", "second.example.net"), ("lobby.hotels.example.net", "second.example.net"),
            ("a.b.hotels.example.net", Fixture.serverName), ("third.example.net", "third"),
        ] as [(String?, String)], [TLSVersion.v1_2, .v1_3])
    func nameChoosesCertificate(_ choice: (name: String?, commonName: String), _ version: TLSVersion) throws {
        let pair = try Pair(client(choice.name, version), server()).run()
        #expect(pair.isEstablished)
        #expect(pair.client.peerCertificate?.commonName == choice.commonName)
        #expect(pair.server.ownCertificate?.commonName == choice.commonName)
        // Clients are verified as ever.
        #expect(pair.server.peerCertificate?.commonName == "alice")
    }

    @Test func datagrams() throws {
        let pair = try Pair(client("third.example.net", .v1_2, .datagram), server { $0.transport = .datagram })
        pair.run()
        #expect(pair.client.peerCertificate?.commonName == "third")
    }

    @Test func nameIsVerifiedByTheClient() throws {
        var configuration = client("second.example.net")
        configuration.checksServerName = true
        #expect(try Pair(configuration, server()).run().isEstablished)
        configuration.serverName = "elsewhere.example.org"
        #expect(try !Pair(configuration, server()).run().isEstablished)
    }

    @Test func intermediatesFollowTheirCertificate() throws {
        let chain = try #require(Self.second).chain + Fixture.authorityText
        let configuration = try server {
            $0.furtherIdentities[0].certificateChain = chain
        }
        var client = client("second.example.net", .v1_2)
        client.verification = .none
        let pair = try Pair(client, configuration).run()
        #expect(pair.client.peerChain.map(\.commonName) == ["second.example.net", "Example CA"])
    }

    @Test(arguments: [TLSVersion.v1_2, .v1_3])
    func resumptionGoesOnWithTheChosenCertificate(_ version: TLSVersion) throws {
        let resumption = TLSResumption(lifetimeSeconds: 60, capacity: 10)
        let context = try TLSContext(server { $0.resumption = resumption })
        var configuration = client("second.example.net", version)
        configuration.resumption = TLSResumption(lifetimeSeconds: 60, capacity: 10)
        let clientContext = try TLSContext(configuration)
        for isResumed in [false, true] {
            let pair = Pair(try TLSSession(clientContext), try TLSSession(context))
            pair.run()
            #expect(pair.isEstablished)
            #expect(pair.server.isResumed == isResumed)
            pair.server.remember([1])
            pair.run()
        }
    }

    @Test func keysMustFit() throws {
        let other = try #require(Self.third).key
        #expect(throws: TLSError.self) { try TLSContext(server { $0.furtherIdentities[0].privateKey = other }) }
        #expect(throws: TLSError.self) { try TLSContext(server { $0.furtherIdentities[0].certificateChain = "" }) }
        #expect(try TLSContext(server()).certificates.map(\.commonName) == [Fixture.serverName, "second.example.net", "third"])
    }
}
