import Foundation
import RADIUSClient
import TestPeers
import TestSupport
import Testing

/// Users in OpenLDAP's directory, asked by the running program.
@PeerThread
@Suite(.enabled(if: Directory.isInstalled, "slapd is not installed"), .enabled(if: Radclient.isInstalled))
struct LDAPTests {
    private static func configuration(_ directory: Directory, _ more: [String] = [], then: String = "") -> String {
        """
        back_ends:
          - name: directory
            type: ldap
            url: \(directory.url)
            bind_dn: cn=reader,dc=example,dc=org
            bind_password: readerpw
            base_dn: ou=people,dc=example,dc=org
        \(more.map { "    \($0)\n" }.joined())\(then)
        """
    }

    private func logIn(_ server: ServerUnderTest, _ user: String, _ password: String) throws -> Radclient.Reply {
        try Radclient.send(["User-Name = \"\(user)\"", "User-Password = \"\(password)\""], to: server.authPort, "auth")
    }

    @Test("a bind checks the password; the entry and its groups shape the reply", arguments: TestDatabase.Engine.available)
    func bind(engine: TestDatabase.Engine) throws {
        let directory = try Directory()
        let rules = """
            rules:
              - name: staff
                when: {group: staff}
                then: {vlan: 20, continue: yes}
            """
        try Site.with(engine) { site in
            // A group of the database whose members the directory names.
            try site.addGroup("printing", check: ["LDAP-Group == printers"], reply: ["Idle-Timeout := 77"])
            for user in ["alice", "bob"] { try site.addUser(user, groups: [("printing", 1)]) }
            let groups = [
                "group_base_dn: ou=groups,dc=example,dc=org", "group_filter: (&(objectClass=posixGroup)(memberUid=%{User-Name}))",
            ]
            let server = try ServerUnderTest.start(
                site.database.url, configuration: Self.configuration(directory, groups, then: rules))
            let alice = try logIn(server, "alice", "password")
            #expect(alice.code == "Access-Accept", "\(alice.output)")
            for text in [
                "Filter-Id = \"first\"", "Reply-Message = \"hello\"", "Tunnel-Private-Group-Id:0 = \"20\"", "Idle-Timeout = 77",
            ] {
                #expect(alice.attributes.contains(text), "\(text) in \(alice.attributes)")
            }
            let bob = try logIn(server, "bob", "bobpw")
            #expect(bob.code == "Access-Accept")
            #expect(bob.attributes.contains("Idle-Timeout = 77"))
            #expect(!bob.attributes.contains { $0.hasPrefix("Tunnel-") })
            #expect(try logIn(server, "alice", "wrong").code == "Access-Reject")
            try site.expectReason("password.mismatch", of: "alice")
            #expect(try logIn(server, "nobody", "password").code == "Access-Reject")
            try site.expectReason("user.unknown", of: "nobody")
            // The stored NT hash proves MS-CHAPv2, for which nobody can bind.
            #expect(try server.auth().authenticate(user: "alice", password: "password", method: .mschapv2).verdict == .accepted)
            #expect(try server.metric("radian_back_end_calls_total{back_end=\"directory\",kind=\"password\"}") == 3)
            #expect(try server.metric("radian_back_end_answers_total{back_end=\"directory\",result=\"refused\"}") == 1)
            #expect(try server.metric("radian_back_end_up{back_end=\"directory\"}") == 1)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("stored passwords are read and compared where that is wanted")
    func compare() throws {
        let directory = try Directory()
        try Site.with(.sqlite) { site in
            let server = try ServerUnderTest.start(
                site.database.url, configuration: Self.configuration(directory, ["bind_as_user: no"]))
            #expect(try logIn(server, "alice", "password").code == "Access-Accept")
            #expect(try logIn(server, "alice", "wrong").code == "Access-Reject")
            #expect(try logIn(server, "bob", "bobpw").code == "Access-Accept")
            #expect(try server.metric("radian_back_end_calls_total{back_end=\"directory\",kind=\"password\"}") == 0)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("a directory that is away is spared, the next back end serves, and it is used again when it is back")
    func outage() throws {
        let directory = try Directory()
        let folder = try TemporaryFolder()
        let users = try folder.write("users", "alice Cleartext-Password := \"spare\"\n")
        try Site.with(.sqlite) { site in
            let server = try ServerUnderTest.start(
                site.database.url,
                configuration: Self.configuration(
                    directory, ["on_failure: next", "breaker_failures: 2", "breaker_pause: 1"],
                    then: """
                          - name: spare
                            type: file
                            path: \(users)
                        """))
            #expect(try logIn(server, "alice", "password").code == "Access-Accept")
            directory.stop()
            for _ in 0..<3 {
                #expect(try logIn(server, "alice", "spare").code == "Access-Accept")
                #expect(try logIn(server, "alice", "password").code == "Access-Reject")
            }
            #expect(server.log.contains("back end directory fails"))
            let label = "back_end=\"directory\""
            #expect(try server.metric("radian_back_end_breaker_openings_total{\(label)}") >= 1)
            #expect(try server.metric("radian_back_end_answers_total{\(label),result=\"not-asked\"}") > 0)
            let again = try Directory(port: directory.port)
            defer { again.stop() }
            try eventually("the directory is used again") { try logIn(server, "alice", "password").code == "Access-Accept" }
            #expect(server.log.contains("back end directory works again"))
            #expect(try server.metric("radian_back_end_up{\(label)}") == 1)
            #expect(try logIn(server, "alice", "spare").code == "Access-Reject")
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("a directory that is away and has no substitute is answered with silence")
    func silence() throws {
        let directory = try Directory()
        directory.stop()
        try Site.with(.sqlite) { site in
            try site.addUser("local", check: ["Cleartext-Password := x"])
            let server = try ServerUnderTest.start(site.database.url, configuration: Self.configuration(directory))
            let packet = ["User-Name = alice", "User-Password = password"]
            #expect(try Radclient.send(packet, to: server.authPort, "auth", attempts: 1, timeout: 1).code == nil)
            // Whom the database knows needs no directory.
            #expect(try logIn(server, "local", "x").code == "Access-Accept")
            #expect(try server.stop() == .code(0))
        }
    }

    @Test(
        "TTLS/PAP and PEAP/GTC bring the password to the directory, PEAP/MSCHAPv2 the directory's hash", .enabled(if: EAPOLTest.isInstalled)
    )
    func tunnels() throws {
        let directory = try Directory()
        let certificates = try Certificates.shared.get()
        try Site.with(.sqlite) { site in
            let server = try ServerUnderTest.start(
                site.database.url, certificates.settings,
                configuration: Self.configuration(
                    directory, then: "rules: [{name: staff, when: {group: staff}, then: {session_timeout: 77}}]"))
            func run(_ method: String, _ phase2: String, _ password: String) throws -> EAPOLTest.Result {
                let lines = certificates.authority + EAPOLTest.user("alice", password) + ["phase2=\"auth=\(phase2)\""]
                return try EAPOLTest.run(EAPOLTest.tunnel(method, lines), port: server.authPort)
            }
            for (method, phase2) in [("TTLS", "PAP"), ("PEAP", "GTC"), ("PEAP", "MSCHAPV2"), ("TTLS", "MSCHAPV2")] {
                let good = try run(method, phase2, "password")
                #expect(good.succeeded && good.keysMatch, "\(method)/\(phase2): \(good.summary)")
                #expect(good["Session-Timeout"] == "77", "\(method)/\(phase2): \(good.accepted)")
            }
            #expect(try !run("TTLS", "PAP", "wrong").succeeded)
            #expect(try server.stop() == .code(0))
        }
    }
}
