import Foundation
import Testing

@testable import TLSEngine

@Suite struct TLSVerificationTests {
    /// A handshake in which the server judges the client.
    private func judge(
        _ identity: Fixture.Identity?, _ version: TLSVersion = .v1_3, _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) throws -> Pair {
        var server = Fixture.server()
        change(&server)
        var client = Fixture.client(.stream, identity)
        client.maximumVersion = version
        return try Pair(client, server).run()
    }

    private func expectRefusal(_ pair: Pair, alert: UInt8, _ reason: String) {
        let failure = pair.serverProgress.failure
        #expect(failure?.alert?.code == alert)
        #expect(failure?.alert?.sent == true)
        #expect(failure?.reason == reason)
        #expect(pair.server.verificationFailure == reason)
        #expect(!pair.server.isEstablished)
        #expect(pair.clientProgress.failure?.alert?.code == alert)
        #expect(pair.clientProgress.failure?.alert?.sent == false)
    }

    private func list(_ revoked: [Fixture.Identity?], from: Int64 = Fixture.now - 60, until: Int64 = Fixture.now + 86400) throws -> [UInt8]
    {
        let entries = revoked.compactMap { $0.map { RevocationList.Entry(serialNumber: $0.certificate.serialNumber, revoked: from) } }
        return try #require(try Fixture.authority?.revocationList(entries, number: 1, thisUpdate: from, nextUpdate: until)).der
    }

    @Test(arguments: [TLSVersion.v1_2, .v1_3]) func badCertificatesAreRefusedWithTheirAlert(version: TLSVersion) throws {
        let old = Fixture.issue(.client, "old", from: Fixture.now - 200 * 86400, days: 100)
        expectRefusal(try judge(old, version), alert: 45, "the certificate has expired")
        let young = Fixture.issue(.client, "young", from: Fixture.now + 86400)
        expectRefusal(try judge(young, version), alert: 42, "the certificate is not valid yet")
        let foreign = Fixture.issue(.client, "foreign", by: Fixture.otherAuthority)
        expectRefusal(try judge(foreign, version), alert: 48, "the certificate is from an unknown CA")
        let server = Fixture.server
        expectRefusal(try judge(server, version), alert: 43, "the certificate is not for this use (extended key usage)")
        let gone = Fixture.issue(.client, "gone")
        let lists = [try list([gone])]
        expectRefusal(try judge(gone, version) { $0.revocationLists = lists }, alert: 44, "the certificate is revoked")
        #expect(try judge(Fixture.client, version) { $0.revocationLists = lists }.isEstablished)
    }

    @Test(arguments: [TLSVersion.v1_2, .v1_3]) func whoWasFoundGoodIsKnownToTheSameContextOnly(version: TLSVersion) throws {
        func pair(_ context: TLSContext, _ identity: Fixture.Identity?) throws -> Pair {
            var client = Fixture.client(.stream, identity)
            client.maximumVersion = version
            return Pair(try TLSSession(TLSContext(client)), try TLSSession(context)).run()
        }
        let context = try TLSContext(Fixture.server())
        let leaf = try #require(Fixture.client).certificate.der
        func known(in context: TLSContext) -> [Certificate]? { context.verifiedChains?.chain(of: leaf, at: Int64(time(nil))) }
        #expect(known(in: context) == nil)
        let first = try pair(context, Fixture.client)
        let chain = known(in: context)
        #expect(chain?.count == 2 && first.server.peerChain == chain)
        // In its place a chain that only the memory can have told.
        let told = try #require(chain) + [try #require(Fixture.server).certificate]
        context.verifiedChains?.keep(told, at: Int64(time(nil)))
        let second = try pair(context, Fixture.client)
        #expect(second.isEstablished && second.server.peerChain == told)
        // A name and an issuer are nobody's proof.
        let foreign = Fixture.issue(.client, "foreign", by: Fixture.otherAuthority)
        expectRefusal(try pair(context, foreign), alert: 48, "the certificate is from an unknown CA")

        var settings = Fixture.server()
        settings.revocationLists = [try list([Fixture.client])]
        let reloaded = try TLSContext(settings)
        expectRefusal(try pair(reloaded, Fixture.client), alert: 44, "the certificate is revoked")
        #expect(known(in: reloaded) == nil)
        settings.revocationLists = []
        settings.certificateCheck = { _ in "not today" }
        let checked = try TLSContext(settings)
        expectRefusal(try pair(checked, Fixture.client), alert: 42, "not today")
        #expect(checked.verifiedChains == nil)
    }

    @Test func whoIsNotAskedIsNotKnown() throws {
        var settings = Fixture.server()
        settings.verification = .none
        let context = try TLSContext(settings)
        let pair = Pair(try TLSSession(TLSContext(Fixture.client(.stream, Fixture.client))), try TLSSession(context))
        #expect(pair.run().isEstablished)
        #expect(context.verifiedChains?.chain(of: try #require(Fixture.client).certificate.der, at: Int64(time(nil))) == nil)
    }

    @Test func aChainIsKnownForAnHourAndWhileItsCertificatesAreValid() throws {
        let now = Fixture.now
        let short = try #require(Fixture.issue(.client, "short", from: now - 86_400 + 600, days: 1)).certificate
        let long = try #require(Fixture.client).certificate
        let chains = VerifiedChains(capacity: 2)
        chains.keep([long, short], at: now)
        #expect(chains.chain(of: long.der, at: now + 500) == [long, short])
        #expect(chains.chain(of: long.der, at: now + 700) == nil)
        #expect(chains.chain(of: short.der, at: now) == nil)
        chains.keep([long], at: now)
        #expect(chains.chain(of: long.der, at: now - 1) == nil)
        #expect(chains.chain(of: long.der, at: now + 3599) == [long])
        #expect(chains.chain(of: long.der, at: now + 3600) == nil)
        chains.keep([short], at: now)
        #expect(chains.chain(of: long.der, at: now) != nil)
        chains.keep([try #require(Fixture.server).certificate], at: now)
        #expect(chains.chain(of: long.der, at: now) == nil, "a full memory starts anew")
    }

    @Test func withoutTrustedCAsNobodyIsTrusted() throws {
        expectRefusal(try judge(Fixture.client) { $0.trustedCertificates = "" }, alert: 48, "the certificate is from an unknown CA")
    }

    @Test func aMissingCertificateIsAskedFor() throws {
        let none = Fixture.Identity(chain: "", key: "", certificate: try #require(Fixture.client).certificate)
        #expect(try judge(none, .v1_3).serverProgress.failure?.alert?.code == 116)
        #expect(try judge(none, .v1_2).serverProgress.failure?.alert?.code == 40)
        let optional = try judge(none) { $0.verification = .optional }
        #expect(optional.isEstablished)
        #expect(optional.server.peerCertificate == nil)
        #expect(optional.server.peerChain.isEmpty)
        let foreign = Fixture.issue(.client, "foreign", by: Fixture.otherAuthority)
        #expect(try judge(foreign) { $0.verification = .optional }.serverProgress.failure != nil)
        let unasked = try judge(Fixture.client) { $0.verification = .none }
        #expect(unasked.isEstablished)
        #expect(unasked.server.peerCertificate == nil)
    }

    @Test func extendedKeyUsageIsCheckedAsConfigured() throws {
        #expect(try judge(Fixture.server) { $0.extendedKeyUsage = .ignored }.isEstablished)
        #expect(try judge(Fixture.client) { $0.extendedKeyUsage = .required }.isEstablished)
        let directory = try ScratchDirectory()
        try directory.write(Fixture.authorityText, "ca.pem")
        try directory.write(Fixture.authority?.privateKey.pem ?? "", "ca.key")
        try directory.write(Fixture.client?.key ?? "", "key.pem")
        #expect(try directory.openssl("req", "-new", "-key", "key.pem", "-subj", "/CN=plain", "-out", "plain.csr").code == 0)
        #expect(
            try directory.openssl(
                "x509", "-req", "-in", "plain.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "9", "-out", "plain.pem"
            )
            .code == 0)
        let text = String(decoding: try directory.read("plain.pem"), as: UTF8.self)
        let plain = Fixture.Identity(chain: text, key: Fixture.client?.key ?? "", certificate: try Certificate(pem: text))
        #expect(plain.certificate.extendedKeyUsages == nil)
        #expect(try judge(plain).isEstablished)
        expectRefusal(
            try judge(plain) { $0.extendedKeyUsage = .required }, alert: 43, "the certificate is not for this use (extended key usage)")
    }

    @Test func listsAreNeededOnlyWhenRequired() throws {
        let stale = try list([Fixture.issue(.client, "x")], from: Fixture.now - 9 * 86400, until: Fixture.now - 86400)
        #expect(try judge(Fixture.client) { $0.revocationLists = [stale] }.isEstablished)
        expectRefusal(
            try judge(Fixture.client) {
                $0.revocationLists = [stale]
                $0.requiresRevocationList = true
            }, alert: 45, "the revocation list has expired")
        expectRefusal(
            try judge(Fixture.client) { $0.requiresRevocationList = true }, alert: 48, "no revocation list tells of the certificate")
        let fresh = try list([])
        #expect(
            try judge(Fixture.client) {
                $0.revocationLists = [fresh]
                $0.requiresRevocationList = true
            }.isEstablished)
        // What a stale list revokes stays revoked.
        let gone = Fixture.issue(.client, "gone")
        let staleWithGone = try list([gone], from: Fixture.now - 9 * 86400, until: Fixture.now - 86400)
        expectRefusal(try judge(gone) { $0.revocationLists = [staleWithGone] }, alert: 44, "the certificate is revoked")
        let text = try RevocationList(staleWithGone).pem
        expectRefusal(try judge(gone) { $0.revocationLists = [Array(text.utf8)] }, alert: 44, "the certificate is revoked")
    }

    @Test func theCallerMayRefuseAGoodCertificate() throws {
        let pair = try judge(Fixture.client) {
            $0.certificateCheck = { chain in chain.map(\.commonName) == ["alice", "Example CA"] ? "alice may not" : nil }
        }
        expectRefusal(pair, alert: 42, "alice may not")
        #expect(try judge(Fixture.client) { $0.certificateCheck = { _ in nil } }.isEstablished)
    }

    @Test func aClientTakesOnlyTheServerItMeant() throws {
        var client = Fixture.client()
        client.serverName = "other.example.org"
        let wrong = try Pair(client, Fixture.server()).run()
        #expect(wrong.clientProgress.failure?.reason == "the certificate is for another name")
        #expect(!wrong.server.isEstablished)
        client.checksServerName = false
        #expect(try Pair(client, Fixture.server()).run().isEstablished)
        client.checksServerName = true
        client.serverName = "127.0.0.1"
        #expect(try Pair(client, Fixture.server()).run().clientProgress.failure?.reason == "the certificate is for another name")
        client.verification = .none
        client.trustedCertificates = ""
        #expect(try Pair(client, Fixture.server()).run().isEstablished)
    }

    @Test func aServerCertificateAloneIsAnAnchor() throws {
        var client = Fixture.client()
        client.trustedCertificates = Fixture.server?.chain ?? ""
        #expect(try Pair(client, Fixture.server()).run().isEstablished)
    }
}
