import TLSEngine
import Testing

@testable import EAP

@Suite struct CertificateNameTests {
    @Test(
        arguments: [
            (0, "700101000000Z"), (951_782_400, "000229000000Z"), (1_709_251_199, "240229235959Z"), (2_524_607_999, "491231235959Z"),
            (2_524_608_000, "20500101000000Z"), (-1, "691231235959Z"), (4_102_444_800, "21000101000000Z"),
        ] as [(Int64, String)])
    func timesAsCertificatesWriteThem(_ epoch: Int64, _ text: String) {
        #expect(CertificateTime.text(epoch) == text)
    }

    @Test(
        .enabled(if: TestCertificates.shared != nil, "needs openssl"),
        arguments: [
            (EAPCertificateIdentity.commonName, "x", "bob"), (.email, "x", "bob@example.org"), (.dnsName, "x", "bob-pc.example.org"),
            (.userPrincipalName, "x", "bob@ad.example.org"), (.asSent, "bob", "bob"), (.asSent, "BOB@example.org", "BOB@example.org"),
            (.asSent, "host/bob-pc.example.org", "host/bob-pc.example.org"), (.asSent, "eve", nil), (.asSent, "", nil),
            (.asSent, "host/bob", nil),
        ] as [(EAPCertificateIdentity, String, String?)])
    func nameToAuthorise(_ rule: EAPCertificateIdentity, _ sent: String, _ expected: String?) throws {
        let certificate = try Certificate(pem: try #require(TestCertificates.shared).text("bob.pem"))
        let name = try? rule.name(in: certificate, sent: Array(sent.utf8))
        #expect(name.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test(.enabled(if: TestCertificates.shared != nil, "needs openssl"))
    func missingNames() throws {
        let certificate = try Certificate(pem: try #require(TestCertificates.shared).text("ca.pem"))
        #expect(throws: EAPFailure.proof("certificate without the identity (email)")) {
            try EAPCertificateIdentity.email.name(in: certificate, sent: [])
        }
    }
}
