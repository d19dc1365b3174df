import Foundation
import Testing

@Suite struct CertificateCommandTests {
    @Test func fromTheAuthorityToARevokedClient() throws {
        let program = try Program()
        let made = try program.succeed("certificate", "init", "--organization-name", "Hotel", "--server-name", "eap.example.net")
        #expect(made.output.contains("var/certificates/ca.pem\n"))
        let again = try program.run("certificate", "init")
        #expect(again.code == 1)
        #expect(again.errors.contains("has a CA already"))

        try program.write("open sesame\n", to: "password")
        let client = try program.succeed(
            "certificate", "client", "alice", "--email", "alice@example.org", "--p12-password-file", "password")
        #expect(client.output.hasSuffix("var/certificates/clients/alice.p12\n"))
        #expect(!client.output.contains("open sesame"))
        let shown = try program.succeed("certificate", "show", "var/certificates/clients/alice.pem").output
        #expect(shown.contains("email addresses:      alice@example.org\n"))
        #expect(shown.contains("use:                  client\n"))

        try program.succeed("certificate", "revoke", "alice")
        #expect(try program.run("certificate", "revoke", "alice").code == 1)
        try program.succeed("certificate", "renew")
        let listed = try program.succeed("certificate", "list", "--json").json()
        #expect(Set(listed.compactMap { $0["name"] as? String }) == ["alice", "eap.example.net"])
        #expect(listed.first { $0["name"] as? String == "alice" }?["status"] as? String == "revoked")
        #expect(listed.count == 3)
    }

    @Test func whatIsMissingIsSaid() throws {
        let program = try Program()
        let listed = try program.run("certificate", "list")
        #expect(listed.code == 1)
        #expect(listed.errors.contains("'radian certificate init' makes one"))
        let long = try program.run("certificate", "init", "--days", "900")
        #expect(long.code == 1)
        #expect(long.errors.contains("1 to 825 days"))
    }
}
