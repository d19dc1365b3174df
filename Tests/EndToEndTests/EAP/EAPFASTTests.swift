import Foundation
import TestSupport
import Testing

/// EAP-FAST through the program: a PAC is given, used and kept over a restart.
@PeerThread
@Suite(.enabled(if: EAPOLTest.isInstalled, "eapol_test is not installed"))
struct EAPFASTTests {
    @Test("a PAC is given in a tunnel with a certificate and used from then on, after a restart too", arguments: ["MSCHAPV2", "GTC"])
    func credential(phase2: String) throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := wonder land"], reply: ["Session-Timeout = 600"])
            let certificates = try Certificates("--key", "rsa")
            let server = try ServerUnderTest.start(
                site.database.url, certificates.settings.merging(["RADIAN_EAP_METHODS": "PEAP,FAST"]) { $1 })
            let directory = try Surroundings.temporaryDirectory("pac")
            defer { try? FileManager.default.removeItem(at: directory) }
            let file = directory.appending(path: "pac").path
            func run(_ password: String, provisioning: Int) throws -> EAPOLTest.Result {
                try EAPOLTest.run(
                    EAPOLTest.user("alice", password) + certificates.authority + [
                        "eap=FAST", "anonymous_identity=\"FAST\"", "phase2=\"auth=\(phase2)\"", "pac_file=\"\(file)\"",
                        "phase1=\"fast_provisioning=\(provisioning) tls_disable_session_ticket=0\"",
                    ], port: server.authPort, options: ["-e"], seconds: 3)
            }
            #expect(try !run("wonderland", provisioning: 2).succeeded)
            #expect((try? String(contentsOfFile: file, encoding: .utf8))?.contains("PAC-Key") != true)
            let first = try run("wonder land", provisioning: 2)
            #expect(first.succeeded && first.keysMatch && first["Session-Timeout"] == "600", "\(first.summary)\n\(server.log)")
            #expect(try String(contentsOfFile: file, encoding: .utf8).contains("PAC-Key"))
            _ = try server.stop()
            try server.restart()
            // Nothing but the PAC can make the tunnel now.
            let second = try run("wonder land", provisioning: 0)
            #expect(second.succeeded && second.keysMatch, "\(second.summary)")
            #expect(second.rounds < first.rounds)
            #expect(try !run("wonderland", provisioning: 0).succeeded)
            #expect(try server.stop() == .code(0))
            #expect(try site.count("SELECT count(*) FROM radpostauth WHERE username = 'alice' AND reply = 'Access-Accept'") == 2)
        }
    }

    @Test("without an RSA key, which its devices need, the log says so")
    func ellipticCurve() throws {
        try Site.with(.sqlite) { site in
            let server = try ServerUnderTest.start(
                site.database.url, Certificates.shared.get().settings.merging(["RADIAN_EAP_METHODS": "PEAP,FAST"]) { $1 })
            #expect(server.log.contains("has no RSA key"))
            #expect(try server.stop() == .code(0))
        }
    }
}
