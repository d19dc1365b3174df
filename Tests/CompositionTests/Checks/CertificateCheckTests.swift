import Foundation
import TLSEngine
import Testing

@testable import Composition

@Suite struct CertificateCheckTests {
    /// A directory with certificates; removed with the test.
    private final class Files {
        let directory = FileManager.default.temporaryDirectory.appending(path: "check-\(UUID().uuidString)")
        let authority: CertificateAuthority

        init() throws {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            authority = try CertificateAuthority.create(
                commonName: "Test CA", organizationName: nil, notBefore: TestScene.noon - 86_400, days: 3650)
            try write("ca.pem", authority.certificate.pem)
        }

        deinit { try? FileManager.default.removeItem(at: directory) }

        func write(_ name: String, _ text: String) throws {
            try text.write(to: directory.appending(path: name), atomically: true, encoding: .utf8)
        }

        func issue(_ purpose: CertificateRequest.Purpose = .server, begins: Int64 = -86_400, days: Int = 365, dnsName: Bool = true) throws {
            var request = CertificateRequest(purpose, commonName: "radius.example.org", notBefore: TestScene.noon + begins, days: days)
            if dnsName { request.alternativeNames.dnsNames = ["radius.example.org"] }
            let (certificate, key) = try authority.issue(request)
            try write("server.pem", certificate.pem)
            try write("server.key", key.pem)
        }

        func findings(_ more: String = "") throws -> [Finding] {
            let path = directory.path
            let yaml = """
                eap:
                  certificate: \(path)/server.pem
                  private_key: \(path)/server.key
                  ca: \(path)/ca.pem

                """
            return CertificateCheck().findings(try TestScene.make(yaml + more))
        }
    }

    @Test func `a good certificate is no finding`() throws {
        let files = try Files()
        try files.issue()
        #expect(try files.findings() == [])
    }

    @Test func `missing, expiring, expired and early ones`() throws {
        let files = try Files()
        #expect(try files.findings().first?.command == "radian certificate init")
        try files.issue(days: 20)
        #expect(try files.findings().map(\.severity) == [.warning])
        #expect(try files.findings().first?.message.contains("expires in 18 days") == true)
        try files.issue(begins: -10 * 86_400, days: 5)
        #expect(try files.findings().map(\.severity) == [.error])
        try files.issue(begins: 86_400)
        #expect(try files.findings().map(\.severity) == [.error])
    }

    @Test func `a client's certificate serves no server, and one without a name no phone`() throws {
        let files = try Files()
        try files.issue(.client)
        #expect(try files.findings().map(\.severity) == [.error])
        try files.issue(dnsName: false)
        #expect(try files.findings().map(\.severity) == [.warning])
    }

    @Test func `a key of another certificate`() throws {
        let files = try Files()
        try files.issue()
        try files.write("server.key", PrivateKey.generate(.ellipticCurve).pem)
        #expect(try files.findings().map(\.severity) == [.error])
        try files.write("server.pem", "nothing")
        #expect(try files.findings().map(\.severity) == [.error])
    }

    @Test func `a revocation list that is out of date`() throws {
        let files = try Files()
        try files.issue()
        let path = files.directory.path + "/crl.pem"
        let more = "  crl: [\(path)]\n"
        #expect(try files.findings(more).count == 1, "the file does not exist")
        try files.write(
            "crl.pem", files.authority.revocationList([], number: 1, thisUpdate: TestScene.noon - 99, nextUpdate: TestScene.noon - 9).pem)
        #expect(try files.findings(more).first?.message.contains("out of date") == true)
        try files.write(
            "crl.pem", files.authority.revocationList([], number: 2, thisUpdate: TestScene.noon - 9, nextUpdate: TestScene.noon + 9).pem)
        #expect(try files.findings(more) == [])
    }

    @Test func `RADIUS over TLS has its own certificate, where it is served`() throws {
        let files = try Files()
        try files.issue()
        let more = "links:\n  certificate: /nowhere/server.pem\n"
        #expect(try files.findings(more) == [])
        #expect(try files.findings(more + "  tls_port: 2083\n").first?.message.contains("RADIUS over TLS is not served") == true)
        #expect(try files.findings(more + "  tls_port: 2083\n  proof: psk\n") == [])
    }
}
