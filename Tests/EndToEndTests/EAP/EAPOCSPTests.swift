import Foundation
import TestSupport
import Testing

/// The status of client certificates, asked of `openssl ocsp`.
@PeerThread
@Suite(.enabled(if: EAPOLTest.isInstalled && OpenSSLAuthority.isInstalled, "eapol_test or openssl is not installed"))
struct EAPOCSPTests {
    private func network(_ client: OpenSSLAuthority.Files, _ authority: OpenSSLAuthority, _ version: String = "1.2") -> [String] {
        EAPOLTest.tunnel(
            "TLS",
            [
                "identity=\"alice\"", "anonymous_identity=\"alice\"", "ca_cert=\"\(authority.root.certificate)\"",
                "client_cert=\"\(client.certificate)\"", "private_key=\"\(client.key)\"",
            ], version: version)
    }

    @Test(
        "good, revoked and unknown certificates; a responder that is away hinders only where it must be asked", arguments: ["soft", "hard"])
    func responder(mode: String) throws {
        try Site.with(.sqlite) { site in
            let ports = try Surroundings.freePorts(2)
            let authority = try OpenSSLAuthority()
            func address(_ port: Int) -> [String] { ["authorityInfoAccess=OCSP;URI:http://127.0.0.1:\(port)"] }
            let good = try authority.issue("alice", use: "clientAuth", extensions: address(ports[0]))
            let revoked = try authority.issue("mallory", use: "clientAuth", extensions: address(ports[0]))
            let away = try authority.issue("bob", use: "clientAuth", extensions: address(ports[1]))
            let silent = try authority.issue("carol", use: "clientAuth")
            try authority.revoke(revoked)
            let responder = try authority.responder(port: ports[0])
            let certificate = try authority.issue("radius.example.org", use: "serverAuth")
            let server = try ServerUnderTest.start(
                site.database.url,
                [
                    "RADIAN_EAP_CERTIFICATE": certificate.certificate, "RADIAN_EAP_PRIVATE_KEY": certificate.key,
                    "RADIAN_EAP_CA": authority.root.certificate, "RADIAN_EAP_CRL": "", "RADIAN_EAP_METHODS": "TLS",
                    "RADIAN_EAP_OCSP": mode,
                ])
            let cases = [
                ("alice", good, ""), ("mallory", revoked, "certificate.revoked"),
                ("bob", away, mode == "hard" ? "certificate.status-unknown" : ""),
                ("carol", silent, mode == "hard" ? "certificate.status-unknown" : ""),
            ]
            for version in ["1.2", "1.3"] {
                for (name, client, reason) in cases {
                    let result = try EAPOLTest.run(network(client, authority, version), port: server.authPort)
                    #expect(result.succeeded == reason.isEmpty, "\(name) \(version): \(result.summary)")
                    try site.expectReason(reason, of: name)
                    try site.script("DELETE FROM radpostauth")
                }
            }
            responder.send(SIGTERM)
            _ = try? responder.wait()
            // Answers are kept: alice's is good for a day.
            #expect(try EAPOLTest.run(network(good, authority), port: server.authPort).succeeded)
            #expect(try server.stop() == .code(0))
        }
    }
}
