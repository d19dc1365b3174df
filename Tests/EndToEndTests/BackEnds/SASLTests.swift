import TestPeers
import TestSupport
import Testing

/// saslauthd, asked by the running program.
@PeerThread
@Suite(
    .enabled(if: SASLDaemon.isInstalled, "saslauthd is not installed"), .enabled(if: Directory.isInstalled, "slapd is not installed"),
    .enabled(if: Radclient.isInstalled))
struct SASLTests {
    @Test("saslauthd checks passwords; where it is away nobody is answered")
    func passwords() throws {
        let daemon = try SASLDaemon()
        try Site.with(.sqlite) { site in
            // Auth-Type picks it for a user whom the database knows.
            try site.addUser("alice", check: ["Auth-Type := PAM"], reply: ["Session-Timeout = 60"])
            let server = try ServerUnderTest.start(
                site.database.url,
                configuration: """
                    back_ends:
                      - name: system
                        type: sasl
                        socket: \(daemon.socket)
                    """)
            func logIn(_ user: String, _ password: String, attempts: Int = 3) throws -> Radclient.Reply {
                try Radclient.send(
                    ["User-Name = \(user)", "User-Password = \(password)"], to: server.authPort, "auth", attempts: attempts, timeout: 2)
            }
            let alice = try logIn("alice", "password")
            #expect(alice.code == "Access-Accept", "\(alice.output)")
            #expect(alice.attributes.contains("Session-Timeout = 60"))
            #expect(try logIn("alice", "wrong").code == "Access-Reject")
            #expect(try logIn("bob", "bobpw").code == "Access-Accept")
            #expect(try logIn("bob", "password").code == "Access-Reject")
            let chap = try Radclient.send(["User-Name = alice", "CHAP-Password = password"], to: server.authPort, "auth")
            #expect(chap.code == "Access-Reject", "there is no password in clear to check")
            daemon.stop()
            #expect(try logIn("alice", "password", attempts: 1).code == nil)
            #expect(try server.metric("radian_back_end_answers_total{back_end=\"system\",result=\"failure\"}") == 1)
            #expect(try server.stop() == .code(0))
        }
    }
}
