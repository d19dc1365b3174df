import Foundation
import TestPeers
import TestSupport
import Testing

/// A FreeRADIUS `users` file served by the running program.
@PeerThread
@Suite(.enabled(if: Radclient.isInstalled))
struct UsersFileTests {
    @Test("a changed file counts without a restart, and one with a mistake does not")
    func reload() throws {
        let folder = try TemporaryFolder()
        let users = try folder.write(
            "users", "alice Cleartext-Password := \"one\"\n\tSession-Timeout = 60\n\nDEFAULT\n\tIdle-Timeout = 30\n")
        try Site.with(.sqlite) { site in
            let server = try ServerUnderTest.start(
                site.database.url, ["RADIAN_DATABASE_REFRESH_INTERVAL": "0.2"],
                configuration: """
                    back_ends:
                      - name: users
                        type: file
                        path: \(users)
                    """)
            func logIn(_ password: String) throws -> Radclient.Reply {
                try Radclient.send(["User-Name = alice", "User-Password = \(password)"], to: server.authPort, "auth")
            }
            let first = try logIn("one")
            #expect(first.code == "Access-Accept", "\(first.output)")
            #expect(first.attributes.contains("Session-Timeout = 60"))
            #expect(!first.attributes.contains("Idle-Timeout = 30"), "without Fall-Through the first entry is the last")
            try folder.write("users", "alice Cleartext-Password := \"two\"\n\tFilter-Id = \"new\"\n")
            try eventually("the new password") { try logIn("two").attributes.contains("Filter-Id = \"new\"") }
            #expect(try logIn("one").code == "Access-Reject")
            try folder.write("users", "alice Cleartext-Password := \"three\n")
            try server.process.expect("said before stays in force")
            #expect(try logIn("two").code == "Access-Accept")
            #expect(try server.stop() == .code(0))
        }
    }
}
