import Testing

@testable import TLSEngine

@Suite struct CertificateAuthorityTests {
    private let authority: CertificateAuthority
    private let directory: ScratchDirectory

    init() throws {
        authority = try #require(Fixture.authority)
        directory = try ScratchDirectory()
        try directory.write(authority.certificate.pem, "ca.pem")
    }

    @Test(arguments: [PrivateKey.Kind.ellipticCurve, .rsa]) func opensslAcceptsBothKinds(kind: PrivateKey.Kind) throws {
        let authority = try CertificateAuthority.create(
            commonName: "CA", organizationName: nil, key: kind, notBefore: Fixture.now, days: 10)
        var request = CertificateRequest(.server, commonName: Fixture.serverName, notBefore: Fixture.now, days: 825)
        request.alternativeNames.dnsNames = [Fixture.serverName]
        let server = try authority.issue(request)
        try directory.write(authority.certificate.pem, "own.pem")
        try directory.write(server.certificate.pem, "server.pem")
        let verified = try directory.openssl(
            "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", Fixture.serverName, "-CAfile", "own.pem", "server.pem")
        #expect(verified.code == 0, "\(verified.text)")
        #expect(try directory.openssl("verify", "-purpose", "sslclient", "-CAfile", "own.pem", "server.pem").code != 0)
        // A leaf does not outlive its issuer.
        #expect(server.certificate.notAfter == authority.certificate.notAfter)
        let text = try directory.openssl("x509", "-in", "server.pem", "-noout", "-text").text
        #expect(text.contains("X509v3 Basic Constraints: critical\n                CA:FALSE"))
        #expect(text.contains("TLS Web Server Authentication"))
        #expect(text.contains("X509v3 Authority Key Identifier"))
        #expect(text.contains(kind == .rsa ? "Digital Signature, Key Encipherment" : "Digital Signature\n"))
    }

    @Test func namesComeBackAsTheyWereWritten() throws {
        let names = try #require(
            Fixture.issue(.serverAndClient, "Zoë, Ltd.") {
                $0.organizationName = "Café"
                $0.alternativeNames.dnsNames = ["a.example.org", "b.example.org"]
                $0.alternativeNames.naiRealms = ["example.org"]
                $0.alternativeNames.emailAddresses = ["zoe@example.org"]
                $0.alternativeNames.userPrincipalNames = ["zoë@example.org"]
            }
        ).certificate
        #expect(names.commonName == "Zoë, Ltd.")
        #expect(names.subject == "CN=Zoë\\, Ltd.,O=Café")
        #expect(names.issuer == "CN=Example CA,O=Example")
        #expect(names.dnsNames == ["a.example.org", "b.example.org"])
        #expect(names.naiRealms == ["example.org"])
        #expect(names.emailAddresses == ["zoe@example.org"])
        #expect(names.userPrincipalNames == ["zoë@example.org"])
        #expect(names.hasExtendedKeyUsage("1.3.6.1.5.5.7.3.1") && names.hasExtendedKeyUsage("1.3.6.1.5.5.7.3.2"))
        #expect(!names.hasExtendedKeyUsage("1.3.6.1.5.5.7.3.4"))
        #expect(!names.isAuthority && authority.certificate.isAuthority)
        #expect(names.notAfter - names.notBefore == 30 * 86400 - 1)
        #expect(try Certificate(pem: names.pem) == names)
        #expect(try Certificate.all(pem: names.pem + authority.certificate.pem).count == 2)
        try directory.write(names.pem, "names.pem")
        let openssl = try directory.openssl("x509", "-in", "names.pem", "-noout", "-serial", "-fingerprint", "-sha256").text
        #expect(openssl.contains("serial=\(names.serialNumber)\n"))
        #expect(openssl.lowercased().replacing(":", with: "").contains(names.fingerprintSHA256))
    }

    @Test func addressesAndURIsAreRead() throws {
        try directory.write(Fixture.server?.key ?? "", "key.pem")
        _ = try directory.openssl(
            "req", "-x509", "-key", "key.pem", "-subj", "/O=x", "-days", "1", "-out", "x.pem", "-addext",
            "subjectAltName=IP:192.0.2.1,IP:2001:db8::1,URI:https://example.org/x", "-addext",
            "authorityInfoAccess=OCSP;URI:http://ocsp.example.org/")
        let certificate = try Certificate(pem: String(decoding: try directory.read("x.pem"), as: UTF8.self))
        #expect(certificate.ipAddresses == ["192.0.2.1", "2001:db8::1"])
        #expect(certificate.uris == ["https://example.org/x"])
        #expect(certificate.ocspResponders == ["http://ocsp.example.org/"])
        #expect(certificate.commonName == nil)
        #expect(certificate.extendedKeyUsages == nil)
    }

    @Test func namesCannotSmuggleOthers() throws {
        func make(_ change: (inout CertificateRequest) -> Void) throws {
            var request = CertificateRequest(.client, commonName: "x", notBefore: Fixture.now, days: 1)
            change(&request)
            _ = try authority.issue(request)
        }
        #expect(throws: TLSError.self) { try make { $0.commonName = "" } }
        #expect(throws: TLSError.self) { try make { $0.commonName = String(repeating: "x", count: 65) } }
        #expect(throws: TLSError.self) { try make { $0.commonName = "a\0b" } }
        #expect(throws: TLSError.self) { try make { $0.alternativeNames.dnsNames = ["a\0b"] } }
        #expect(throws: TLSError.self) { try make { $0.alternativeNames.emailAddresses = ["zoë@example.org"] } }
        let odd = try #require(Fixture.issue(.client, "x") { $0.alternativeNames.dnsNames = ["a,DNS:b"] })
        #expect(odd.certificate.dnsNames == ["a,DNS:b"])
    }

    @Test func anAuthorityNeedsItsOwnKey() throws {
        let other = try #require(Fixture.otherAuthority)
        #expect(throws: TLSError.self) { try CertificateAuthority(certificate: authority.certificate, privateKey: other.privateKey) }
        let server = try #require(Fixture.server)
        #expect(throws: TLSError.self) {
            try CertificateAuthority(certificate: server.certificate, privateKey: PrivateKey(pem: server.key))
        }
        let again = try CertificateAuthority(certificate: authority.certificate, privateKey: PrivateKey(pem: authority.privateKey.pem))
        #expect(again.privateKey.kind == .ellipticCurve)
        #expect("\(again.privateKey)" == "private key (ec)")
    }

    @Test func opensslObeysOurLists() throws {
        let gone = try #require(Fixture.issue(.client, "gone"))
        let list = try authority.revocationList(
            [.init(serialNumber: gone.certificate.serialNumber, revoked: Fixture.now - 5)], number: 7, thisUpdate: Fixture.now - 60,
            nextUpdate: Fixture.now + 86400)
        #expect(list.entries == [.init(serialNumber: gone.certificate.serialNumber, revoked: Fixture.now - 5)])
        #expect(list.number == 7)
        #expect(list.nextUpdate == Fixture.now + 86400)
        #expect(try RevocationList(Array(list.pem.utf8)) == list)
        try directory.write(list.pem, "crl.pem")
        try directory.write(gone.chain, "gone.pem")
        try directory.write(Fixture.client?.chain ?? "", "good.pem")
        #expect(try directory.openssl("crl", "-in", "crl.pem", "-CAfile", "ca.pem", "-noout").text.contains("verify OK"))
        let refused = try directory.openssl("verify", "-crl_check", "-CRLfile", "crl.pem", "-CAfile", "ca.pem", "gone.pem")
        #expect(refused.text.contains("certificate revoked"))
        #expect(try directory.openssl("verify", "-crl_check", "-CRLfile", "crl.pem", "-CAfile", "ca.pem", "good.pem").code == 0)
        #expect(throws: TLSError.self) {
            try authority.revocationList([.init(serialNumber: "12x", revoked: 0)], number: 1, thisUpdate: 0, nextUpdate: 1)
        }
    }

    @Test func opensslOpensOurPKCS12() throws {
        let client = try #require(Fixture.client)
        let key = try PrivateKey(pem: client.key)
        let file = try PKCS12.encode(client.certificate, key, name: "alice", password: "secret", authorities: [authority.certificate])
        try directory.write(file, "alice.p12")
        let opened = try directory.openssl("pkcs12", "-in", "alice.p12", "-passin", "pass:secret", "-nodes").text
        #expect(opened.contains("friendlyName: alice"))
        #expect(try Certificate.all(pem: opened) == [client.certificate, authority.certificate])
        #expect(try PrivateKey(pem: opened).kind == .ellipticCurve)
        #expect(try directory.openssl("pkcs12", "-in", "alice.p12", "-passin", "pass:wrong", "-nodes").code != 0)
        #expect(throws: TLSError.self) {
            try PKCS12.encode(client.certificate, key, name: "alice", password: "", authorities: [])
        }
    }
}
